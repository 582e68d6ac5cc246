import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import { applyChanges } from '../../../../src/core/edits/line-changes.ts';
import type { EnsembleEvent } from '../../../../src/core/events.ts';
import type { ProviderCall, StreamPart } from '../../../../src/core/model.ts';
import type { TaskRequest } from '../../../../src/core/requests.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { runResultSchema } from '../../../../src/protocol/run-result.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { answer, FakeProvider } from '../../../support/fake-provider.ts';
import { account } from '../../../support/pool-fixture.ts';

const CODE = 'export function price(net: number) {\n  const tax = 0.19;\n  return net + net * tax;\n}\n';
const RATE = '  const tax = 0.19;';

function subtask(id: string, role = 'coder') {
  return { id, title: `Part ${id}`, description: `Do MARK-${id}`, role, complexity: 'simple', dependencies: [] };
}
const PLAN = JSON.stringify({ subtasks: [subtask('fast'), subtask('safe')] });

const textOf = ({ messages }: ProviderCall) => messages.map(({ content }) => content).join('\n');
const isResolver = (call: ProviderCall) => call.responseSchema?.name === 'resolutions';

let calls = 0;
function tool(name: string, input: object): StreamPart[] {
  const [, usage] = answer();
  const call = { id: `call-${++calls}`, name, arguments: JSON.stringify(input) };
  return [
    { type: 'tool-call', call },
    ...(usage ? [usage] : []),
    { type: 'finish', reason: 'tool-calls', model: null },
  ];
}

const propose = (search: string, replace: string, why: string) =>
  tool('propose-edit', { path: 'price.ts', search, replace, why });

/** What each agent wants; both change the same line, and the first one another line besides. */
function propositions(call: ProviderCall): StreamPart[] {
  const text = textOf(call);
  const results = call.messages.filter(({ role }) => role === 'tool').length;
  if (text.includes('Do MARK-fast')) {
    if (results === 0) return propose(RATE, '  const tax = RATE;', 'One constant for all');
    if (results === 1) return propose('  return net + net * tax;', '  return net * (1 + tax);', 'One operation less');
    return answer('Fast now.');
  }
  if (results === 0) return propose(RATE, '  const tax = readRate();', 'The rate changes');
  return answer('Safe now.');
}

type Resolve = (call: ProviderCall, asked: number) => StreamPart[];

const resolving =
  (change: object): Resolve =>
  () =>
    answer(
      JSON.stringify({
        resolutions: [{ conflict: 1, choose: 'version', version: 2, text: null, why: 'Rates do change.', ...change }],
      }),
    );

const REQUEST: TaskRequest = {
  kind: 'run',
  task: 'Improve the price',
  context: null,
  strategy: 'adaptive',
  maxSubTasks: 5,
  saveDocument: false,
};

function setUp(resolve: Resolve, storage = openMemoryStorage()) {
  const place = { workspace: new MemoryWorkspace({ 'price.ts': CODE }), onMerge: () => {} };
  const events: EnsembleEvent[] = [];
  const seen: { readonly account: string; readonly call: ProviderCall }[] = [];
  let asked = 0;
  const script = (call: ProviderCall) => {
    if (isResolver(call)) return resolve(call, asked++);
    if (call.responseSchema?.name === 'plan') return answer(PLAN);
    if (call.tools) return propositions(call);
    place.onMerge();
    return answer('All together.');
  };
  const providers = new Map(['one', 'two', 'three'].map((name) => [name, new FakeProvider(script)]));
  const open = async () => {
    const ensemble = await createEnsemble({
      config: { ...DEFAULT_CONFIG, accounts: [...providers.keys()].map((name) => account(name)) },
      storage,
      workspace: Object.assign(new MemoryWorkspace({ 'price.ts': CODE }), {
        readFile: (path: string, most: number) => place.workspace.readFile(path, most),
      }),
      secrets: { get: async () => 'sk-none', set: async () => {}, delete: async () => {} },
      approver: { ask: async () => true },
      providerFor: async ({ name }) => ({
        capabilities: (providers.get(name) ?? assert.fail()).capabilities,
        listModels: () => assert.fail(),
        stream: (call, signal) => {
          seen.push({ account: name, call });
          return (providers.get(name) ?? assert.fail()).stream(call, signal);
        },
      }),
    });
    ensemble.subscribe((event) => events.push(event));
    return ensemble;
  };
  return { open, events, seen, place };
}

async function resultOf(resolve: Resolve): Promise<RunResult> {
  return (await setUp(resolve).open()).run(REQUEST);
}

const written = ({ edits = [] }: RunResult) => applyChanges(CODE, edits[0]?.changes ?? []);

describe('agents of one run who change the same lines', () => {
  it('are settled by another one, on an account that neither used; what is not disputed stays', async () => {
    const { open, seen, events } = setUp(resolving({}));
    const ensemble = await open();
    const result = await ensemble.run(REQUEST);
    runResultSchema.parse(result);
    assert.equal(result.status, 'completed', JSON.stringify(result.error));
    assert.equal(
      written(result),
      CODE.replace('0.19', 'readRate()').replace('net + net * tax', 'net * (1 + tax)'),
      result.result,
    );
    assert.deepEqual(
      result.conflicts?.map(({ file, startLine, endLine, before, settled, version, why, versions }) => [
        ...[file, startLine, endLine, before, settled, version, why],
        versions.map(({ taskId, agent }) => `${taskId} ${agent}`),
      ]),
      [['price.ts', 2, 2, RATE, 'version', 2, 'Rates do change.', ['fast coder', 'safe coder']]],
    );
    assert.match(
      result.result,
      /Settled contradictions\n\n- `price\.ts`, line 2: the version of \*\*coder\*\* \(safe\)/,
    );

    const judged = seen.filter(({ call }) => isResolver(call));
    const authors = seen.filter(({ call }) => /Do MARK-(?:fast|safe)/.test(textOf(call)) && call.tools);
    assert.equal(judged.length, 1);
    if (new Set(authors.map((one) => one.account)).size < 3)
      assert.ok(!authors.some((one) => one.account === judged[0]?.account), 'who wrote it does not judge it');
    const told = textOf(judged[0]?.call ?? assert.fail());
    assert.match(told, /Improve the price[\s\S]*As they are:\n\n<data-\w+>\n {2}const tax = 0\.19;/);
    assert.match(told, /Version 2, of coder for:\n\n<data-\w+>\nThe rate changes/);

    const added = events.filter((event) => event.type === 'task:added').find(({ taskId }) => taskId === 'resolve');
    assert.equal(added?.description, 'Settle a contradiction between changes of price.ts');
    assert.deepEqual(added?.dependencies, ['fast', 'safe']);
    const { length } = seen;
    await ensemble.runs.replay(result.runId, new AbortController().signal);
    assert.equal(seen.length, length, 'a replay asks no model');
  });

  it('get new lines that do what both want', async () => {
    const text = '  const tax = readRate() ?? RATE;';
    const result = await resultOf(resolving({ choose: 'merged', version: null, text }));
    assert.ok(written(result).includes(text));
    assert.equal(result.conflicts?.[0]?.settled, 'merged');
  });

  it('get one chance to settle it in a way that can be made', async () => {
    const broken = resolving({ choose: 'merged', version: null, text: '  const tax = readRate(;' });
    const problems: string[] = [];
    const result = await resultOf((call, asked) => {
      problems.push(textOf(call));
      return (asked === 0 ? broken : resolving({}))(call, asked);
    });
    assert.equal(problems.length, 2);
    assert.match(problems[1] ?? '', /Conflict 1: a "\(" is not closed after it/);
    assert.ok(written(result).includes('readRate()'));
  });

  const open: readonly (readonly [string, Resolve])[] = [
    ['who settles leaves it open', resolving({ choose: 'open', version: null })],
    ['no version has that number', resolving({ version: 7 })],
    ['there is no such conflict', resolving({ conflict: 9 })],
    [
      'it is settled twice',
      () =>
        answer(
          JSON.stringify({
            resolutions: [1, 2].map((version) => ({ conflict: 1, choose: 'version', version, text: null, why: '' })),
          }),
        ),
    ],
    ['nothing is answered', () => answer('{"resolutions":[]}')],
    ['nonsense is answered', () => answer('I do not know.')],
  ];
  for (const [name, resolve] of open) {
    it(`see both versions kept for the person where ${name}`, async () => {
      const result = await resultOf(resolve);
      assert.equal(
        written(result),
        CODE.replace('net + net * tax', 'net * (1 + tax)'),
        'no version is chosen silently',
      );
      assert.equal(result.conflicts?.[0]?.settled, null);
      assert.match(
        result.result,
        /Left for you to decide[\s\S]*`price\.ts`, line 2[\s\S]*const tax = 0\.19;[\s\S]*const tax = RATE;[\s\S]*const tax = readRate\(\);/,
      );
    });
  }

  it('are left to the person where the file has changed meanwhile', async () => {
    const { open, seen, place } = setUp(resolving({}));
    place.onMerge = () => {
      place.workspace = new MemoryWorkspace({ 'price.ts': `// New\n${CODE}` });
    };
    const result = await (await open()).run(REQUEST);
    assert.deepEqual([result.status, result.conflicts?.[0]?.settled], ['completed', null]);
    assert.ok(!seen.some(({ call }) => isResolver(call)), 'nobody is asked about lines that are not there any more');
    assert.match(result.result, /Lines 2-2:\n\n```\n {2}const tax = RATE;/);
  });

  it('are settled once, wherever the process dies on the way', async () => {
    for (let limit = 8; limit <= 40; limit += 1) {
      const storage = openMemoryStorage();
      const failing = new FailingJournal(storage.journal, limit, limit % 2 === 0);
      const first = await setUp(resolving({}), { ...storage, journal: failing.journal }).open();
      const runs = await first.run(REQUEST).catch(() => null);
      if (runs !== null) {
        assert.ok(limit > 20, `${limit} appends are the whole run`);
        return;
      }
      const { open } = setUp(resolving({}), storage);
      const second = await open();
      const [run] = (await storage.journal.list({ limit: 1 })).items;
      assert.ok(run);
      // The other process is gone; here it is the same one.
      await storage.journal.release(run.runId, 1);
      const result = await (await second.resume(run.runId, { force: true })).result;
      assert.equal(result.status, 'completed');
      assert.deepEqual(
        result.conflicts?.map(({ settled }) => settled),
        ['version'],
        `append ${limit}`,
      );
      assert.equal(result.tasks.filter(({ id }) => id === 'resolve').length, 1);
      await second.runs.replay(run.runId, new AbortController().signal);
    }
    assert.fail('the run has more appends than were tried');
  });
});
