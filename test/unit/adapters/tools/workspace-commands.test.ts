import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { commandsAt, commandsIn } from '../../../../src/adapters/tools/workspace-commands.ts';
import { isEnsembleError } from '../../../../src/core/errors.ts';

const folder = realpathSync(tmpdir());
const node = (script: string) => ({ command: [process.execPath, '-e', script], folder });
const { signal } = new AbortController();
const FOR_EVER = 'setInterval(() => {}, 1000)';
const ended = (text: RegExp) => (error: unknown) =>
  isEnsembleError(error) && error.code === 'task-failed' && text.test(error.message);

describe('commands of a workspace', () => {
  it('run in their folder and give what they print, however they end, without the keys of the environment', async () => {
    process.env.TEST_API_KEY = 'sk-canary-0123456789abcdef';
    try {
      const script =
        'console.log(process.cwd(), process.env.TEST_API_KEY); console.error("late"); process.exitCode = 3';
      const { code, output } = await commandsIn(folder).run(node(script), signal);
      assert.deepEqual([code, output], [3, `${folder} undefined\nlate\n`]);
    } finally {
      delete process.env.TEST_API_KEY;
    }
  });

  it('are ended when their time is over, when they are cancelled, and when they are not there', async () => {
    const place = commandsIn(folder).place;
    await assert.rejects(commandsAt(place, 50).run(node(FOR_EVER), signal), ended(/did not end within 50 ms/));
    const controller = new AbortController();
    const running = commandsIn(folder).run(node(FOR_EVER), controller.signal);
    controller.abort(new Error('cancelled by a person'));
    await assert.rejects(running, /cancelled by a person/);
    const missing = { command: ['no-such-program-of-ours'], folder };
    await assert.rejects(commandsIn(folder).run(missing, signal), ended(/no-such-program-of-ours is not installed/));
  });
});
