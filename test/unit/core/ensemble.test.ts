import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../src/adapters/storage/memory/open-memory-storage.ts';
import type { Storage } from '../../../src/adapters/storage/storage.ts';
import { createEnsemble, type Ensemble } from '../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import type { EnsembleEvent } from '../../../src/core/events.ts';
import type { ProviderCall } from '../../../src/core/model.ts';
import type { ApprovalQuestion } from '../../../src/core/ports.ts';
import type { RunRequest } from '../../../src/core/requests.ts';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { MemoryWorkspace } from '../../contract/memory-workspace.ts';
import { answer, FakeProvider, failure } from '../../support/fake-provider.ts';
import { account } from '../../support/pool-fixture.ts';

const PLAN = JSON.stringify({
  subtasks: [
    {
      id: 'research',
      title: 'Research',
      description: 'Find out',
      role: 'researcher',
      complexity: 'simple',
      dependencies: [],
    },
    {
      id: 'draft',
      title: 'Draft',
      description: 'Write it',
      role: 'writer',
      complexity: 'medium',
      dependencies: ['research'],
    },
    {
      id: 'check',
      title: 'Check',
      description: 'Check it',
      role: 'reviewer',
      complexity: 'complex',
      dependencies: ['draft'],
    },
  ],
});

const TASK: RunRequest = {
  kind: 'run',
  task: 'Write a guide',
  context: null,
  strategy: 'adaptive',
  maxSubTasks: 5,
  saveDocument: true,
};

/** Answers plans with a plan, findings with one finding, everything else with text. */
function reply(call: ProviderCall) {
  if (call.responseSchema?.name === 'plan') return answer(PLAN);
  if (call.responseSchema?.name === 'findings') {
    const finding = {
      file: 'app.ts',
      quote: 'eval(input)',
      severity: 'high',
      category: 'security',
      title: 'Code is run from input',
      explanation: 'Anybody can run code.',
      suggestion: 'Parse it.',
      confidence: 0.9,
    };
    return answer(JSON.stringify({ findings: [finding] }));
  }
  return answer('Some text.');
}

interface World {
  readonly ensemble: Ensemble;
  readonly storage: Storage;
  readonly providers: Readonly<Record<string, FakeProvider>>;
  readonly questions: ApprovalQuestion[];
  readonly events: EnsembleEvent[];
}

async function world(extra: { approve?: boolean; script?: typeof reply; trusted?: boolean } = {}): Promise<World> {
  const { approve = true, script = reply, trusted = true } = extra;
  const providers = { one: new FakeProvider(script), two: new FakeProvider(script) };
  const questions: ApprovalQuestion[] = [];
  const storage = openMemoryStorage();
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one'), account('two')] },
    storage,
    workspace: new MemoryWorkspace(
      { 'app.ts': 'export const run = (input: string) => eval(input);\n', '.env': 'SECRET=canary-value-1234567890\n' },
      { trusted },
    ),
    secrets: { get: async (name) => `sk-canary-${name}-0123456789abcdef`, set: async () => {}, delete: async () => {} },
    sendFromUntrusted: false,
    approver: {
      ask: async (question) => {
        questions.push(question);
        return approve;
      },
    },
    providerFor: async (one) => providers[one.name as 'one' | 'two'],
  });
  const events: EnsembleEvent[] = [];
  ensemble.subscribe((event) => events.push(event));
  return { ensemble, storage, providers, questions, events };
}

function callsOf({ providers }: World): ProviderCall[] {
  return Object.values(providers).flatMap((provider) => provider.calls);
}

describe('Ensemble', () => {
  it('runs a task: plan, sub-tasks in the planned order, aggregate; over both accounts', async () => {
    const at = await world();
    const result = await at.ensemble.run(TASK as Extract<RunRequest, { kind: 'run' }>);
    runResultSchema.parse(JSON.parse(JSON.stringify(result)));
    assert.equal(result.status, 'completed');
    assert.equal(result.llm, true);
    assert.deepEqual(
      result.tasks.map((task) => task.status),
      ['completed', 'completed', 'completed', 'completed', 'completed'],
    );
    assert.ok(Object.values(at.providers).every((provider) => provider.calls.length > 0));
    const { items } = await at.storage.stores.conversations.list({ limit: 50 });
    assert.deepEqual(new Set(items.map((row) => row.type)), new Set(['decomposition', 'subtask', 'aggregation']));
    const usage = await at.storage.stores.usage.summary('1970-01-01T00:00:00Z');
    const counted = usage.reduce((sum, row) => sum + row.tokens.input + row.tokens.output, 0);
    assert.equal(counted, result.totals.tokens.input + result.totals.tokens.output);
    assert.equal((await at.storage.stores.documents.get(result.documentId ?? -1))?.content, result.result);
  });

  it('lets the next run see of the others what the settings say by then', async () => {
    const at = await world();
    const index = /# Other tasks that have ended/;
    await at.ensemble.run(TASK as Extract<RunRequest, { kind: 'run' }>);
    assert.match(JSON.stringify(callsOf(at)), index);
    const before = callsOf(at).length;
    const { config } = at.ensemble;
    await at.ensemble.accounts.reconfigure({ ...config, engine: { ...config.engine, contextStrategy: 'isolated' } });
    for (const provider of Object.values(at.providers)) provider.calls.length = 0;
    await at.ensemble.run(TASK as Extract<RunRequest, { kind: 'run' }>);
    assert.equal(callsOf(at).length, before);
    assert.doesNotMatch(JSON.stringify(callsOf(at)), index);
  });

  it('makes every model call as a journaled effect of a scheduled task', async () => {
    for (const request of [
      TASK,
      { kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'standard' } as const,
    ]) {
      const at = await world();
      const handle = await at.ensemble.start(request);
      await handle.result;
      const entries = await at.storage.journal.read(handle.runId);
      const outcomes = entries.filter((entry) => entry.kind === 'effect-outcome');
      assert.ok(outcomes.length > 0);
      assert.equal(callsOf(at).length, outcomes.length, `a ${request.kind} run bypassed the engine`);
    }
  });

  it('replays a run of each kind from its journal without a model, with the settings that it began with', async () => {
    for (const request of [
      TASK,
      { kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'standard' } as const,
    ]) {
      const at = await world();
      const { runId } = await (await at.ensemble.start(request)).result;
      const calls = callsOf(at).length;
      const { signal } = new AbortController();
      const report = await at.ensemble.runs.replay(runId, signal);
      assert.deepEqual([report.effects, callsOf(at).length], [calls, calls]);
      if (request.kind !== 'run') continue;
      const { config } = at.ensemble;
      await at.ensemble.accounts.reconfigure({ ...config, engine: { ...config.engine, contextStrategy: 'isolated' } });
      assert.deepEqual(await at.ensemble.runs.replay(runId, signal), report);
      await assert.rejects(at.ensemble.runs.replay('none', signal), { code: 'not-found' });
    }
  });

  it('reviews a folder: anchored findings, whole coverage, the secret file never read', async () => {
    const at = await world();
    const result = await at.ensemble.review({ kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'quick' });
    runResultSchema.parse(JSON.parse(JSON.stringify(result)));
    assert.equal(result.status, 'completed');
    assert.deepEqual(
      result.findings?.map((finding) => [finding.file, finding.startLine]),
      [['app.ts', 1]],
    );
    assert.equal(result.findings?.[0]?.reporters.length, 2);
    assert.deepEqual(result.coverage?.reviewed, ['app.ts']);
    assert.deepEqual(
      result.coverage?.skipped.map((one) => one.path),
      ['.env'],
    );
    assert.doesNotMatch(JSON.stringify(callsOf(at)), /canary/);
  });

  it('asks once more before agents may choose files for themselves, which holds for both then', async () => {
    const at = await world();
    const review = { kind: 'review', target: { type: 'paths', paths: ['app.ts'] }, depth: 'quick' } as const;
    await at.ensemble.review(review);
    assert.doesNotMatch(at.questions[0]?.details.join('\n') ?? '', /Agents may read/);
    await at.ensemble.review({ ...review, depth: 'standard' });
    assert.equal(at.questions.length, 2);
    const details = at.questions[1]?.details.join('\n') ?? '';
    assert.match(details, /Agents may read more files of the folder.*\n[\s\S]*Cost .*, without what agents read/);
    await at.ensemble.run(TASK as Extract<RunRequest, { kind: 'run' }>);
    await at.ensemble.review(review);
    assert.equal(at.questions.length, 2);
    const offered = callsOf(at).filter((call) => (call.tools ?? []).length > 0);
    // Two lenses of the standard review, three sub-tasks; neither planner, aggregator nor summary.
    assert.equal(offered.length, 5);
  });

  it('asks before the first send to these endpoints, and not again', async () => {
    const at = await world();
    const request = { kind: 'review', target: { type: 'paths', paths: ['app.ts'] }, depth: 'quick' } as const;
    await at.ensemble.review(request);
    await at.ensemble.review(request);
    assert.deepEqual(
      at.questions.map((question) => question.kind),
      ['send'],
    );
    assert.match(at.questions[0]?.details.join('\n') ?? '', /Account one at .*\nAccount two at /);
  });

  it('asks again before a run that may cost more than the threshold, and names the amount', async () => {
    const at = await world();
    const request = { kind: 'review', target: { type: 'paths', paths: ['app.ts'] }, depth: 'quick' } as const;
    await at.ensemble.review(request);
    const { config } = at.ensemble;
    for (const [askAboveUSD, asked] of [
      [1_000, 1],
      [1e-6, 2],
      [null, 2],
    ] as const) {
      await at.ensemble.accounts.reconfigure({ ...config, budget: { ...config.budget, askAboveUSD } });
      await at.ensemble.review(request);
      assert.equal(at.questions.length, asked);
    }
    assert.match(at.questions[1]?.title ?? '', /cost this much/);
    assert.match(at.questions[1]?.details.join('\n') ?? '', /Cost at most about \$/);
  });

  it('shows the estimate before every review of the whole workspace, and where it is asked to', async () => {
    const at = await world();
    const whole = { kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'quick' } as const;
    await at.ensemble.review(whole);
    await at.ensemble.review(whole);
    assert.equal(at.questions.length, 2);
    const details = at.questions[1]?.details.join('\n') ?? '';
    assert.match(
      details,
      /^1 file to review, 1 left out\nAccount one at .*\n.*\nAbout 3 model calls\nAbout [\d,]+ tokens .*\nCost /,
    );
    const file = { ...whole, target: { type: 'paths', paths: ['app.ts'] } } as const;
    await at.ensemble.review(file, { alwaysConfirm: true });
    assert.equal(at.questions.length, 3);
  });

  it('leaves out what the person has dismissed, from the next review on', async () => {
    const at = await world();
    const request = { kind: 'review', target: { type: 'paths', paths: ['app.ts'] }, depth: 'quick' } as const;
    const first = await at.ensemble.review(request);
    const { fingerprint, file, title } = first.findings?.[0] ?? assert.fail();
    await at.storage.stores.findings.decide('/memory', {
      ...{ fingerprint, file, title, decision: 'dismissed', reason: 'false-positive', note: null, runId: first.runId },
    });
    const second = await at.ensemble.review(request);
    runResultSchema.parse(JSON.parse(JSON.stringify(second)));
    assert.deepEqual(second.findings, []);
    assert.deepEqual(
      second.dismissed?.map((one) => [one.finding.fingerprint, one.reason]),
      [[fingerprint, 'false-positive']],
    );
    assert.deepEqual(await at.storage.stores.findings.list(second.runId), []);
    const summary = callsOf(at).at(-1);
    assert.doesNotMatch(JSON.stringify(summary?.messages), /Code is run from input/);
    await at.storage.stores.findings.forget('/memory', [fingerprint]);
    assert.equal((await at.ensemble.review(request)).findings?.length, 1);
  });

  it('remembers what a run was asked to do, without the text that an editor handed over', async () => {
    const at = await world();
    const target = {
      type: 'text',
      file: 'app.ts',
      languageId: 'typescript',
      startLine: 3,
      text: 'a();\r\nb();\r\n',
    } as const;
    const { runId } = await at.ensemble.review({ kind: 'review', target, depth: 'quick' });
    assert.deepEqual(await at.ensemble.runs.request(runId), {
      kind: 'review',
      target: { ...target, text: '', endLine: 4 },
      depth: 'quick',
    });
    await assert.rejects(at.ensemble.runs.request('nowhere'), { code: 'not-found' });
  });

  it('sends and stores nothing when sending is refused', async () => {
    const at = await world({ approve: false });
    await assert.rejects(
      at.ensemble.review({ kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'quick' }),
      { code: 'approval-refused' },
    );
    assert.equal(callsOf(at).length, 0);
    assert.equal((await at.ensemble.runs.list({ limit: 10 })).total, 0);
  });

  it('runs nothing in a workspace that is not trusted', async () => {
    const at = await world({ trusted: false });
    await assert.rejects(at.ensemble.start(TASK), { code: 'untrusted-workspace' });
    assert.equal(callsOf(at).length, 0);
  });

  it('keeps a key that was typed into the task from models, journal and history', async () => {
    const at = await world();
    const handle = await at.ensemble.start({
      ...TASK,
      task: 'Use sk-canary-two-0123456789abcdef to log in',
    } as RunRequest);
    await handle.result;
    assert.doesNotMatch(JSON.stringify(callsOf(at)), /canary/);
    assert.doesNotMatch(JSON.stringify(await at.storage.journal.read(handle.runId)), /canary/);
    assert.doesNotMatch(JSON.stringify(await at.storage.stores.conversations.list({ limit: 50 })), /canary/);
  });

  it('stops resumable when every key is refused, and goes on after that was mended', async () => {
    let refused = true;
    const at = await world({ script: (call) => (refused ? failure('auth') : reply(call)) });
    const handle = await at.ensemble.start(TASK);
    const first = await handle.result;
    assert.deepEqual([first.status, first.error?.code], ['interrupted', 'no-usable-account']);
    assert.equal(first.documentId, null);
    refused = false;
    await at.ensemble.accounts.reconfigure(at.ensemble.config);
    const second = await (await at.ensemble.resume(handle.runId)).result;
    assert.equal(second.status, 'completed');
    assert.deepEqual(await at.ensemble.runs.result(handle.runId), JSON.parse(JSON.stringify(second)));
  });

  it('goes on with the offline provider when the last account is removed', async () => {
    const at = await world();
    await at.ensemble.accounts.reconfigure({ ...at.ensemble.config, accounts: [] });
    assert.deepEqual(
      (await at.ensemble.accounts.status()).map((one) => one.provider),
      ['offline'],
    );
  });

  it('names what is wrong with a request', async () => {
    const { ensemble } = await world();
    await assert.rejects(ensemble.start({ ...TASK, task: '  ' } as RunRequest), { code: 'invalid-input' });
    await assert.rejects(ensemble.start({ kind: 'workflow', workflow: 'code-reviw', params: {} }), {
      code: 'not-found',
    });
    await assert.rejects(ensemble.resume('nowhere'), { code: 'not-found' });
    await assert.rejects(ensemble.accounts.test('nobody', new AbortController().signal), { code: 'not-found' });
  });

  it('works without any account through the offline provider, and says that no model took part', async () => {
    const ensemble = await createEnsemble({
      config: DEFAULT_CONFIG,
      databaseFile: null,
      workspace: new MemoryWorkspace({ 'app.js': 'function run(input) {\n  return eval(input);\n}\n' }),
      approver: { ask: () => assert.fail('nothing leaves the machine, so there is nothing to ask') },
    });
    const result = await ensemble.review({ kind: 'review', target: { type: 'paths', paths: [''] }, depth: 'standard' });
    assert.deepEqual([result.status, result.llm, result.totals.costUSD], ['completed', false, 0]);
    assert.ok(result.findings?.some((finding) => finding.startLine === 2 && finding.category === 'security'));
    await assert.rejects(ensemble.start(TASK, { requireLlm: true }), { code: 'no-usable-account' });
    await ensemble.close();
  });
});
