import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { DigestingExecutor } from '../../../../src/core/agents/digesting-executor.ts';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import { HANDOVER_TOKENS } from '../../../../src/core/context/task-context.ts';
import { estimateTokens } from '../../../../src/core/context/token-estimate.ts';
import { replayRun } from '../../../../src/core/engine/replay-run.ts';
import type { Json } from '../../../../src/core/json.ts';
import type { CallOutcome } from '../../../../src/core/model.ts';
import type { TaskInput } from '../../../../src/core/ports.ts';
import { behaviourOf, engineOn, finish, snapshot, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, ScriptedExecutor } from '../../../support/scripted-executor.ts';
import { FakeTokenCounter } from '../../../support/token-counters.ts';
import { report } from '../context/samples.ts';
import { answered, FakeConversations, FakePool } from './fakes.ts';

const FACTS = ['FACT-P-1: orders close after 45 days', 'FACT-P-2: see src/api/orders.ts:212'];
const LONG = report('Design', 5_000, FACTS);
const FAILURE: CallOutcome = {
  status: 'failed',
  failure: { cause: 'rate-limited', status: 429, message: '', retryAfterMs: null, possiblyBilled: false },
  retryAt: null,
  attempts: [],
};

function graph(readers: number) {
  const call = { budget: { usd: null, tokens: null }, loadBalancing: null };
  const one = (id: string, dependencies: readonly string[], own: Partial<AgentTask>) =>
    task(id, dependencies, { payload: { call, ...own } as unknown as Json });
  return [
    one('design', [], { readers }),
    one('code', ['design'], {}),
    one('test', ['design'], {}),
    one('doc', ['design'], {}),
  ];
}

/** Runs a task with a long output and three that read it. */
class World {
  readonly clock = new FakeClock();
  readonly pool = new FakePool();
  readonly conversations = new FakeConversations();
  readonly seen: TaskInput[] = [];
  worked = 0;

  executor(output: Json = LONG): DigestingExecutor {
    const inner = new ScriptedExecutor({}, async ({ task: { id }, inputs }, { effect }) => {
      this.seen.push(...inputs);
      const text = await effect('turn-1', id, async () => {
        this.worked++;
        return id === 'design' ? output : id;
      });
      return done(String(text));
    });
    const { pool, conversations } = this;
    return new DigestingExecutor(inner, { pool, conversations, knownSecrets: () => [] }, new FakeTokenCounter());
  }

  async run(readers = 3, output: Json = LONG, journal = new MemoryJournal()) {
    const plan = { runId: 'R', snapshot: snapshot(), tasks: graph(readers) };
    const handle = await engineOn(journal, this.clock).start(plan, behaviourOf(this.executor(output)));
    return { result: await finish(this.clock, handle.result), entries: await journal.read('R') };
  }
}

describe('DigestingExecutor', () => {
  it('sums a long output up once for all readers, on a cheap model, and adds the facts that the summary lost', async () => {
    const world = new World();
    world.pool.script(answered('It is designed, FACT-P-1 included.'));
    const { result } = await world.run();
    assert.equal(result.status, 'completed');
    assert.equal(world.pool.requests.length, 1);
    const [request] = world.pool.requests;
    assert.equal(request?.tier, 'simple');
    assert.ok(request?.messages.some(({ content }) => content.includes(LONG)));
    assert.match(request?.messages[0]?.content ?? '', /markers and ids, paths[\s\S]*numbers/);
    assert.equal(world.seen.length, 3);
    for (const { digest = '', output } of world.seen) {
      assert.equal(output, LONG);
      assert.match(digest, /^\[Summary of a longer result\]\nIt is designed/);
      assert.ok(digest.includes('FACT-P-2: see src/api/orders.ts:212'));
      assert.ok(estimateTokens(digest) < HANDOVER_TOKENS);
    }
    // Its tokens and cost count as the task's.
    const [design] = result.tasks;
    assert.equal(design?.attempts.length, 1);
    assert.equal(design?.tokens.input, 10);
    assert.deepEqual(
      world.conversations.rows.map(({ type, taskId }) => [type, taskId]),
      [['digest', 'R/design']],
    );
  });

  it('does without where few read it, and where it is short', async () => {
    for (const [readers, output] of [
      [0, LONG],
      [2, LONG],
      [3, 'short'],
    ] as const) {
      const world = new World();
      await world.run(readers, output);
      assert.equal(world.pool.requests.length, 0);
      assert.ok(world.seen.every(({ digest }) => digest === undefined));
    }
  });

  it('does without where the call fails, for good, and replays so', async () => {
    const world = new World();
    world.pool.script(FAILURE);
    const { result, entries } = await world.run();
    assert.equal(result.status, 'completed');
    assert.ok(world.seen.every(({ digest }) => digest === undefined));
    await replayRun(entries, world.executor(), new AbortController().signal);
    assert.equal(world.pool.requests.length, 1);
  });

  it('pays once, also where the process ends at any moment, and replays without a call', async () => {
    for (let limit = 1; limit <= 14; limit++) {
      const world = new World();
      world.pool.script(...Array.from({ length: 3 }, () => answered('In short.')));
      const journal = new MemoryJournal();
      const failing = new FailingJournal(journal, limit, true).journal as MemoryJournal;
      await world.run(3, LONG, failing).catch(() => undefined);
      const handle = await engineOn(journal, world.clock).resume('R', () => behaviourOf(world.executor()));
      await finish(world.clock, handle.result);
      const entries = await journal.read('R');
      const made = entries.flatMap((entry) =>
        entry.kind === 'effect-outcome' && entry.payload.key === 'digest' ? [1] : [],
      );
      assert.equal(made.length, 1, `append ${limit}`);
      const calls = world.pool.requests.length;
      await replayRun(entries, world.executor(), new AbortController().signal);
      assert.equal(world.pool.requests.length, calls);
    }
  });

  it('shows nobody the text of the digest as the text of the task', async () => {
    const world = new World();
    world.pool.script(answered('In short.'));
    const behaviour = behaviourOf(world.executor());
    const plan = { runId: 'R', snapshot: snapshot(), tasks: graph(3) };
    await finish(world.clock, (await engineOn(new MemoryJournal(), world.clock).start(plan, behaviour)).result);
    assert.ok(behaviour.events.every((event) => event.type !== 'task:delta'));
  });
});
