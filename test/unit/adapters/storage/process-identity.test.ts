import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { currentOwner, isAlive } from '../../../../src/adapters/storage/process-identity.ts';

describe('process identity', () => {
  it('knows this process as alive, and every call makes another nonce', () => {
    const [first, second] = [currentOwner(), currentOwner()];
    assert.equal(isAlive(first), true);
    assert.notEqual(first.nonce, second.nonce);
    assert.deepEqual({ ...first, nonce: '' }, { ...second, nonce: '' });
  });

  it('sees another process live and die', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const owner = { ...currentOwner(), pid: child.pid ?? assert.fail(), startTime: '' };
    assert.equal(isAlive(owner), true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isAlive(owner), false);
  });

  it('is not fooled by a process number that was given out again', function () {
    if (currentOwner().startTime === '') this.skip();
    assert.equal(isAlive({ ...currentOwner(), startTime: '1' }), false);
  });

  it('knows that an earlier boot of this machine has ended', function () {
    const [machine, boot, namespace] = currentOwner().host.split('/');
    if (!boot) this.skip();
    assert.equal(isAlive({ ...currentOwner(), host: `${machine}/another-boot/${namespace}` }), false);
  });

  it('cannot say anything about other machines and containers', () => {
    const [machine, boot] = currentOwner().host.split('/');
    for (const host of ['elsewhere.0123/boot/1', `${machine}/${boot}/another-namespace`, '', 'x']) {
      assert.equal(isAlive({ ...currentOwner(), host }), null, host);
    }
  });
});
