import assert from 'node:assert/strict';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import { withBudget } from '../../../../src/core/agents/with-budget.ts';
import { withGuardrails } from '../../../../src/core/agents/with-guardrails.ts';
import type { TaskExecution, TaskExecutor, TaskInput } from '../../../../src/core/ports.ts';
import { agentTask, CODER, executionOf } from '../../../support/agent-fixture.ts';
import { FakeContext } from './fakes.ts';

const INPUT: TaskInput = { taskId: 'a', agent: 'coder', description: 'A', status: 'completed', output: 'done' };
const PROPOSED = [{ taskId: 'a', agent: 'coder', edit: { file: 'a.ts' } }] as unknown as ReturnType<
  NonNullable<TaskExecution['proposed']>
>;

/** An attempt as the engine hands it over: most of it is looked up in the run when it is asked for. */
class LiveExecution implements TaskExecution {
  readonly runId = 'run1';
  readonly instanceId = 'run1/t1';
  readonly attempt = 2;
  readonly task: TaskExecution['task'];
  readonly #proposed = PROPOSED;

  constructor(payload: AgentTask) {
    this.task = executionOf(payload).task;
  }

  get inputs(): readonly TaskInput[] {
    return [INPUT];
  }

  get others(): readonly TaskInput[] {
    return [{ ...INPUT, taskId: 'b' }];
  }

  get inherited(): readonly TaskInput[] {
    return [{ ...INPUT, taskId: 'c' }];
  }

  proposed(): typeof PROPOSED {
    return this.#proposed;
  }

  spentBelow(taskId: string): { usd: number; tokens: number } | null {
    return taskId === 'a' ? { usd: this.attempt, tokens: 7 } : null;
  }
}

describe('an attempt with another payload', () => {
  const seenBy = async (wrap: (executor: TaskExecutor) => TaskExecutor, payload = agentTask()) => {
    const seen: TaskExecution[] = [];
    const inner: TaskExecutor = {
      execute: async (execution) => {
        seen.push(execution);
        return {
          status: 'failed',
          error: { code: 'internal', message: '', hint: null },
          retryable: false,
          attempts: [],
        };
      },
    };
    await wrap(inner).execute(new LiveExecution(payload), new FakeContext());
    const [execution] = seen;
    assert.ok(execution);
    return { execution, task: execution.task.payload as unknown as AgentTask };
  };
  const guardrails = { coder: [{ output: { maxLength: 5 } }] };

  for (const [name, wrap] of [
    ['withBudget', (executor: TaskExecutor) => withBudget(executor, 3)],
    ['withGuardrails', (executor: TaskExecutor) => withGuardrails(executor, guardrails)],
    ['both', (executor: TaskExecutor) => withBudget(withGuardrails(executor, guardrails), 3)],
  ] as const) {
    it(`still tells what was done and proposed before it, and what was spent below it (${name})`, async () => {
      const { execution } = await seenBy(wrap);
      const { inputs, others, inherited = [], attempt, instanceId } = execution;
      assert.deepEqual([instanceId, attempt], ['run1/t1', 2]);
      assert.deepEqual(
        [inputs, others, inherited].map(([one]) => one?.taskId),
        ['a', 'b', 'c'],
      );
      assert.equal(execution.proposed?.(), PROPOSED);
      assert.deepEqual([execution.spentBelow?.('a'), execution.spentBelow?.('z')], [{ usd: 2, tokens: 7 }, null]);
    });
  }

  it('has the budget that it goes on with, also for what merges it, and nothing else is changed', async () => {
    const merge = agentTask({ prompt: 'Merge.' });
    const before = agentTask({ merge, call: { budget: { usd: 1, tokens: 99 }, loadBalancing: 'round-robin' } });
    const { task } = await seenBy((executor) => withBudget(executor, null), before);
    assert.deepEqual(task, {
      ...before,
      call: { budget: { usd: null, tokens: 99 }, loadBalancing: 'round-robin' },
      merge: { ...merge, call: { ...merge.call, budget: { usd: null, tokens: null } } },
    });
    assert.equal(before.call.budget.usd, 1, 'the plan itself stays');
  });

  it('has guardrails only of agents that are configured', async () => {
    const { task } = await seenBy((executor) => withGuardrails(executor, { tester: [{}] }));
    assert.deepEqual(task.agent, CODER);
  });
});
