import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import { replayRun } from '../../../../src/core/engine/replay-run.ts';
import type { CallOutcome } from '../../../../src/core/model.ts';
import { planTask } from '../../../../src/core/planning/plan-task.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import {
  AnsweringPool,
  type Asked,
  executorOn,
  NO_LIMITS,
  resumeTasks,
  runTasks,
  TASK_REQUEST,
} from '../../../support/task-run-fixture.ts';
import { answered, attempt } from '../agents/fakes.ts';

function part(id: string, more: object = {}) {
  return {
    id,
    title: `Title ${id}`,
    description: `Do ${id}`,
    role: 'coder',
    complexity: 'medium',
    dependencies: [],
    ...more,
  };
}

const PLAN = { subtasks: [part('model'), part('backend', { split: true, dependencies: ['model'] }), part('docs')] };
const BACKEND = {
  subtasks: [part('routes'), part('auth', { split: true }), part('tests', { dependencies: ['routes'] })],
};
const AUTH = { subtasks: [part('login'), part('logout')] };
const PLANS: Readonly<Record<string, object>> = { plan: PLAN, backend: BACKEND, 'backend.auth': AUTH };

const FAILURE: CallOutcome = {
  status: 'failed',
  failure: { cause: 'server-error', status: 500, message: '', retryAfterMs: null, possiblyBilled: true },
  retryAt: null,
  attempts: [attempt({ outcome: 'server-error' })],
};

function poolOf(script: (asked: Asked) => string | CallOutcome = ({ purpose, taskId }) => `${purpose} of ${taskId}`) {
  return new AnsweringPool((asked) => {
    if (asked.purpose === 'decomposition')
      return answered(JSON.stringify(PLANS[asked.taskId] ?? { subtasks: [part('only')] }));
    const answer = script(asked);
    return typeof answer === 'string' ? answered(answer) : answer;
  });
}

function tasksOf(levels = 2, tasks = 50, call: AgentTask['call'] = NO_LIMITS) {
  const options = { strategy: 'adaptive', maxSubTasks: 5, communicates: false } as const;
  return planTask(TASK_REQUEST, { ...options, nesting: { levels, tasks }, call });
}

const shapeOf = (result: Awaited<ReturnType<typeof runTasks>>['result']) =>
  result.tasks.map(({ id, agent, parentId, status }) => `${parentId ?? ''}>${id} ${agent} ${status}`);

describe('super-agents below a super-agent', () => {
  it('plan, have their tasks done below them and merge, also with a single slot', async () => {
    const pool = poolOf();
    const { result, journal } = await runTasks(pool, tasksOf(), { parallel: 1 });
    assert.equal(result.status, 'completed');
    assert.deepEqual(shapeOf(result).sort(), [
      '>aggregate aggregator completed',
      '>backend super-agent completed',
      '>docs coder completed',
      '>model coder completed',
      '>plan planner completed',
      'backend.auth>backend.auth.login coder completed',
      'backend.auth>backend.auth.logout coder completed',
      'backend>backend.auth super-agent completed',
      'backend>backend.routes coder completed',
      'backend>backend.tests coder completed',
    ]);
    const deepest = result.tasks.find(({ id }) => id === 'backend.auth.login');
    assert.equal(deepest?.instanceId, 'plan/backend/backend.auth/backend.auth.login');
    // Results go up level by level, and what a super-agent was given goes down to those who begin.
    assert.match(pool.told('backend.auth'), /^# Task\n\nMake a shop[\s\S]*subtask of backend\.auth\.login/);
    assert.match(pool.told('backend'), /aggregation of backend\.auth/);
    assert.match(pool.told('aggregate'), /aggregation of backend\b/);
    assert.match(pool.told('backend.routes'), /subtask of model/);
    assert.match(pool.told('backend.routes'), /# The part that yours belongs to: Title backend/);
    assert.doesNotMatch(pool.told('backend.tests'), /subtask of model[\s\S]*# Other tasks/);
    await replayRun(await journal.read('R'), executorOn(pool), new AbortController().signal);
  });

  it('go only as deep as allowed and never beyond the number of tasks', async () => {
    const flat = await runTasks(poolOf(), tasksOf(0));
    assert.ok(shapeOf(flat.result).every((line) => line.startsWith('>')));
    assert.doesNotMatch(String((flat.result.tasks[0] as { id: string }).id), /\./);
    const one = await runTasks(poolOf(), tasksOf(1));
    assert.equal(one.result.tasks.find(({ id }) => id === 'backend.auth')?.agent, 'coder');
    // Three of four tasks are on the first level, so there is none left to split into.
    const few = await runTasks(poolOf(), tasksOf(2, 4));
    assert.equal(few.result.tasks.find(({ id }) => id === 'backend')?.agent, 'coder');
  });

  it('merge what there is when a part fails, and fail when there is nothing', async () => {
    const some = await runTasks(
      poolOf(({ taskId, purpose }) => (taskId === 'backend.routes' ? FAILURE : `${purpose} of ${taskId}`)),
      tasksOf(),
    );
    assert.equal(some.result.status, 'partial');
    assert.equal(some.result.tasks.find(({ id }) => id === 'backend')?.status, 'completed');
    assert.match(some.result.result, /## Not covered\n\n- \*\*Title routes\*\* \(backend\.routes\)/);

    const failing = ({ taskId, purpose }: Asked) =>
      taskId.startsWith('backend.auth') ? FAILURE : `${purpose} of ${taskId}`;
    const pool = poolOf(failing);
    const none = await runTasks(pool, tasksOf());
    const auth = none.result.tasks.find(({ id }) => id === 'backend.auth');
    assert.deepEqual([auth?.status, auth?.error?.code], ['failed', 'task-failed']);
    assert.match(pool.told('backend'), /Title auth[\s\S]*This task failed and has no result/);
  });

  it('divide the budget: a share for each, the rest for the others, and what is left comes back', async () => {
    const limits = new Map<string, number | null | undefined>();
    const pool = poolOf(({ taskId, purpose, request }) => {
      limits.set(`${taskId} ${purpose}`, request.budgetShare?.usd);
      return `${purpose} of ${taskId}`;
    });
    await runTasks(pool, tasksOf(1, 50, { budget: { usd: 10, tokens: null }, loadBalancing: null }), { parallel: 1 });
    // Weights: model 2, backend 2 x 4, docs 2, merge 4.
    assert.equal(limits.get('model subtask'), 5);
    assert.equal(limits.get('backend.routes subtask'), 5);
    const plans = pool.asked
      .filter(({ purpose }) => purpose === 'decomposition')
      .map(({ request }) => request.budgetShare);
    assert.deepEqual(
      plans.map((share) => [share?.owner, share?.usd]),
      [
        [undefined, undefined],
        ['backend', 5],
      ],
    );
    // The super-agent made five calls of 0.25 USD: 3.75 of its 5 USD are the others' now.
    assert.equal(limits.get('aggregate aggregation'), 8.75);
  });

  it('survive a crash at any append: nothing is planned or added twice, and the answer is the same', async () => {
    const counting = new FailingJournal(new MemoryJournal(), Number.POSITIVE_INFINITY, true);
    const expected = await runTasks(poolOf(), tasksOf(), { parallel: 2, journal: counting.journal });
    for (let limit = 1; limit <= counting.appends; limit++) {
      const journal = new MemoryJournal();
      const pool = poolOf();
      const clock = new FakeClock();
      const first = new FailingJournal(journal, limit, limit % 2 === 0).journal;
      await assert.rejects(runTasks(pool, tasksOf(), { parallel: 2, journal: first, clock }));
      const result = await resumeTasks(pool, { journal, clock });
      assert.equal(result.result, expected.result.result, `append ${limit}`);
      assert.deepEqual(shapeOf(result).sort(), shapeOf(expected.result).sort(), `append ${limit}`);
      await replayRun(await journal.read('R'), executorOn(pool), new AbortController().signal);
    }
  });
});
