import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import type { Strategy } from '../../../../src/core/config.ts';
import { EnsembleError } from '../../../../src/core/errors.ts';
import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import { answerTask, extendPlan, planTask } from '../../../../src/core/planning/plan-task.ts';
import type { TaskRequest } from '../../../../src/core/requests.ts';

const REQUEST: TaskRequest = {
  kind: 'run',
  task: 'Build a shop',
  context: 'With Express',
  strategy: null,
  maxSubTasks: null,
  saveDocument: false,
};
const CALL = { budget: { usd: 1, tokens: null }, loadBalancing: 'balanced' } as const;

function planned(strategy: Strategy = 'adaptive', maxSubTasks = 5): AgentTask {
  const [spec] = planTask(REQUEST, { strategy, maxSubTasks, communicates: false, call: CALL });
  return spec?.payload as unknown as AgentTask;
}

function plan(edges: Readonly<Record<string, readonly string[]>>) {
  const subtasks = Object.entries(edges).map(([id, dependencies]) => ({
    id,
    title: `Title ${id}`,
    description: `Do ${id}`,
    role: 'coder',
    complexity: id === 'hard' ? 'complex' : 'simple',
    dependencies,
  }));
  return { subtasks };
}

const edgesOf = (specs: readonly TaskSpec[]) =>
  Object.fromEntries(specs.map(({ id, dependencies }) => [id, dependencies]));
const taskOf = (spec: TaskSpec | undefined) => spec?.payload as unknown as AgentTask;

describe('answerTask', () => {
  it('is one task that sends the request as it stands', () => {
    const [spec, ...others] = answerTask(REQUEST, CALL);
    assert.deepEqual(others, []);
    const { prompt, agent, output, call } = taskOf(spec);
    assert.equal(prompt, 'Build a shop\n\n# Context\n\nWith Express');
    assert.deepEqual(
      [spec?.id, spec?.agent, agent.name, output, call],
      ['answer', 'assistant', 'assistant', null, CALL],
    );
    const [alone] = answerTask({ ...REQUEST, context: null }, CALL);
    assert.equal(taskOf(alone).prompt, 'Build a shop');
  });
});

describe('planTask', () => {
  it('is one task that asks the planner for 3 to 5 sub-tasks and carries task, context and settings', () => {
    const specs = planTask(REQUEST, { strategy: 'adaptive', maxSubTasks: 8, communicates: false, call: CALL });
    assert.equal(specs.length, 1);
    const task = taskOf(specs[0]);
    assert.deepEqual([specs[0]?.id, specs[0]?.agent, specs[0]?.onError], ['plan', 'planner', 'fail']);
    assert.deepEqual([task.tier, task.output, task.purpose, task.context], ['medium', 'plan', 'decomposition', 'none']);
    assert.deepEqual(task.call, CALL);
    assert.equal(task.brief, '# Task\n\nBuild a shop\n\n# Context\n\nWith Express');
    assert.match(task.prompt, /3 to 5, never more than 8/);
  });

  it('asks for fewer where fewer are allowed', () => {
    assert.match(planned('adaptive', 2).prompt, /at most 2/);
    assert.match(planned('adaptive', 4).prompt, /3 to 4, never more than 4/);
  });
});

describe('extendPlan', () => {
  const DIAMOND = plan({ c: ['a', 'b'], a: [], b: ['a'], hard: [] });

  it('runs the planned graph under adaptive and balanced', () => {
    for (const strategy of ['adaptive', 'balanced'] as const) {
      const edges = edgesOf(extendPlan(DIAMOND, planned(strategy)));
      assert.deepEqual(edges, { c: ['a', 'b'], a: [], b: ['a'], hard: [], aggregate: ['c', 'a', 'b', 'hard'] });
    }
  });

  it('ignores planned dependencies under parallel', () => {
    const edges = edgesOf(extendPlan(DIAMOND, planned('parallel')));
    assert.deepEqual(edges, { c: [], a: [], b: [], hard: [], aggregate: ['c', 'a', 'b', 'hard'] });
  });

  it('is a total order under sequential, in which each sub-task gets all earlier outputs', () => {
    const edges = edgesOf(extendPlan(DIAMOND, planned('sequential')));
    assert.deepEqual(edges, {
      a: [],
      b: ['a'],
      c: ['a', 'b'],
      hard: ['a', 'b', 'c'],
      aggregate: ['a', 'b', 'c', 'hard'],
    });
  });

  it('chooses the tier by complexity and tells each agent task, context and its part', () => {
    const specs = extendPlan(DIAMOND, planned());
    const byId = (id: string) => taskOf(specs.find((spec) => spec.id === id));
    assert.deepEqual([byId('a').tier, byId('hard').tier, byId('aggregate').tier], ['simple', 'complex', 'complex']);
    assert.match(`${byId('a').brief}${byId('a').prompt}`, /Build a shop[\s\S]*With Express[\s\S]*Title a[\s\S]*Do a/);
    assert.deepEqual(byId('a').call, CALL);
    assert.deepEqual([byId('a').purpose, byId('aggregate').purpose], ['subtask', 'aggregation']);
  });

  it('lets the aggregate run whatever fails before it', () => {
    assert.ok(extendPlan(DIAMOND, planned()).every(({ onError }) => onError === 'continue'));
  });

  it("keeps ids readable and apart from the run's own", () => {
    const specs = extendPlan(
      plan({ plan: [], aggregate: ['plan'], 'set up: DB': ['plan'], 'set up / DB': [] }),
      planned(),
    );
    assert.deepEqual(edgesOf(specs), {
      'plan-2': [],
      'aggregate-2': ['plan-2'],
      'set-up-DB': ['plan-2'],
      'set-up-DB-2': [],
      aggregate: ['plan-2', 'aggregate-2', 'set-up-DB', 'set-up-DB-2'],
    });
  });

  const bad: Readonly<Record<string, ReturnType<typeof plan>>> = {
    'too many sub-tasks': plan({ a: [], b: [], c: [], d: [], e: [], f: [] }),
    'a cycle': plan({ a: ['b'], b: ['a'] }),
    'a sub-task that waits for itself': plan({ a: ['a'] }),
    'an unknown dependency': plan({ a: ['z'] }),
    'an id used twice': { subtasks: [...plan({ a: [] }).subtasks, ...plan({ a: [] }).subtasks] },
  };
  for (const [name, output] of Object.entries(bad)) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => extendPlan(output, planned('parallel')),
        (error) => error instanceof EnsembleError && error.code === 'invalid-model-output' && error.message !== '',
      );
    });
  }

  it('gives a graph without cycles for any plan without cycles', () => {
    const edges = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 1, maxLength: 8 });
    const strategies = fc.constantFrom<Strategy>('parallel', 'sequential', 'adaptive', 'balanced');
    fc.assert(
      fc.property(edges, strategies, (lists, strategy) => {
        const acyclic = Object.fromEntries(
          lists.map((list, index) => [
            `t${index}`,
            [...new Set(list)].filter((other) => other < index).map((other) => `t${other}`),
          ]),
        );
        const specs = extendPlan(plan(acyclic), planned(strategy, 8));
        const seen = new Set<string>();
        for (let round = 0; round < specs.length; round++) {
          for (const spec of specs) if (spec.dependencies.every((id) => seen.has(id))) seen.add(spec.id);
        }
        assert.equal(seen.size, specs.length);
        if (strategy === 'sequential')
          assert.deepEqual(
            specs.map(({ dependencies }) => dependencies.length),
            specs.map((_, index) => index),
          );
      }),
    );
  });
});
