import assert from 'node:assert/strict';
import { planAnswer } from '../../../../../../src/adapters/providers/offline/answers/plan-answer.ts';
import type { AgentTask } from '../../../../../../src/core/agents/types.ts';
import type { Json } from '../../../../../../src/core/json.ts';
import { planSchema } from '../../../../../../src/core/planning/plan-schema.ts';
import { extendPlan, planTask } from '../../../../../../src/core/planning/plan-task.ts';

/** The plan for a task, through the real planner prompt and the real checks. */
function plan(task: string, maxSubTasks = 5) {
  const request = { kind: 'run', task, context: null, strategy: null, maxSubTasks, saveDocument: false } as const;
  const call = { budget: { usd: null, tokens: null }, loadBalancing: null };
  const [spec] = planTask(request, { strategy: 'adaptive', maxSubTasks, communicates: false, call });
  const payload = spec?.payload as unknown as AgentTask;
  const answer = planSchema.parse(planAnswer(`${payload.brief}\n\n${payload.prompt}`));
  assert.equal(extendPlan(answer as unknown as Json, payload).length, answer.subtasks.length + 1);
  return answer.subtasks;
}

describe('the offline plan', () => {
  it('is one that the planner accepts, with dependencies, for tasks of every kind', () => {
    for (const task of [
      'Build a REST API with authentication',
      'Fix the crash at start',
      'Compare SQLite and Postgres',
      'Write an article about tea',
    ]) {
      const subtasks = plan(task);
      assert.ok(subtasks.length >= 3 && subtasks.length <= 5, task);
      assert.ok(
        subtasks.some(({ dependencies }) => dependencies.length > 0),
        task,
      );
      assert.ok(
        subtasks.every(({ description }) => description.includes(task)),
        task,
      );
    }
  });

  it('differs by the kind of task', () => {
    assert.deepEqual(
      plan('Fix the crash at start').map(({ id }) => id),
      ['reproduce', 'fix', 'test'],
    );
    assert.deepEqual(
      plan('Build a shop').map(({ id }) => id),
      ['design', 'implement', 'test', 'document'],
    );
  });

  it('takes the parts that the task lists, and lets checks wait for them', () => {
    const subtasks = plan('Do this:\n- add a login endpoint\n- add a logout endpoint\n- test both');
    assert.deepEqual(
      subtasks.map(({ title, role, dependencies }) => [title, role, dependencies]),
      [
        ['Add a login endpoint', 'coder', []],
        ['Add a logout endpoint', 'coder', []],
        ['Test both', 'tester', ['part-1', 'part-2']],
      ],
    );
  });

  it('keeps to the number that is allowed and loses no part', () => {
    const items = Array.from({ length: 8 }, (_, index) => `- write module ${index + 1}`).join('\n');
    for (const most of [1, 2, 3, 5]) {
      assert.ok(plan('Build a shop', most).length <= most);
      const subtasks = plan(`Modules:\n${items}`, most);
      assert.ok(subtasks.length <= most);
      for (let module = 1; module <= 8; module++)
        assert.ok(subtasks.some(({ description }) => description.includes(`module ${module}`)));
    }
  });

  it('rates what is asked', () => {
    assert.equal(plan('Build a clock')[1]?.complexity, 'simple');
    assert.equal(plan('Build a distributed job scheduler')[1]?.complexity, 'complex');
  });

  it('works for a prompt without sections', () => {
    assert.ok(planAnswer('Build a shop').subtasks.length > 0);
    assert.ok(planAnswer('').subtasks.length > 0);
  });
});
