import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { apply } from '../../../../src/core/engine/apply.ts';
import type { JournalEntry } from '../../../../src/core/engine/journal-entry.ts';
import { projectRun, projectTask } from '../../../../src/core/engine/projections.ts';
import { eventsOf } from '../../../../src/core/engine/replay-events.ts';
import { initialState, type RunState } from '../../../../src/core/engine/state.ts';
import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import type { TaskExecutor, TaskOutcome } from '../../../../src/core/ports.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { behaviourOf, engineOn, finish, snapshot, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** What a task is and does. `children` are added to the graph when it completes. */
interface Drawn {
  readonly dependencies: readonly number[];
  readonly priority: number;
  readonly onError: TaskSpec['onError'];
  readonly end: 'completes' | 'fails' | 'fails once' | 'throws' | 'hangs';
  readonly ms: number;
  readonly waits: boolean;
  readonly children: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  dependencies: fc.array(fc.nat(11), { maxLength: 3 }),
  priority: fc.integer({ min: 1, max: 10 }),
  onError: fc.constantFrom('skip-dependents' as const, 'continue' as const, 'fail' as const),
  end: fc.oneof(
    { weight: 6, arbitrary: fc.constant('completes' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('fails' as const, 'fails once' as const, 'throws' as const, 'hangs' as const),
    },
  ),
  ms: fc.nat(30),
  waits: fc.boolean(),
  children: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
});
const graphs = fc.array(drawn, { minLength: 1, maxLength: 12 });

function specOf(id: string, node: Drawn, dependencies: readonly string[]): TaskSpec {
  const { priority, onError } = node;
  const retry = { maxAttempts: 2, initialDelayMs: 5, maxDelayMs: 5 };
  return task(id, dependencies, { priority, onError, retry, timeoutMs: 200 });
}

/** Does what was drawn and notes what must not be: wrong order, too many at once, something completed that runs again. */
class Checking implements TaskExecutor {
  readonly violations: string[] = [];
  readonly #nodes: readonly Drawn[];
  readonly #clock: FakeClock;
  readonly #maxParallel: number;
  readonly #ended: Set<string>;
  #working = 0;

  /** `journal`: what it knows to have completed must not run again. */
  constructor(nodes: readonly Drawn[], clock: FakeClock, maxParallel: number, journal: readonly JournalEntry[] = []) {
    this.#nodes = nodes;
    this.#clock = clock;
    this.#maxParallel = maxParallel;
    this.#ended = new Set(journal.flatMap((one) => (one.kind === 'task-completed' ? [one.instanceId ?? ''] : [])));
  }

  execute: TaskExecutor['execute'] = async (
    { task: spec, inputs, attempt, instanceId },
    { signal, effect, waiting },
  ) => {
    const node = nodeOf(this.#nodes, spec.id);
    this.#check(!this.#ended.has(instanceId), `${instanceId} runs although it has completed`);
    this.#check(inputs.length === spec.dependencies.length, `${instanceId} has ${inputs.length} inputs`);
    for (const { taskId, status } of inputs) {
      this.#check(status !== 'completed' || this.#hasEnded(taskId), `${instanceId} runs before ${taskId}`);
    }
    const sleep = (ms: number) => this.#clock.sleep(ms, signal);
    await this.#work(() => effect('first', null, async () => 'known'));
    if (node.waits) await waiting(() => sleep(node.ms));
    await this.#work(() => sleep(node.ms));
    if (spec.id.includes('.')) return this.#complete(spec, []);
    if (node.end === 'throws') throw new TypeError('a bug');
    if (node.end === 'hangs') await new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
    if (node.end === 'fails' || (node.end === 'fails once' && attempt === 1)) {
      return {
        status: 'failed',
        error: { code: 'task-failed', message: 'as drawn', hint: null },
        attempts: [],
        retryable: true,
      };
    }
    const children = Array.from({ length: node.children }, (_, at) => `${spec.id}.${at}`);
    return this.#complete(
      spec,
      children.map((id, at) => specOf(id, node, at === 0 ? [] : [`${spec.id}.${at - 1}`])),
    );
  };

  #check(holds: boolean, violation: string): void {
    if (!holds) this.violations.push(violation);
  }

  #hasEnded(taskId: string): boolean {
    return [...this.#ended].some((id) => id.split('/').at(-1) === taskId);
  }

  #complete(spec: TaskSpec, extend: readonly TaskSpec[]): TaskOutcome {
    this.#ended.add(spec.id.includes('.') ? `${spec.id.split('.')[0]}/${spec.id}` : spec.id);
    return { status: 'completed', output: `of ${spec.id}`, attempts: [], extend };
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    this.#check(++this.#working <= this.#maxParallel, `${this.#working} work at once`);
    try {
      return await work();
    } finally {
      this.#working--;
    }
  }
}

/** The node of a task `t3` or of its child `t3.1`. */
function nodeOf(nodes: readonly Drawn[], id: string): Drawn {
  return nodes[Number(id.split('.')[0]?.slice(1))] ?? assert.fail(id);
}

function fold(entries: readonly JournalEntry[]): RunState {
  const state = initialState('R');
  for (const entry of entries) apply(state, entry);
  return state;
}

/** The journal alone gives back what was stored, told and returned. */
async function checkJournal(journal: MemoryJournal, result: RunResult, live: readonly unknown[]): Promise<void> {
  const entries = await journal.read('R');
  const state = fold(entries);
  assert.deepEqual([...state.tasks.values()].map(projectTask), await journal.tasks('R'));
  const {
    runId: _r,
    epoch: _e,
    owner: _o,
    createdAt: _c,
    updatedAt: _u,
    ...row
  } = (await journal.get('R')) ?? assert.fail();
  assert.deepEqual(projectRun(state), row);
  assert.deepEqual(state.result, JSON.parse(JSON.stringify(result)));
  assert.deepEqual(JSON.parse(JSON.stringify(live)), eventsOf(entries));
}

/** Every task has ended, for a reason that holds. */
function checkResult(result: RunResult, nodes: readonly Drawn[]): void {
  const byId = new Map(result.tasks.map((one) => [one.id, one]));
  const stopped = result.tasks.some(
    (one) => one.status === 'failed' && nodes[Number(one.id.slice(1))]?.onError === 'fail',
  );
  for (const { id, status, dependencies } of result.tasks) {
    assert.ok(['completed', 'failed', 'skipped', 'cancelled'].includes(status), `${id} is ${status}`);
    if (status === 'cancelled') assert.ok(stopped);
    if (status !== 'skipped' || stopped) continue;
    assert.ok(
      dependencies.some((dependency) => byId.get(dependency)?.status !== 'completed'),
      `${id} was skipped for nothing`,
    );
  }
  const completed = result.tasks.filter(({ status }) => status === 'completed').length;
  const expected = completed === result.tasks.length ? 'completed' : stopped || completed === 0 ? 'failed' : 'partial';
  assert.equal(result.status, expected);
}

function planOf(nodes: readonly Drawn[], maxParallel: number) {
  const tasks = nodes.map((node, index) => {
    const dependencies = new Set(node.dependencies.filter((at) => at < index).map((at) => `t${at}`));
    return specOf(`t${index}`, node, [...dependencies]);
  });
  return { runId: 'R', snapshot: snapshot(maxParallel), tasks };
}

describe('any graph with any outcomes', () => {
  it('ends every task for a reason, within order and limit, and its journal alone tells all of it', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async (nodes, maxParallel) => {
        const clock = new FakeClock();
        const journal = new MemoryJournal();
        const executor = new Checking(nodes, clock, maxParallel);
        const behaviour = behaviourOf(executor);
        const handle = await engineOn(journal, clock).start(planOf(nodes, maxParallel), behaviour);
        const result = await finish(clock, handle.result);
        assert.deepEqual(executor.violations, []);
        checkResult(result, nodes);
        await checkJournal(journal, result, behaviour.events);
        assert.equal(clock.sleeping, 0, 'a timer is left');
      }),
      { numRuns: 150 },
    );
  });

  it('comes to a proper end after a crash and a stop anywhere', async () => {
    const limits = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.integer({ min: 1, max: 4 }),
        limits,
        fc.nat(120),
        async (nodes, maxParallel, limit, stopAt) => {
          const clock = new FakeClock();
          const journal = new MemoryJournal();
          const next = async () => new Checking(nodes, clock, maxParallel, await journal.read('R'));
          const first = await next();
          const dying = engineOn(new FailingJournal(journal, limit, stopAt % 2 === 0).journal, clock);
          const crashed = await dying.start(planOf(nodes, maxParallel), behaviourOf(first));
          await finish(clock, crashed.result).catch(() => undefined);

          const engine = engineOn(journal, clock);
          const second = await next();
          const stopped = await engine.resume('R', () => behaviourOf(second));
          await clock.advance(stopAt);
          await finish(clock, stopped.cancel(false));

          const third = await next();
          const result = await finish(clock, (await engine.resume('R', () => behaviourOf(third))).result);
          assert.deepEqual([...first.violations, ...second.violations, ...third.violations], []);
          checkResult(result, nodes);
          await checkJournal(journal, result, eventsOf(await journal.read('R')));
        },
      ),
      { numRuns: 100 },
    );
  });
});
