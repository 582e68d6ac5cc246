import assert from 'node:assert/strict';
import { EnsembleError } from '../../src/core/errors.ts';
import type { Json } from '../../src/core/json.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskInput } from '../../src/core/ports.ts';
import { agentExecutor, agentTask } from '../support/agent-fixture.ts';
import { task } from '../support/engine-fixture.ts';
import { NO_LIMITS } from '../support/task-run-fixture.ts';
import { answered, FakeContext, FakePool } from '../unit/core/agents/fakes.ts';

/** What the work behind an executor does. */
type Work = (signal: AbortSignal, inputs: readonly string[]) => Promise<string>;

/** An executor of one task `t` that does `work`, and the payload that the task needs. */
interface Subject {
  readonly executor: TaskExecutor;
  readonly payload: Json;
}

const AGENT_TASK = agentTask({ context: 'full', call: NO_LIMITS });

/** Inputs reach a model as text of the prompt: the outputs of this suite are recognised in it. */
const MARKED = /<[a-z]+>/g;

function executorOfAgents(work: Work): Subject {
  const pool = new FakePool();
  pool.call = async (request, options) => {
    const prompt = request.messages.map(({ content }) => content).join('\n');
    const { signal = new AbortController().signal } = options ?? {};
    return answered(await work(signal, prompt.match(MARKED) ?? []));
  };
  const executor = agentExecutor(pool, { context: { strategy: 'shared', pruningThreshold: 100_000 } });
  return { executor, payload: AGENT_TASK as unknown as Json };
}

function execution(payload: Json, inputs: readonly TaskInput[] = []): TaskExecution {
  const dependencies = inputs.map(({ taskId }) => taskId);
  return {
    runId: 'R',
    instanceId: 't',
    attempt: 1,
    task: task('t', dependencies, { payload }),
    inputs,
    others: [],
    inherited: [],
  };
}

function input(taskId: string, status: TaskInput['status'] = 'completed'): TaskInput {
  return {
    taskId,
    agent: 'worker',
    description: taskId,
    status,
    output: status === 'completed' ? `<${taskId}>` : null,
  };
}

for (const [name, make] of Object.entries({ AgentExecutor: executorOfAgents })) {
  describe(`TaskExecutor: ${name}`, () => {
    const run = (work: Work, inputs: readonly TaskInput[] = [], context: ExecutionContext = new FakeContext()) => {
      const { executor, payload } = make(work);
      return executor.execute(execution(payload, inputs), context);
    };

    it('completes with what the work brought, as JSON', async () => {
      const outcome = await run(async () => 'the answer');
      assert.equal(outcome.status, 'completed');
      assert.equal(outcome.status === 'completed' && outcome.output, 'the answer');
      assert.deepEqual(JSON.parse(JSON.stringify(outcome)), outcome);
      assert.ok(Array.isArray(outcome.attempts));
    });

    it('gives the work the outputs of the dependencies that completed', async () => {
      let seen: readonly string[] = [];
      await run(
        async (_signal, inputs) => {
          seen = inputs;
          return 'done';
        },
        [input('one'), input('two', 'failed'), input('three')],
      );
      assert.deepEqual([...new Set(seen)], ['<one>', '<three>']);
    });

    it('tells an expected failure as an outcome that says whether repeating may help', async () => {
      const refusal = new EnsembleError('no-usable-account', 'no account', { hint: 'Add one.' });
      const outcome = await run(() => Promise.reject(refusal));
      assert.equal(outcome.status, 'failed');
      assert.deepEqual(outcome.status === 'failed' && outcome.error, {
        code: 'no-usable-account',
        message: 'no account',
        hint: 'Add one.',
      });
      assert.equal(outcome.status === 'failed' && typeof outcome.retryable, 'boolean');
    });

    it("hands its context's signal to the work and rejects with the reason of an abort", async () => {
      const context = new FakeContext();
      const reason = new EnsembleError('task-timeout', 'too slow');
      const work: Work = (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          context.abort(reason);
        });
      await assert.rejects(run(work, [], context), reason);
    });

    it('rejects with the reason also when the work hides the abort behind another error', async () => {
      const context = new FakeContext();
      const reason = new EnsembleError('cancelled', 'enough');
      const work: Work = async () => {
        context.abort(reason);
        throw new Error('socket closed');
      };
      await assert.rejects(run(work, [], context), reason);
    });

    it('keeps attempts apart that run at the same time', async () => {
      let calls = 0;
      const { executor, payload } = make(async () => {
        const mine = ++calls;
        await new Promise((resolve) => setImmediate(resolve));
        return `answer ${mine}`;
      });
      const outcomes = await Promise.all([1, 2].map(() => executor.execute(execution(payload), new FakeContext())));
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status === 'completed' && outcome.output),
        ['answer 1', 'answer 2'],
      );
    });
  });
}
