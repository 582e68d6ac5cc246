import assert from 'node:assert/strict';
import { readKeys } from '../../../../src/shells/cli/read-keys.ts';
import { FakeHost } from './fake-host.ts';

describe('readKeys', () => {
  it('takes one key per line', async () => {
    const host = new FakeHost();
    host.stdin.end('first\r\n second \n');
    assert.deepEqual(await readKeys(host, ['account 1', 'account 2']), ['first', 'second']);
    assert.equal(host.stderr.text, '');
  });

  it('asks on a terminal and shows nothing of what is typed', async () => {
    const host = new FakeHost({ tty: true });
    const keys = readKeys(host, ['account 1']);
    host.stdin.write('secret\n');
    assert.deepEqual(await keys, ['secret']);
    assert.equal(host.stderr.text, 'Key of account 1 (not shown): \n');
    assert.equal(host.stdout.text, '');
  });

  it('refuses a missing and an empty line', async () => {
    for (const typed of ['', '\n', 'only one\n']) {
      const host = new FakeHost();
      host.stdin.end(typed);
      await assert.rejects(readKeys(host, ['account 1', 'account 2']), { code: 'usage' });
    }
  });

  it('reads nothing when nothing is asked for', async () => {
    assert.deepEqual(await readKeys(new FakeHost(), []), []);
  });
});
