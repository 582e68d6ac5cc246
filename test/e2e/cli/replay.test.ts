import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { createEnsemble, type Ensemble } from '../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { account } from '../../support/pool-fixture.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';
import { openAiAccount, PRICES } from './model-answers.ts';
import { BAD_CODE, Sandbox } from './sandbox.ts';

const KEYS = { KEY_ONE: 'sk-first-0123456789abcdef', KEY_TWO: 'sk-second-0123456789abcdef' };

describe('cli: history and replay', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
    sandbox.write({ 'src/bad.js': BAD_CODE });
  });
  afterEach(() => sandbox.remove());

  it('shows what was said step by step, filters it, and makes a call again without a language model', async () => {
    const { runId } = runResultSchema.parse((await sandbox.json(['review', 'src'])).document);
    const whole = (await sandbox.json(['replay', runId])).document.item;
    assert.equal(whole.steps.length, whole.total);
    assert.ok(whole.total >= 6);
    const [first] = whole.steps;
    assert.deepEqual([first.messages[0].role, first.attempts.length, first.repeated], ['system', 1, null]);

    const list = async (...args: string[]) => (await sandbox.json(['history', ...args])).document;
    const { items, total } = await list('--type', 'review', '--last', '1');
    assert.deepEqual([items.length, total > 1, typeof items[0].messages], [1, true, 'object']);
    const { id, model, agent } = items[0];
    const [vendor, name] = model.split('/');
    assert.equal(vendor, 'offline');
    const all = ['--model', name, '--account', 'offline', '--kind', 'review', '--run', runId, '--workspace', '.'];
    assert.equal((await list(...all, '--since', '2020-01-01', '--model', model)).total, whole.total);
    assert.equal((await list('--agent', agent, '--status', 'completed')).total, 1);
    for (const nothing of [
      ['--model', 'other/one'],
      ['--workspace', '/nowhere'],
      ['--until', '2020-01-01'],
    ])
      assert.equal((await list(...nothing)).total, 0, nothing.join(' '));
    assert.equal((await sandbox.run(['history', '--since', 'yesterday'])).code, 2);
    assert.match((await sandbox.run(['history', '--search', 'inject'])).stdout, /\n {2}…?.*inject/i);
    assert.equal(
      (await sandbox.run(['history', '--search', `" OR NEAR/2 (* '; -x ^y:z 💥 ${'x'.repeat(10_000)}`])).code,
      0,
    );

    const printed = await sandbox.run(['replay', String(id)]);
    assert.match(printed.stdout, /^Step 1 of \d+: review, completed, conversation \d+\n/);
    assert.match(
      printed.stdout,
      /\nsystem:\n[\s\S]*\nuser:\n[\s\S]*\nanswer:\n[\s\S]*\nattempts:\n {2}completed on offline/,
    );
    assert.deepEqual((await sandbox.run(['library', 'replay', '--id', String(id)])).stdout, printed.stdout);
    assert.match((await sandbox.run(['replay', runId, '--step', '2'])).stdout, /^Step 2 of /);
    const mistakes = [
      [['replay', 'NOSUCHRUN'], /There is no run NOSUCHRUN/],
      [['replay', String(id), '--step'], /needs a terminal/],
      [['replay', String(id), '--model', 'x'], /need --rerun/],
      [['replay', runId, '--rerun'], /is not the number of a conversation/],
      [['replay', String(id), '--rerun', '--account', 'nobody'], /no account named "nobody"/],
      [['replay', String(id), '--rerun', '--prompt-version', '1'], /not made from a prompt/],
    ] as const;
    for (const [args, problem] of mistakes) {
      const { code, stderr } = await sandbox.run(args);
      assert.deepEqual([code, problem.test(stderr)], [2, true], `${args.join(' ')}: ${stderr}`);
    }

    const again = (await sandbox.json(['replay', String(id), '--rerun'])).document;
    const { comparison, ...result } = again;
    assert.deepEqual([runResultSchema.parse(result).kind, result.status], ['rerun', 'completed']);
    assert.deepEqual([comparison.original.conversation, comparison.sameRequest, comparison.diff], [id, true, '']);
    assert.equal(comparison.again.runId, again.runId);
    const { stdout } = await sandbox.run(['replay', String(comparison.again.conversation), '--compare', String(id)]);
    assert.match(stdout, /CONVERSATION \d+ +CONVERSATION \d+\n[\s\S]*The answers are equal\./);
    assert.match((await sandbox.run(['replay', String(id)])).stdout, /Made again as conversation \d+\./);
  });

  it('follows a folder that was renamed, and attaches and detaches others', async () => {
    await sandbox.run(['review', 'src', '--quiet']);
    const before = sandbox.workspace;
    sandbox.write({ 'here/.keep': '' });
    const other = (await sandbox.json(['history', 'folders'], {})).document.items;
    assert.deepEqual(other, [{ path: before, runs: 1, attachedTo: null }]);
    renameSync(before, `${before} renamed`);
    Object.assign(sandbox, { workspace: `${before} renamed` });
    const { stdout, stderr } = await sandbox.run(['history', '--workspace', '.']);
    assert.match(stderr, /This folder was .*work space: its history is shown here/);
    assert.match(stdout, /\n +\d+ /);
    assert.match((await sandbox.run(['history', 'detach', before])).stdout, /stands by itself/);
    assert.equal((await sandbox.run(['history', 'attach', '/nowhere'])).code, 2);
    assert.match((await sandbox.run(['history', 'attach', before])).stdout, /is shown with that of .*renamed/);
  });
});

describe('cli: a call made again with accounts', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  before(async () => {
    sandbox = new Sandbox();
    server = await startOpenAiServer(({ body }) => ({
      type: 'answer',
      text: `I am ${body.model}.\nThe rest is the same.`,
    }));
    const accounts = [openAiAccount('one', server.origin, 'KEY_ONE'), openAiAccount('two', server.origin, 'KEY_TWO')];
    const price = Object.values(PRICES)[0];
    sandbox.configure({ accounts, prices: { ...PRICES, 'openai/other-model': price } });
  });
  after(async () => {
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  /** Prompts of the library are run from the editor, so the test takes its place. */
  async function withEditor<T>(work: (ensemble: Ensemble) => Promise<T>): Promise<T> {
    const ensemble = await createEnsemble({
      config: {
        ...DEFAULT_CONFIG,
        accounts: [{ ...account('one'), ...openAiAccount('one', server.origin, 'KEY_ONE'), provider: 'openai' }],
        prices: PRICES,
      },
      databaseFile: sandbox.database,
      storageWorkerUrl: new URL('../../../dist/storage-worker.js', import.meta.url),
      workspace: null,
      approver: { ask: async () => true },
      secrets: { get: async () => KEYS.KEY_ONE, set: async () => {}, delete: async () => {} },
    });
    try {
      return await work(ensemble);
    } finally {
      await ensemble.close();
    }
  }

  it('sends the same messages to the chosen model and account, and shows both answers', async () => {
    const run = await sandbox.json(['run', 'Say who you are', '-m', '1'], { env: KEYS });
    assert.ok(run.document.runId, run.stderr);
    const { items } = (await sandbox.json(['history', '--status', 'completed', '--last', '1'])).document;
    const [{ id, messages }] = items;
    const sent = server.requests.length;
    const args = ['replay', String(id), '--rerun', '--model', 'openai/other-model', '--account', 'two'];
    const { code, document, stderr } = await sandbox.json(args, { env: KEYS });
    assert.equal(code, 0, stderr);
    assert.equal(server.requests.length, sent + 1);
    const last = server.requests.at(-1) ?? assert.fail();
    assert.deepEqual(last.key, KEYS.KEY_TWO);
    assert.deepEqual(
      (last.body.messages as { role: string; content: string }[]).map(({ role, content }) => ({ role, content })),
      messages,
    );
    assert.deepEqual([document.comparison.again.account, document.comparison.sameRequest], ['two', true]);
    assert.match(document.comparison.diff, /-I am .*\n\+I am other-model\.\n The rest is the same\./);
    const refused = await sandbox.run([...args, '--budget', '0'], { env: KEYS });
    assert.equal(refused.code, 4, refused.stderr);
    assert.equal(server.requests.length, sent + 1, 'nothing was sent against the budget');
  });

  it('asks another version of the prompt with the values of then', async () => {
    const save = (text: string) => sandbox.run(['prompt', 'save', 'greet', '--content', text]);
    await save('Greet {{who}} in one line.');
    await save('Praise {{who}} at length.');
    const { runId } = await withEditor((ensemble) => {
      const prompt = { name: 'greet', version: 2, values: { who: 'the heron' } };
      const task = 'Praise the heron at length.';
      return ensemble.run({
        kind: 'run',
        task,
        context: null,
        strategy: null,
        maxSubTasks: null,
        saveDocument: false,
        direct: true,
        prompt,
      });
    });
    const [call] = (await sandbox.json(['history', '--run', runId, '--last', '1'])).document.items;
    assert.match(call.messages.at(-1).content, /Praise the heron at length\./);
    const args = ['replay', String(call.id), '--rerun', '--prompt-version', '1'];
    const { code, document, stderr } = await sandbox.json(args, { env: KEYS });
    assert.equal(code, 0, stderr);
    const last = JSON.stringify(server.requests.at(-1)?.body.messages);
    assert.match(last, /Greet the heron in one line\./);
    assert.doesNotMatch(last, /Praise/);
    assert.deepEqual([document.comparison.sameRequest, document.comparison.original.conversation], [false, call.id]);
    const nobody = await sandbox.run([...args.slice(0, -1), '9'], { env: KEYS });
    assert.deepEqual([nobody.code, /version 9/.test(nobody.stderr)], [2, true], nobody.stderr);
  });
});
