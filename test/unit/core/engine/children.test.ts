import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { replayRun } from '../../../../src/core/engine/replay-run.ts';
import type { ExecutionContext, SpawnedTask } from '../../../../src/core/ports.ts';
import { behaviourOf, engineOn, finish, snapshot, statuses, TestRun, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor, untilAborted } from '../../../support/scripted-executor.ts';

function spawnOf({ spawn }: Pick<ExecutionContext, 'spawn'>): NonNullable<ExecutionContext['spawn']> {
  return spawn ?? assert.fail('no spawn');
}

const outputsOf = (children: readonly SpawnedTask[]) =>
  children.map(({ input }) => `${input.status} ${String(input.output)}`).join(', ');

describe('a task that adds tasks below itself', () => {
  it('waits for them without a slot and gets what they came to', async () => {
    const run = new TestRun(
      new ScriptedExecutor({
        super: async (_, context) => {
          const children = await spawnOf(context)(async () => [task('super.a'), task('super.b', ['super.a'])]);
          return done(outputsOf(children));
        },
        'super.a': () => done('A'),
        'super.b': ({ inputs }) => (inputs[0]?.output === 'A' ? failed('broken') : done()),
        after: ({ inputs }) => done(String(inputs[0]?.output)),
      }),
    );
    const result = await run.run([task('super'), task('after', ['super'])], snapshot(1));
    assert.equal(result.tasks[1]?.output, 'completed A, failed null');
    assert.deepEqual(
      result.tasks.map(({ instanceId, parentId }) => [instanceId, parentId]),
      [
        ['super', null],
        ['after', null],
        ['super/super.a', 'super'],
        ['super/super.b', 'super'],
      ],
    );
    const added = run.events.flatMap((event) => (event.type === 'task:added' ? [[event.taskId, event.parentId]] : []));
    assert.deepEqual(added.slice(2), [
      ['super.a', 'super'],
      ['super.b', 'super'],
    ]);
    await replayRun(await run.journal.read('R'), run.behaviour.executor, new AbortController().signal);
  });

  it('adds them once: a second attempt finds them and plans nothing', async () => {
    let planned = 0;
    const run = new TestRun(
      new ScriptedExecutor(
        {
          super: async ({ attempt }, context) => {
            const children = await spawnOf(context)(async () => {
              planned++;
              return [task('super.a')];
            });
            return attempt === 1 ? failed('no merge', { retryable: true }) : done(outputsOf(children));
          },
        },
        () => done('A'),
      ),
    );
    const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
    const result = await run.run([task('super', [], { retry })]);
    assert.deepEqual([planned, result.tasks[0]?.output], [1, 'completed A']);
    await replayRun(await run.journal.read('R'), run.behaviour.executor, new AbortController().signal);
    assert.equal(planned, 2);
  });

  it('takes them down with it when it ends before them, at any depth', async () => {
    const run: TestRun = new TestRun(
      new ScriptedExecutor(
        {
          super: async (_, context) => {
            void spawnOf(context)(async () => [task('mid'), task('never', ['mid'])]).catch(() => undefined);
            await run.clock.sleep(10);
            return failed('gave up');
          },
          mid: async (_, context) => done(outputsOf(await spawnOf(context)(async () => [task('low')]))),
        },
        (_, context) => untilAborted(context),
      ),
    );
    const result = await run.run([task('super', [], { onError: 'continue' })]);
    assert.deepEqual(statuses(result), { super: 'failed', mid: 'cancelled', never: 'cancelled', low: 'cancelled' });
  });

  it('is stopped together with them, and goes on together with them', async () => {
    let stopped = false;
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        super: async (_, context) => done(outputsOf(await spawnOf(context)(async () => [task('a'), task('b')]))),
        a: () => done('A'),
        b: async (_, context) => (stopped ? done('B') : untilAborted(context)),
      }),
    );
    const handle = await run.start([task('super')]);
    await run.clock.advance(5);
    const ending = handle.cancel(false);
    assert.equal((await finish(run.clock, handle.result)).status, 'interrupted');
    await ending;
    stopped = true;
    const result = await run.resume();
    assert.equal(result.tasks[0]?.output, 'completed A, completed B');
  });
});

interface Node {
  readonly children: readonly Node[];
  readonly ms: number;
}

const TREE: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    ms: fc.integer({ min: 0, max: 9 }),
    children: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('node'), { maxLength: 2 }),
    ),
  }),
})).node;

/** A run of nested tasks; counts how many of them work at once. */
class Nested {
  readonly clock = new FakeClock();
  working = 0;
  most = 0;
  readonly #root: Node;

  constructor(root: Node) {
    this.#root = root;
  }

  executor(): ScriptedExecutor {
    return new ScriptedExecutor({}, async ({ task: { id } }, context) => {
      const node = this.#nodeOf(id);
      await context.effect('first', null, () => this.#work(node, context));
      if (node.children.length === 0) return done(id);
      const specs = node.children.map((_, index) => task(`${id}.${index}`, index === 0 ? [] : [`${id}.${index - 1}`]));
      const children = await spawnOf(context)(async () => specs);
      await context.effect('second', null, () => this.#work(node, context));
      return done(`${id}(${children.map(({ input }) => String(input.output)).join(' ')})`);
    });
  }

  async #work({ ms }: Node, { signal }: ExecutionContext): Promise<null> {
    this.most = Math.max(this.most, ++this.working);
    try {
      await this.clock.sleep(ms, signal);
      return null;
    } finally {
      this.working--;
    }
  }

  #nodeOf(id: string): Node {
    const path = id.split('.').slice(1).map(Number);
    return path.reduce<Node>((node, index) => node.children[index] ?? assert.fail(id), this.#root);
  }
}

function expected(node: Node, id: string): string {
  if (node.children.length === 0) return id;
  return `${id}(${node.children.map((child, index) => expected(child, `${id}.${index}`)).join(' ')})`;
}

async function live(nested: Nested, inner: MemoryJournal, parallel: number, limit: number, first: boolean) {
  const failing = new FailingJournal(inner, limit, false);
  const engine = engineOn(failing.journal, nested.clock);
  const behaviour = behaviourOf(nested.executor());
  try {
    const plan = { runId: 'R', snapshot: snapshot(parallel), tasks: [task('t')] };
    const handle = await (first ? engine.start(plan, behaviour) : engine.resume('R', () => behaviour));
    return { result: await finish(nested.clock, handle.result), appends: failing.appends };
  } catch {
    return { result: null, appends: failing.appends };
  }
}

describe('nested tasks of any shape', () => {
  it('never deadlock on slots, keep to them, and survive a crash anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(TREE, fc.integer({ min: 1, max: 3 }), fc.nat(), async (tree, parallel, place) => {
        const whole = new Nested(tree);
        const plain = await live(whole, new MemoryJournal(), parallel, Number.POSITIVE_INFINITY, true);
        assert.equal(plain.result?.tasks[0]?.output, expected(tree, 't'));
        assert.ok(whole.most <= parallel, `${whole.most} worked at once`);

        const crashed = new Nested(tree);
        const journal = new MemoryJournal();
        await live(crashed, journal, parallel, 1 + (place % Math.max(1, plain.appends)), true);
        // What the dead process left at work is none of the new one's.
        crashed.working = 0;
        crashed.most = 0;
        const { result } = await live(crashed, journal, parallel, Number.POSITIVE_INFINITY, false);
        assert.equal(result?.tasks[0]?.output, expected(tree, 't'));
        assert.equal(result?.totals.tasks, plain.result?.totals.tasks);
        await replayRun(await journal.read('R'), crashed.executor(), new AbortController().signal);
      }),
      { numRuns: 150 },
    );
  });
});
