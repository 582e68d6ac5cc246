import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import type { Approver, TaskExecutor } from '../../../../src/core/ports.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import {
  behaviourOf,
  engineOn,
  finish,
  MemoryLogger,
  snapshot,
  statuses,
  task,
} from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, ScriptedExecutor } from '../../../support/scripted-executor.ts';

type Ask = NonNullable<Approver['askDuring']>;

const actionOf = (id: string) => ({ title: `Run ${id}`, details: ['in /work'], action: { program: id } });

/** Runs of one journal, each on an engine of its own as in processes that follow one another. */
class Place {
  readonly clock = new FakeClock();
  readonly journal = new MemoryJournal();
  readonly logger = new MemoryLogger();
  behaviour = behaviourOf(new ScriptedExecutor({}));

  async start(tasks: Parameters<typeof task>[], executor: TaskExecutor, ask?: Ask, parallel = 3): Promise<RunResult> {
    this.behaviour = behaviourOf(executor);
    const plan = { runId: 'R', snapshot: snapshot(parallel), tasks: tasks.map((args) => task(...args)) };
    const handle = await this.#engine().start(plan, { ...this.behaviour, ask });
    return finish(this.clock, handle.result);
  }

  async resume(executor: TaskExecutor, ask?: Ask): Promise<RunResult> {
    this.behaviour = behaviourOf(executor);
    const handle = await this.#engine().resume('R', () => ({ ...this.behaviour, ask }));
    return finish(this.clock, handle.result);
  }

  async answer(taskId: string, approved: boolean): Promise<boolean> {
    const asked = (await this.journal.approvals('R')).find((one) => one.taskId === taskId);
    assert.ok(asked, `${taskId} asks`);
    return this.journal.answer('R', asked, approved);
  }

  async waiting(): Promise<string[]> {
    return (await this.journal.approvals('R')).filter(({ answer }) => answer === null).map(({ taskId }) => taskId);
  }

  events(type: string): number {
    return this.behaviour.events.filter((event) => event.type === type).length;
  }

  #engine() {
    return engineOn(this.journal, this.clock, this.logger);
  }
}

/** Asks, and says in its output what it was told. */
const asking = () =>
  new ScriptedExecutor({}, async ({ task: { id } }, { approve }) => done((await approve(actionOf(id))) ? 'yes' : 'no'));

describe('approvals', () => {
  it('gives the slot back while a person thinks, and goes on with the answer', async () => {
    const place = new Place();
    let answerNow: (approved: boolean) => void = () => undefined;
    const answer = new Promise<boolean>((resolve) => {
      answerNow = resolve;
    });
    const executor = new ScriptedExecutor({
      deploy: async (_, { approve }) => done((await approve(actionOf('deploy'))) ? 'deployed' : 'left'),
      other: () => {
        answerNow(true);
        return done('other');
      },
    });
    const result = await place.start([['deploy', [], { priority: 9 }], ['other']], executor, () => answer, 1);
    assert.equal(result.result, 'deploy=deployed other=other');
    assert.deepEqual(
      (await place.journal.read('R')).map(({ kind }) => kind).filter((kind) => kind.startsWith('approval')),
      ['approval-asked', 'approval-answered'],
    );
  });

  it('suspends a run of which nothing but answers is missing, and goes on when they come in any order', async () => {
    const place = new Place();
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const tasks = names.map((name): Parameters<typeof task> => [name]);
    const suspended = await place.start([...tasks, ['end', names]], asking());
    assert.equal(suspended.status, 'suspended');
    assert.equal(suspended.error?.code, 'approval-required');
    assert.equal((await place.journal.get('R'))?.owner, null);
    assert.deepEqual((await place.waiting()).sort(), [...names].sort());
    assert.equal(statuses(suspended).t3, 'waiting');

    for (const name of ['t7', 't0', 't11']) await place.answer(name, name !== 't0');
    const again = await place.resume(asking());
    assert.equal(again.status, 'suspended');
    assert.deepEqual([again.totals.succeeded, (await place.waiting()).length], [3, 9]);
    assert.equal(again.tasks.find(({ id }) => id === 't0')?.output, 'no');

    for (const name of [...(await place.waiting())].reverse()) await place.answer(name, true);
    const ended = await place.resume(new ScriptedExecutor({ end: () => done('end') }, asking().execute.bind(asking())));
    assert.equal(ended.status, 'completed');
    const asked = (await place.journal.read('R')).filter(({ kind }) => kind === 'approval-asked');
    assert.equal(asked.length, 12, 'nobody is asked twice');
    assert.deepEqual(await place.journal.approvals('R'), []);
  });

  it('takes an answer that another process leaves while other tasks go on', async () => {
    const place = new Place();
    const executor = new ScriptedExecutor({
      ask: async (_, { approve }) => done((await approve(actionOf('ask'))) ? 'yes' : 'no'),
      long: async (_, { signal }) => {
        await place.clock.sleep(2_000, signal);
        await place.answer('ask', true);
        await place.clock.sleep(2_000, signal);
        return done('long');
      },
    });
    const result = await place.start([['ask'], ['long']], executor);
    assert.equal(result.result, 'ask=yes long=long');
    assert.equal(place.events('run:suspended'), 0);
  });

  it('does not let time-outs pass while a person thinks', async () => {
    const place = new Place();
    const ask: Ask = async (_, signal) => {
      await place.clock.sleep(30_000, signal);
      return true;
    };
    const result = await place.start([['t', [], { timeoutMs: 1_000 }]], asking(), ask);
    assert.equal(result.result, 't=yes');
  });

  it('binds the answer to the exact action', async () => {
    const place = new Place();
    await place.start([['t']], asking());
    await place.answer('t', true);
    const changed = new ScriptedExecutor({
      t: async (_, { approve }) => done(String(await approve({ ...actionOf('t'), action: { program: 'rm' } }))),
    });
    const result = await place.resume(changed);
    assert.equal(result.status, 'suspended');
    const [open] = (await place.journal.approvals('R')).filter(({ answer }) => answer === null);
    assert.equal(open?.taskId, 't');
  });

  it('treats the same action asked for twice as two questions, in one attempt and in the next', async () => {
    const place = new Place();
    let attempts = 0;
    const executor = new ScriptedExecutor({
      t: async (_, { approve }) => {
        attempts++;
        const answers = [await approve(actionOf('t')), await approve(actionOf('t'))];
        const error = { code: 'task-failed' as const, message: 'once more', hint: null };
        return attempts === 1 ? { status: 'failed', error, attempts: [], retryable: true } : done(answers.join());
      },
    });
    const said = [true, false, false, true];
    const ask: Ask = async () => said.shift() ?? assert.fail('asked too often');
    const retry = { maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 };
    const result = await place.start([['t', [], { retry }]], executor, ask);
    assert.equal(result.result, 't=false,true');
  });

  it('forgets nothing that was journaled when a process dies with open questions', async () => {
    const place = new Place();
    await place.start([['a'], ['b']], asking(), async ({ taskId }) => (taskId === 'a' ? true : null));
    const result = await place.resume(
      new ScriptedExecutor({ b: (execution, context) => asking().execute(execution, context) }),
      async () => false,
    );
    assert.equal(result.result, 'a=yes b=no');
    assert.equal(place.events('approval:asked'), 1, 'who resumes hears the open question');
  });

  it('refuses where a run is not kept and nobody is there', async () => {
    const clock = new FakeClock();
    const engine = engineOn(null, clock);
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('t')] };
    const handle = await engine.start(plan, behaviourOf(asking()));
    assert.equal((await finish(clock, handle.result)).result, 't=no');
  });

  it('rejects an answer to what nobody asks', async () => {
    const place = new Place();
    await place.start([['t']], asking());
    const [asked] = await place.journal.approvals('R');
    assert.ok(asked);
    await assert.rejects(place.journal.answer('R', { ...asked, actionHash: 'x' }, true), { code: 'not-found' });
    assert.equal(await place.journal.answer('R', asked, false), false);
    assert.equal(await place.journal.answer('R', asked, true), false, 'the first answer counts');
  });
});

describe('tasks that need leave to start', () => {
  const gated = { approval: 'Deploy to production?' };

  it('start once a person allows them, in all their attempts', async () => {
    const place = new Place();
    const executor = new ScriptedExecutor({
      t: ({ attempt }) =>
        attempt === 1
          ? {
              status: 'failed',
              error: { code: 'task-failed', message: 'x', hint: null },
              attempts: [],
              retryable: true,
            }
          : done('deployed'),
    });
    const retry = { maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 };
    const suspended = await place.start([['t', [], { ...gated, retry }]], executor);
    assert.equal(suspended.status, 'suspended');
    assert.deepEqual(executor.executed, []);
    await place.answer('t', true);
    assert.equal((await place.resume(executor)).result, 't=deployed');
    assert.deepEqual(executor.executed, ['t', 't']);
  });

  it('fail when it is refused: no retry, no fallback, dependents as the policy says', async () => {
    const place = new Place();
    const executor = new ScriptedExecutor({ after: () => done('after') });
    const fallback = { agent: 'other', payload: null };
    const result = await place.start(
      [
        ['t', [], { ...gated, fallback, onError: 'continue' }],
        ['after', ['t']],
      ],
      executor,
      async () => false,
    );
    assert.deepEqual(statuses(result), { t: 'failed', after: 'completed' });
    const { error } = result.tasks[0] ?? assert.fail();
    assert.equal(error?.code, 'approval-refused');
    assert.match(error?.message ?? '', /Deploy to production\?/);
  });

  it('are cancelled like others while they wait', async () => {
    const place = new Place();
    await place.start([['t', [], gated]], asking());
    const engine = engineOn(place.journal, place.clock);
    const cancelled = engine.cancelStored('R');
    await finish(place.clock, cancelled);
    assert.equal((await place.journal.get('R'))?.status, 'cancelled');
    assert.deepEqual(await place.journal.approvals(null), []);
  });

  it('below a task suspend the run like any other, and it goes on when they are answered', async () => {
    const place = new Place();
    const executor = () =>
      new ScriptedExecutor({
        super: async (_, { spawn }) => {
          const children = (await spawn?.(async () => [task('child'), task('last', ['child'])])) ?? [];
          return done(children.map(({ input }) => String(input.output)).join(' '));
        },
        child: async (_, { approve }) => done((await approve(actionOf('child'))) ? 'allowed' : 'refused'),
        last: () => done('last'),
      });
    const suspended = await place.start([['super']], executor());
    assert.equal(suspended.status, 'suspended');
    assert.deepEqual(await place.waiting(), ['child']);
    await place.answer('child', true);
    const result = await place.resume(executor());
    assert.equal(result.tasks[0]?.output, 'allowed last');
  });
});
