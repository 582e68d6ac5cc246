import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryJournal } from '../../../src/adapters/storage/memory/memory-journal.ts';
import { createEnsemble, type Ensemble } from '../../../src/compose.ts';
import { agentTaskSpec } from '../../../src/core/agents/agent-task-spec.ts';
import { SUB_AGENTS } from '../../../src/core/agents/built-in.ts';
import { DEFAULT_CONFIG, type EnsembleConfig } from '../../../src/core/config.ts';
import { runGraph } from '../../../src/core/engine/run-graph.ts';
import type { ProviderCall, StreamPart } from '../../../src/core/model.ts';
import type { TaskExecutor } from '../../../src/core/ports.ts';
import type { RunResult } from '../../../src/core/results.ts';
import { agentExecutor, agentTask, handOver, handoffsAmong } from '../../support/agent-fixture.ts';
import { behaviourOf, engineOn, finish, snapshot, statuses, TestRun, task } from '../../support/engine-fixture.ts';
import { FailingJournal } from '../../support/failing-journal.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { answer, FakeProvider, failure } from '../../support/fake-provider.ts';
import { account } from '../../support/pool-fixture.ts';
import { done, failed, ScriptedExecutor } from '../../support/scripted-executor.ts';
import { NO_LIMITS } from '../../support/task-run-fixture.ts';
import { answered, FakeConversations, FakePool } from './agents/fakes.ts';

const PARTS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A run whose planner splits the task into parts of no order; `reply` answers them and the merging. */
class Team {
  readonly provider: FakeProvider;
  readonly #config: Partial<EnsembleConfig>;

  constructor(
    reply: (part: string | null, call: ProviderCall) => readonly StreamPart[],
    config: Partial<EnsembleConfig> = {},
  ) {
    const subtasks = PARTS.map((id) => {
      return { id, title: id, description: `Do ${id}.`, role: 'writer', complexity: 'simple', dependencies: [] };
    });
    this.provider = new FakeProvider((call) => {
      if (call.responseSchema?.name === 'plan') return answer(JSON.stringify({ subtasks }));
      const [, part = null] = /# Your sub-task: (\S+)/.exec(call.messages.at(-1)?.content ?? '') ?? [];
      return reply(part, call);
    });
    this.#config = config;
  }

  async run(): Promise<RunResult> {
    const ensemble: Ensemble = await createEnsemble({
      config: { ...DEFAULT_CONFIG, accounts: [account('one')], ...this.#config },
      databaseFile: null,
      workspace: null,
      secrets: { get: async () => 'sk-none', set: async () => {}, delete: async () => {} },
      approver: { ask: async () => true },
      providerFor: async () => this.provider,
    });
    try {
      const request = { kind: 'run', task: 'Write', context: null, strategy: 'parallel', maxSubTasks: 6 } as const;
      return await ensemble.run({ ...request, saveDocument: false }, { maxParallel: PARTS.length });
    } finally {
      await ensemble.close();
    }
  }

  callsOf(part: string): number {
    return this.provider.calls.filter((call) => call.messages.at(-1)?.content.includes(`# Your sub-task: ${part}`))
      .length;
  }
}

/** A run of one task on an engine, which begins with the coder. */
function handedRun() {
  const [pool, conversations] = [new FakePool(), new FakeConversations()];
  const executor = agentExecutor(pool, { conversations, ...handoffsAmong(SUB_AGENTS) });
  const agent = SUB_AGENTS.find(({ name }) => name === 'coder') ?? assert.fail();
  const spec = agentTaskSpec('a', 'A part', [], agentTask({ agent, prompt: 'Build it.', call: NO_LIMITS }));
  const run = new TestRun(executor);
  return { pool, conversations, run, result: () => run.run([spec]) };
}

describe('what is known to go wrong elsewhere', () => {
  it('a fan-out with limit 1 loses nothing', async () => {
    const items = Array.from({ length: 300 }, (_, index) => `t${index}`);
    let atOnce = 0;
    const { status, outputs } = await runGraph(
      {
        tasks: [...items.map((id) => ({ id })), { id: 'join', dependencies: items }],
        concurrency: 1,
        execute: async ({ id }, { inputs }) => {
          assert.equal(++atOnce, 1);
          await null;
          atOnce--;
          return id === 'join' ? Object.values(inputs) : `${id}!`;
        },
      },
      { clock: new FakeClock(), random: () => 0.5 },
    );
    assert.equal(status, 'completed');
    assert.deepEqual(
      outputs.join,
      items.map((id) => `${id}!`),
    );
  });

  it('suspended siblings resume in any order, one after the other', async () => {
    const asking = (): TaskExecutor =>
      new ScriptedExecutor(
        { join: ({ inputs }) => done(inputs.map(({ output }) => output).join(' ')) },
        async ({ task: { id } }, { approve }) =>
          done((await approve({ title: id, details: [], action: { id } })) ? `${id}+` : `${id}-`),
      );
    const order = fc.shuffledSubarray(PARTS, { minLength: PARTS.length });
    const allowed = fc.array(fc.boolean(), { minLength: PARTS.length, maxLength: PARTS.length });
    await fc.assert(
      fc.asyncProperty(order, allowed, async (parts, answers) => {
        const [clock, journal] = [new FakeClock(), new MemoryJournal()];
        const tasks = [...PARTS.map((id) => task(id)), task('join', PARTS)];
        const started = await engineOn(journal, clock).start(
          { runId: 'R', snapshot: snapshot(2), tasks },
          behaviourOf(asking()),
        );
        let result = await finish(clock, started.result);
        for (const [index, part] of parts.entries()) {
          assert.equal(result.status, 'suspended', `before ${part}`);
          const question = (await journal.approvals('R')).find(({ taskId }) => taskId === part);
          assert.ok(question, `${part} asks`);
          await journal.answer('R', question, answers[index] ?? false);
          const resumed = await engineOn(journal, clock).resume('R', () => behaviourOf(asking()));
          result = await finish(clock, resumed.result);
        }
        assert.equal(result.status, 'completed');
        const said = PARTS.map((part) => `${part}${answers[parts.indexOf(part)] ? '+' : '-'}`);
        assert.equal(result.tasks.find(({ id }) => id === 'join')?.output, said.join(' '));
      }),
      { numRuns: 25 },
    );
  });

  it('a crash in the middle of a join forgets no input, wherever it comes', async () => {
    const executor = () =>
      new ScriptedExecutor(
        { join: ({ inputs }) => done(inputs.map(({ output }) => output).join(' ')) },
        ({ task: { id } }) => done(id),
      );
    const plan = { runId: 'R', snapshot: snapshot(2), tasks: [...PARTS.map((id) => task(id)), task('join', PARTS)] };
    let ended = false;
    for (let limit = 1; !ended; limit++) {
      for (const keepLast of [true, false]) {
        const [clock, inner] = [new FakeClock(), new MemoryJournal()];
        const { journal } = new FailingJournal(inner, limit, keepLast);
        const first = await engineOn(journal, clock).start(plan, behaviourOf(executor()));
        ended = await finish(clock, first.result).then(
          () => true,
          () => false,
        );
        const again = await engineOn(inner, clock).resume('R', () => behaviourOf(executor()));
        const { status, tasks } = await finish(clock, again.result);
        assert.deepEqual([status, tasks.at(-1)?.output], ['completed', PARTS.join(' ')], `append ${limit}`);
      }
    }
  });

  it('a failed sub-agent is never a success: not for the run, not for what comes after it', async () => {
    const team = new Team((part) => (part === 'c' ? failure('invalid-request') : answer(part ?? 'merged')));
    const result = await team.run();
    assert.equal(result.status, 'partial');
    assert.deepEqual([statuses(result).c, statuses(result).aggregate], ['failed', 'completed']);
    const merging = team.provider.calls.at(-1)?.messages.at(-1)?.content ?? '';
    assert.match(merging, /## c \(writer\): c\s+This task failed/);

    const none = await new Team((part) => (part === null ? answer('merged') : failure('invalid-request'))).run();
    assert.equal(none.status, 'partial', 'only the planner did its work');
    assert.deepEqual([none.totals.succeeded, statuses(none).aggregate], [1, 'failed']);
  });

  it('a call that fails identically stops: it is not repeated for ever', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => failed('the same', { retryable: true }) }));
    const result = await run.run([task('a', [], { retry: { maxAttempts: 3, initialDelayMs: 10, maxDelayMs: 100 } })]);
    assert.equal(result.status, 'failed');
    assert.equal((await run.kinds('a')).filter((kind) => kind === 'task-started').length, 3);

    const refusing = new Team((part) => (part === 'a' ? failure('invalid-request') : answer(part ?? 'merged')));
    await refusing.run();
    assert.equal(refusing.callsOf('a'), 1, 'a request that cannot be right is sent once');
    const silent = new Team((part) => (part === 'a' ? answer('') : answer(part ?? 'merged')));
    assert.equal(statuses(await silent.run()).a, 'failed');
    assert.ok(silent.callsOf('a') <= 3);
  });

  it('the budget of a run holds across its sub-agents', async () => {
    const tokens = { input: 1_000, output: 1_000 };
    const team = new Team((part) => answer(part ?? 'merged', tokens), {
      budget: { perRunUSD: null, perDayUSD: null, perRunTokens: 9_000, allowUnknownPrices: true },
    });
    const result = await team.run();
    assert.notEqual(result.status, 'completed');
    const used = result.totals.tokens.input + result.totals.tokens.output;
    assert.ok(used <= 9_000, `${used} tokens`);
    assert.equal(result.error?.code, 'budget-refused');
    assert.ok(team.provider.calls.length < PARTS.length + 2);
  });

  it('a rejected handoff leaves no trace in the history', async () => {
    const { pool, conversations, run, result } = handedRun();
    // The coder may hand over to the tester, but not to the writer.
    pool.script(handOver('writer', { context: 'CANARY' }), handOver('tester'), answered('Tested.'));
    const [task] = (await result()).tasks;
    assert.deepEqual([task?.status, task?.output, task?.agent], ['completed', 'Tested.', 'tester']);

    const [, refused, next] = pool.requests;
    assert.equal(refused?.attribution.agent, 'coder', 'the task stays with the agent that asked');
    assert.deepEqual(
      refused?.messages.slice(pool.requests[0]?.messages.length).map(({ role }) => role),
      ['assistant', 'tool'],
      'it reads its own call and the refusal, and nothing else is new',
    );
    assert.match(refused?.messages.at(-1)?.content ?? '', /^Error: You may not hand over to writer\./);
    assert.equal(next?.attribution.agent, 'tester');
    assert.doesNotMatch(JSON.stringify(next?.messages), /CANARY|writer/);

    const rows = conversations.rows.map((row) => ({ ...row, text: JSON.stringify([row.messages, row.response]) }));
    assert.deepEqual(
      rows.map(({ type, model, status }) => `${type} ${model} ${status}`),
      [
        'subtask xai/m completed',
        'tool handoff failed',
        'subtask xai/m completed',
        'tool handoff completed',
        'subtask xai/m completed',
      ],
    );
    assert.deepEqual(
      rows.flatMap(({ text }, index) => (text.includes('CANARY') ? [index] : [])),
      [0, 1, 2],
      'the two turns of the agent that asked, and the call between them',
    );
    const handoffs = run.events.flatMap((event) => (event.type === 'agent:handoff' ? [event] : []));
    assert.deepEqual(
      handoffs.map(({ to, accepted }) => [to, accepted]),
      [
        ['writer', false],
        ['tester', true],
      ],
    );
    const kept = await run.journal.read('R');
    assert.equal(kept.filter((entry) => entry.kind === 'task-started').length, 1, 'nobody was started for nothing');
  });
});
