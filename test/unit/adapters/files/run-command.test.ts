import assert from 'node:assert/strict';
import { runCommand } from '../../../../src/adapters/files/run-command.ts';

const ENV = { PATH: process.env.PATH, GROK_API_KEY: 'canary', LANG: 'C', LC_ALL: 'C' };
const node = (script: string, change: Partial<Parameters<typeof runCommand>[2]> = {}) =>
  runCommand(process.execPath, ['-e', script], { env: ENV, timeoutMs: 20_000, ...change });

describe('runCommand', () => {
  it('gives back output and exit code, and passes input on', async () => {
    const script = 'process.stdin.pipe(process.stdout); process.stderr.write("err"); process.exitCode = 3';
    assert.deepEqual(await node(script, { input: 'in\nput' }), { code: 3, stdout: 'in\nput', stderr: 'err' });
  });

  it('passes on only what programs of the system need', async () => {
    const { stdout } = await node('console.log(JSON.stringify(Object.keys(process.env)))', {
      extraEnv: { EXTRA: '1' },
    });
    const names = JSON.parse(stdout) as string[];
    assert.ok(names.includes('PATH') && names.includes('EXTRA') && !names.includes('GROK_API_KEY'), stdout);
  });

  it('uses no shell', async () => {
    const { stdout } = await runCommand(process.execPath, ['-p', 'process.argv[1]', '$(id); `id` && id'], {
      env: ENV,
      timeoutMs: 20_000,
    });
    assert.equal(stdout, '$(id); `id` && id\n');
  });

  it('rejects for a program that is not there', async () => {
    await assert.rejects(runCommand('no-such-program-anywhere', [], { env: ENV, timeoutMs: 1_000 }), {
      code: 'ENOENT',
    });
  });

  it('stops on time-out, on too much output and when aborted', async () => {
    const forever = 'setInterval(() => undefined, 1000)';
    await assert.rejects(node(forever, { timeoutMs: 50 }), /did not end within 50 ms/);
    await assert.rejects(
      node(`process.stdout.write("x".repeat(100000)); ${forever}`, { maxOutput: 1_000 }),
      /more than 1000 bytes/,
    );
    const controller = new AbortController();
    const running = node(forever, { signal: controller.signal });
    controller.abort(new Error('stop'));
    await assert.rejects(running, /^Error: stop$/);
    await assert.rejects(node(forever, { signal: controller.signal }), /^Error: stop$/);
  });

  it('does not mind a program that ignores its input', async () => {
    assert.equal((await node('process.exit(0)', { input: 'x'.repeat(1_000_000) })).code, 0);
  });
});
