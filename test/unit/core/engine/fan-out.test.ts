import assert from 'node:assert/strict';
import { replayRun } from '../../../../src/core/engine/replay-run.ts';
import { runGraph } from '../../../../src/core/engine/run-graph.ts';
import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import { validateGraph } from '../../../../src/core/graph/validate.ts';
import type { Json } from '../../../../src/core/json.ts';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import { snapshot, statuses, TestRun, task } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

const output = (value: Json): TaskOutcome => ({ status: 'completed', output: value, attempts: [] });

/** A plan of `files`, a task that is done for each of them, and one after it. */
const perFile = (extra: Partial<TaskSpec> = {}) => [
  task('plan'),
  task('review', ['plan'], { fanOut: { over: 'plan.files' }, ...extra }),
  task('end', ['review']),
];

/** Reviews each file into `<file>!`; files named `bad` fail. */
function reviewer(files: Json): ScriptedExecutor {
  return new ScriptedExecutor(
    { plan: () => output({ files }), end: ({ inputs }) => output(inputs[0]?.output ?? null) },
    ({ task: { copy } }) => (copy?.item === 'bad' ? failed('no') : output(`${String(copy?.item)}!`)),
  );
}

const endOf = (result: Awaited<ReturnType<TestRun['run']>>) => result.tasks.find(({ id }) => id === 'end')?.output;

describe('fan-out', () => {
  it('does a task for each item and joins the outputs in order, whoever is first', async () => {
    const clock = new FakeClock();
    const run = runGraph(
      {
        tasks: [
          { id: 'list' },
          { id: 'each', dependencies: ['list'], fanOut: { over: 'list' } },
          { id: 'sum', dependencies: ['each'] },
        ],
        concurrency: 2,
        execute: async ({ id }, { copy, inputs }) => {
          if (id === 'list') return [30, 10, 20];
          if (id === 'sum') return inputs.each ?? null;
          await clock.sleep(Number(copy?.item));
          return `${copy?.index}/${copy?.count}:${String(copy?.item)}`;
        },
      },
      { clock, random: () => 0.5 },
    );
    let ended = false;
    void run.then(() => {
      ended = true;
    });
    await clock.runUntil(() => ended);
    const { outputs, status } = await run;
    assert.equal(status, 'completed');
    assert.deepEqual(outputs.sum, ['0/3:30', '1/3:10', '2/3:20']);
  });

  it('counts copies where a number is given, named by their index', async () => {
    const run = new TestRun(new ScriptedExecutor({}, ({ task: { id } }) => done(id)));
    const result = await run.run([task('draft', [], { fanOut: { count: 3 } }), task('end', ['draft'])]);
    assert.deepEqual(
      result.tasks.map(({ id, instanceId }) => [id, instanceId]),
      ['draft', 'end', 'draft[0]', 'draft[1]', 'draft[2]'].map((id) => [id, id]),
    );
    assert.deepEqual(result.tasks[0]?.output, ['draft[0]', 'draft[1]', 'draft[2]']);
  });

  it('is done at once with an empty list', async () => {
    const run = new TestRun(reviewer([]));
    const result = await run.run(perFile());
    assert.deepEqual([result.status, endOf(result)], ['completed', []]);
  });

  it('does 1,000 items on one slot and loses none', async () => {
    const items = Array.from({ length: 1_000 }, (_, index) => `f${index}`);
    const run = new TestRun(reviewer(items));
    const result = await run.run(perFile(), snapshot(1));
    assert.deepEqual(
      endOf(result),
      items.map((item) => `${item}!`),
    );
    assert.equal(result.totals.succeeded, 1_003);
  });

  it('fails with a clear message where there is no list, or one that is too long', async () => {
    for (const [files, message] of [
      ['a.ts', /needs a list, and "plan.files" is a string/],
      [null, /is nothing/],
      [Array.from({ length: 1_001 }, () => 'f'), /1001 copies; at most 1000/],
    ] as const) {
      const result = await new TestRun(reviewer(files as Json)).run(perFile());
      assert.deepEqual(statuses(result), { plan: 'completed', review: 'failed', end: 'skipped' });
      assert.match(result.tasks[1]?.error?.message ?? '', message);
    }
  });

  it('fails when a copy fails, and says which', async () => {
    const result = await new TestRun(reviewer(['a', 'bad', 'c'])).run(perFile());
    assert.deepEqual(statuses(result), {
      plan: 'completed',
      review: 'failed',
      end: 'skipped',
      'review[0]': 'completed',
      'review[1]': 'failed',
      'review[2]': 'completed',
    });
    assert.match(
      result.tasks[1]?.error?.message ?? '',
      /1 of 3 copies of "review" did not complete. "review\[1\]": no/,
    );
  });

  it('leaves a gap for a failed copy under onError continue, unless all fail', async () => {
    const some = await new TestRun(reviewer(['a', 'bad', 'c'])).run(perFile({ onError: 'continue' }));
    assert.deepEqual([some.status, endOf(some)], ['partial', ['a!', null, 'c!']]);
    const none = await new TestRun(reviewer(['bad', 'bad'])).run(perFile({ onError: 'continue' }));
    assert.equal(statuses(none).review, 'failed');
  });

  it('ends the run when a copy fails under onError fail', async () => {
    const result = await new TestRun(reviewer(['bad', 'b'])).run(perFile({ onError: 'fail' }), snapshot(1));
    assert.deepEqual(statuses(result), {
      plan: 'completed',
      review: 'skipped',
      end: 'skipped',
      'review[0]': 'failed',
      'review[1]': 'skipped',
    });
    assert.equal(result.status, 'failed');
  });

  it('lets conditions look at joined outputs, and skips all copies where its own does not hold', async () => {
    const tasks = (when: string) => [...perFile().slice(0, 2), task('end', ['review'], { when })];
    const yes = await new TestRun(reviewer(['a', 'b'])).run(tasks('review.length == 2 and review[1] == "b!"'));
    assert.equal(statuses(yes).end, 'completed');
    const no = await new TestRun(reviewer(['a'])).run(tasks('review.length > 1'));
    assert.equal(statuses(no).end, 'skipped');
    const none = await new TestRun(reviewer(['a'])).run(perFile({ when: 'plan.files contains "x"' }));
    assert.deepEqual(statuses(none), { plan: 'completed', review: 'skipped', end: 'skipped' });
  });

  it('resumes at any point of the journal with the same result', async () => {
    const whole = new TestRun(reviewer(['a', 'b', 'c']));
    const expected = endOf(await whole.run(perFile(), snapshot(2)));
    const entries = await whole.journal.read('R');
    for (let kept = 2; kept < entries.length - 1; kept++) {
      const again = new TestRun(reviewer(['a', 'b', 'c']));
      const run = { status: 'running', title: '', kind: '', workflow: null, workspace: null, taskCount: 0 } as never;
      await again.journal.create(
        'R',
        { host: '', pid: 0, startTime: '', nonce: 'one' },
        {
          entries: entries.slice(0, kept),
          run,
          tasks: [],
        },
      );
      const result = await again.resume();
      assert.deepEqual([result.status, endOf(result)], ['completed', expected], `${kept} entries kept`);
    }
  });

  it('is told as waves and events: copies belong to the wave of their task', async () => {
    const run = new TestRun(reviewer(['a', 'b']));
    await run.run(perFile());
    const waves = run.events.flatMap((event) =>
      event.type === 'wave:start' || event.type === 'wave:complete'
        ? [`${event.type} ${event.wave} ${event.taskIds.join()}`]
        : [],
    );
    assert.deepEqual(waves, [
      'wave:start 1 plan',
      'wave:complete 1 plan',
      'wave:start 2 review,review[0],review[1]',
      'wave:complete 2 review,review[0],review[1]',
      'wave:start 3 end',
      'wave:complete 3 end',
    ]);
    const added = run.events.flatMap((event) => (event.type === 'task:added' ? [event.taskId] : []));
    assert.deepEqual(added, ['plan', 'review', 'end', 'review[0]', 'review[1]']);
  });

  it('is replayed', async () => {
    const run = new TestRun(reviewer(['a', 'bad']));
    await run.run(perFile({ onError: 'continue' }));
    const report = await replayRun(await run.journal.read('R'), reviewer(['a', 'bad']), new AbortController().signal);
    assert.equal(report.attempts, 4);
    await assert.rejects(replayRun(await run.journal.read('R'), reviewer(['a', 'c']), new AbortController().signal), {
      code: 'replay-diverged',
    });
  });

  it('is checked with the graph', () => {
    const bad: readonly (readonly [TaskSpec[], RegExp])[] = [
      [[task('a', [], { fanOut: { count: 0 } })], /"a" shall have 0 copies/],
      [[task('a', [], { fanOut: { count: 1_001 } })], /1001 copies/],
      [[task('a', [], { fanOut: { over: 'plan.files' } })], /looks at "plan", which is none of its dependencies/],
      [[task('plan'), task('a', ['plan'], { fanOut: { over: 'plam' } })], /looks at "plam"/],
      [[task('plan'), task('a', ['plan'], { fanOut: { over: 'plan ==' } })], /The list of task "a" cannot be read/],
      [[task('plan'), task('a', ['plan'], { fanOut: { over: 'plan == 1' } })], /not a path/],
      [[task('a', [], { fanOut: { count: 2 } }), task('a[1]')], /"a\[1\]" is the name of a copy of task "a"/],
      [[task('a', ['b'], { fanOut: { count: 2 } }), task('b', ['a'])], /Circular dependency: a → b → a/],
      [[task('a', ['a'], { fanOut: { count: 2 } })], /"a" depends on itself/],
    ];
    for (const [tasks, message] of bad) assert.throws(() => validateGraph(tasks), { code: 'invalid-graph', message });
  });
});
