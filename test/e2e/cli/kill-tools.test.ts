import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../support/scripted-server.ts';
import { openAiAccount, PRICES, planOf } from './model-answers.ts';
import { type RunningCli, Sandbox } from './sandbox.ts';

const ENV = { KEY: 'sk-first-0123456789abcdef' };
const COMMAND = ['run', 'Do the tests pass?', '--quiet', '--trust', '--yes'];

/** A test that leaves a line in a file each time that it runs, and does not end while there is a file `hold`. */
const testOf = (name: string) => `import { appendFileSync, existsSync } from 'node:fs';
import { test } from 'node:test';
test('${name}', async () => {
  appendFileSync('effects.log', '${name}\\n');
  while ('${name}' === 'two' && existsSync('hold')) await new Promise((resolve) => setTimeout(resolve, 20));
});
`;

describe('cli: kill -9 in the middle of a tool loop', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  /** Requests of the sub-task, by how many results of tools they hold. */
  let turns: number[] = [];
  let hangs = true;

  /** A model that has two tests run, one after the other; at first it does not come back after the first. */
  function model({ rawBody }: SeenRequest): Reply {
    if (/"subtasks"|\\"subtasks\\"/.test(rawBody))
      return { type: 'answer', text: planOf(1).replace('generalist', 'coder') };
    if (!/"tools"/.test(rawBody)) return { type: 'answer', text: 'All together.' };
    const results = rawBody.match(/The tests pass\./g)?.length ?? 0;
    turns.push(results);
    if (results === 1 && hangs) return { type: 'hang' };
    if (results === 2) return { type: 'answer', text: 'Both pass.' };
    const file = results === 0 ? 'one.test.js' : 'two.test.js';
    const call = { id: `call_${results}`, name: 'run-tests', arguments: { path: file } };
    return { type: 'answer', text: 'I look.', toolCalls: [call] };
  }

  const effects = (): string[] => {
    const log = path.join(sandbox.workspace, 'effects.log');
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  };

  /** Kills the process once something has come true; fails where it ends before. */
  async function killWhen({ process, end }: RunningCli, isTrue: () => boolean): Promise<void> {
    let ended = false;
    void end.then(() => {
      ended = true;
    });
    while (!isTrue() && !ended) await sleep(5);
    if (ended) assert.fail(`it ended by itself: ${(await end).stderr}`);
    process.kill('SIGKILL');
    await end;
  }

  before(async () => {
    sandbox = new Sandbox();
    sandbox.write({
      'package.json': '{"type":"module"}',
      'one.test.js': testOf('one'),
      'two.test.js': testOf('two'),
      hold: '',
    });
    server = await startOpenAiServer(model);
    sandbox.configure({ accounts: [openAiAccount('one', server.origin, 'KEY')], prices: PRICES });
  });
  after(async () => {
    rmSync(path.join(sandbox.workspace, 'hold'), { force: true });
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  it('does no finished call twice, and asks before it repeats one of which nobody knows what came of it', async function () {
    this.timeout(120_000);
    // After the first call has ended, while the model thinks about the second.
    await killWhen(sandbox.start(COMMAND, { env: ENV }), () => turns.includes(1));
    assert.deepEqual(effects(), ['one']);
    const [run] = (await sandbox.json(['runs', 'list', '--quiet'], { env: ENV })).document.items;
    const resume = ['runs', 'resume', run.runId, '--quiet', '--trust'];

    // In the middle of the second call: it has had its effect, and its outcome is in no journal.
    hangs = false;
    turns = [];
    await killWhen(sandbox.start([...resume, '--yes'], { env: ENV }), () => effects().includes('two'));
    assert.deepEqual(effects(), ['one', 'two']);
    assert.ok(!turns.includes(0), 'the turn that asked for the first call is known');
    rmSync(path.join(sandbox.workspace, 'hold'));

    // Nobody is there to answer: the run waits, and nothing is done meanwhile.
    const waiting = await sandbox.json(resume, { env: ENV });
    assert.equal(waiting.document.status, 'suspended', waiting.stderr);
    assert.deepEqual(effects(), ['one', 'two']);
    const shown = await sandbox.json(['runs', 'show', run.runId, '--quiet'], { env: ENV });
    const [question] = shown.document.item.approvals;
    assert.equal(question.title, 'Once more: Run the tests in two.test.js?');
    assert.ok(question.details.includes('Command: node --test two.test.js'), question.details.join('\n'));

    const approved = await sandbox.run(['runs', 'approve', run.runId, '--quiet'], { env: ENV });
    assert.equal(approved.code, 0, approved.stderr);
    const end = await sandbox.json(resume, { env: ENV });
    assert.equal(end.code, 0, end.stderr);
    assert.deepEqual(effects(), ['one', 'two', 'two'], 'once more, as a person has allowed');
    const part = end.document.tasks.find(({ id }: { id: string }) => id === 'part-1');
    assert.equal(part.output, 'Both pass.');
    assert.deepEqual(part.tools, [{ tool: 'run-tests', calls: 2, failed: 0 }]);
    // Also where nothing may be run: a replay does nothing.
    const replayed = await sandbox.run(['runs', 'replay', run.runId, '--quiet'], { env: ENV });
    assert.equal(replayed.code, 0, replayed.stderr);
    assert.equal(effects().length, 3);
  });
});
