import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type GraphTask, type RunGraphOptions, runGraph } from '../../../../src/core/engine/run-graph.ts';
import type { Json } from '../../../../src/core/json.ts';
import { behaviourOf, engineOn, finish, snapshot, statuses, TestRun, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor, untilAborted } from '../../../support/scripted-executor.ts';

const outputs = (byId: Readonly<Record<string, Json>>) =>
  new ScriptedExecutor({}, ({ task: { id } }) => ({ status: 'completed', output: byId[id] ?? null, attempts: [] }));

const graph = <T extends GraphTask>(options: RunGraphOptions<T>) => {
  const clock = new FakeClock();
  return finish(clock, runGraph(options, { clock, random: () => 0.5 }));
};

describe('a condition of a task', () => {
  const branches = [
    task('review'),
    task('mend', ['review'], { when: 'review.score < 8', onError: 'continue' }),
    task('praise', ['review'], { when: 'review.score >= 8', onError: 'continue' }),
    task('report', ['mend', 'praise']),
  ];

  it('chooses the branch, and the run is complete without the other', async () => {
    for (const [score, mend, praise] of [
      [3, 'completed', 'skipped'],
      [9, 'skipped', 'completed'],
    ] as const) {
      const run = new TestRun(outputs({ review: { score } }));
      const result = await run.run(branches);
      assert.deepEqual(statuses(result), { review: 'completed', mend, praise, report: 'completed' });
      assert.deepEqual([result.status, result.error], ['completed', null]);
    }
  });

  it('says why the task was skipped', async () => {
    const run = new TestRun(outputs({ review: { score: 9 } }));
    await run.run(branches);
    const reasons = run.events.flatMap((event) =>
      event.type === 'task:skipped' ? [[event.taskId, event.reason]] : [],
    );
    assert.deepEqual(reasons, [['mend', 'its condition does not hold: review.score < 8']]);
  });

  it('takes the dependents along, as far as the policy does not say otherwise', async () => {
    const executor = outputs({ a: 1 });
    const result = await new TestRun(executor).run([
      task('a'),
      task('b', ['a'], { when: 'a > 1' }),
      task('c', ['b']),
      task('d', ['c']),
    ]);
    assert.deepEqual(statuses(result), { a: 'completed', b: 'skipped', c: 'skipped', d: 'skipped' });
    assert.deepEqual([result.status, executor.executed], ['completed', ['a']]);
  });

  it('does not hide a failure: a run that lacks something is not complete', async () => {
    const result = await new TestRun(new ScriptedExecutor({ a: () => done('A'), bad: () => failed('no') })).run([
      task('a'),
      task('bad'),
      task('b', ['a'], { when: 'a == "B"' }),
      task('c', ['b', 'bad']),
    ]);
    assert.deepEqual([result.status, result.error?.message], ['partial', '1 of 4 tasks did not complete. "bad": no']);
  });

  it('sees null where a dependency failed', async () => {
    const result = await new TestRun(new ScriptedExecutor({ bad: () => failed('no') }, () => done('x'))).run([
      task('bad', [], { onError: 'continue' }),
      task('instead', ['bad'], { when: 'bad == null' }),
    ]);
    assert.equal(statuses(result).instead, 'completed');
  });

  it('is looked at in a graph that grows, too', async () => {
    const executor = new ScriptedExecutor({
      plan: () => ({
        status: 'completed',
        output: { steps: 2 },
        attempts: [],
        extend: [task('yes', ['plan'], { when: 'plan.steps == 2' }), task('no', ['plan'], { when: 'plan.steps > 2' })],
      }),
      yes: () => done(),
    });
    const result = await new TestRun(executor).run([task('plan')]);
    assert.deepEqual(statuses(result), { plan: 'completed', yes: 'completed', no: 'skipped' });
  });

  it('is decided the same way after a crash at every append, as is who takes over', async () => {
    const tasks = [...branches, task('hard', ['report'], { fallback: { agent: 'elder', payload: 'instead' } })];
    const executor = () =>
      new ScriptedExecutor({
        review: () => ({ status: 'completed', output: { score: 9 }, attempts: [] }),
        praise: () => done('well done'),
        report: () => done('all of it'),
        hard: ({ task: { agent } }) => (agent === 'elder' ? done('by the elder') : failed('no')),
      });
    const whole = await new TestRun(executor()).run(tasks);
    assert.deepEqual([whole.status, whole.tasks.at(-1)?.output], ['completed', 'by the elder']);
    for (let limit = 1; limit <= 12; limit++) {
      for (const keepLast of [true, false]) {
        const { clock, journal } = new TestRun(executor());
        const dying = engineOn(new FailingJournal(journal, limit, keepLast).journal, clock);
        const handle = await dying.start({ runId: 'R', snapshot: snapshot(), tasks }, behaviourOf(executor()));
        await finish(clock, handle.result).catch(() => undefined);
        const second = await engineOn(journal, clock).resume('R', () => behaviourOf(executor()));
        const { status, result } = await finish(clock, second.result);
        assert.deepEqual([status, result], [whole.status, whole.result], `append ${limit}, kept: ${keepLast}`);
      }
    }
  });

  it('must be readable and look only at dependencies', async () => {
    const refused = (when: string, message: RegExp, hint: RegExp) =>
      assert.rejects(
        graph({ tasks: [{ id: 'first' }, { id: 'b', dependencies: ['first'], when }], execute: () => assert.fail() }),
        { code: 'invalid-graph', message, hint },
      );
    await refused('first >', /condition of task "b" cannot be read: .*character 8/, /value/);
    await refused('frist > 1', /looks at "frist"/, /Did you mean "first"/);
    await refused('other', /looks at "other"/, /Add "other"/);
  });

  it('works for a graph of functions', async () => {
    const { status, tasks } = await graph({
      tasks: [{ id: 'a' }, { id: 'b', dependencies: ['a'], when: 'a contains "x"' }],
      execute: () => 'only y',
    });
    assert.deepEqual([status, tasks.map((one) => one.status)], ['completed', ['completed', 'skipped']]);
  });
});

describe('a fallback', () => {
  const fallback = { agent: 'elder', payload: 'instead' };

  it('takes over when the task has failed for good, with attempts of its own', async () => {
    const agents: unknown[] = [];
    const executor = new ScriptedExecutor({
      a: ({ task: { agent, payload }, attempt }) => {
        agents.push([attempt, agent, payload]);
        return attempt < 4 ? failed('no', { retryable: true }) : done('at last');
      },
    });
    const retry = { maxAttempts: 2, initialDelayMs: 10, maxDelayMs: 10 };
    const run = new TestRun(executor);
    const result = await run.run([task('a', [], { retry, fallback })]);
    assert.deepEqual(agents, [
      [1, 'worker', null],
      [2, 'worker', null],
      [3, 'elder', 'instead'],
      [4, 'elder', 'instead'],
    ]);
    assert.deepEqual(
      [result.status, result.tasks[0]?.agent, result.tasks[0]?.output],
      ['completed', 'elder', 'at last'],
    );
  });

  it('that fails as well is the end of it', async () => {
    const executor = new ScriptedExecutor({ a: ({ task: { agent } }) => failed(`${agent} cannot`) });
    const result = await new TestRun(executor).run([task('a', [], { fallback })]);
    assert.deepEqual(
      [result.status, result.tasks[0]?.error?.message, executor.executed.length],
      ['failed', 'elder cannot', 2],
    );
  });

  it('goes on as the fallback after a crash', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: ({ task: { agent } }, context) => {
        if (agent === 'worker') return failed('no');
        return executor.executed.length < 3 ? untilAborted(context) : done(agent);
      },
    });
    const run = new TestRun(executor);
    const handle = await run.start([task('a', [], { fallback })]);
    await run.clock.runUntil(() => executor.executed.length === 2);
    await handle.cancel(false);
    const result = await run.resume();
    assert.deepEqual([result.status, result.tasks[0]?.output], ['completed', 'elder']);
  });

  it('is a function in a graph of functions', async () => {
    const { outputs } = await graph({
      tasks: [{ id: 'a', fallback: () => 'B' }],
      execute: () => {
        throw new Error('no');
      },
    });
    assert.deepEqual(outputs, { a: 'B' });
  });
});

describe('a graph that fans out and joins', () => {
  it('loses nothing, whatever the number of slots, also when parts fail and wait', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom('done', 'fails', 'waits', 'retries'), { minLength: 1, maxLength: 30 }),
        async (slots, parts) => {
          const ids = parts.map((_, at) => `part-${at}`);
          const executor: ScriptedExecutor = new ScriptedExecutor(
            {
              plan: () => ({
                status: 'completed',
                output: null,
                attempts: [],
                extend: [...ids.map((id) => task(id, ['plan'], { onError: 'continue', retry })), task('join', ids)],
              }),
              join: ({ inputs }) => done(inputs.map(({ output }) => output ?? '-').join(' ')),
            },
            async ({ task: { id }, attempt }, { waiting }) => {
              const how = parts[ids.indexOf(id)];
              if (how === 'waits') await waiting(() => run.clock.sleep(5));
              if (how === 'fails') return failed('no');
              return how === 'retries' && attempt === 1 ? failed('again', { retryable: true }) : done(id);
            },
          );
          const run = new TestRun(executor);
          const result = await run.run([task('plan')], snapshot(slots));
          const expected = ids.map((id, at) => (parts[at] === 'fails' ? '-' : id)).join(' ');
          assert.equal(result.tasks.find(({ id }) => id === 'join')?.output, expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
});
