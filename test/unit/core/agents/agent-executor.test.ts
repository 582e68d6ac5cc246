import assert from 'node:assert/strict';
import { z } from 'zod';
import type { AgentExecutorDependencies } from '../../../../src/core/agents/agent-executor.ts';
import type { AnswerKind } from '../../../../src/core/agents/answer-kind.ts';
import type { AgentTask } from '../../../../src/core/agents/types.ts';
import { cancelledError, EnsembleError } from '../../../../src/core/errors.ts';
import type { TaskExecution, TaskInput, TaskOutcome } from '../../../../src/core/ports.ts';
import { ANSWER_KINDS } from '../../../../src/core/run-kinds/answers.ts';
import { agentExecutor, agentTask, CODER, executionOf } from '../../../support/agent-fixture.ts';
import { answered, attempt, FakeContext, FakeConversations, FakePool } from './fakes.ts';

const TASK = agentTask({
  agent: { ...CODER, temperature: 0.2 },
  context: 'full',
  call: { budget: { usd: 1, tokens: null }, loadBalancing: 'balanced' },
});

const ANSWERS: AgentExecutorDependencies['answers'] = {
  ...ANSWER_KINDS,
  plan: { schema: z.object({ subtasks: z.array(z.string()).min(1) }) },
  findings: { schema: z.object({ findings: z.array(z.string()) }) },
};

/** Plans that are settled so. */
function settling(settle: NonNullable<AnswerKind['settle']>): AgentExecutorDependencies['answers'] {
  return { ...ANSWERS, plan: { ...ANSWERS.plan, settle } };
}

const VALID = '{"subtasks":["a"]}';

function execution(task: Partial<AgentTask> = {}, change: Partial<TaskExecution> = {}): TaskExecution {
  const usual = executionOf({ ...TASK, ...task });
  return { ...usual, task: { ...usual.task, priority: 7 }, ...change };
}

function input(taskId: string, change: Partial<TaskInput> = {}): TaskInput {
  return {
    taskId,
    agent: 'coder',
    description: `Do ${taskId}`,
    status: 'completed',
    output: `output of ${taskId}`,
    ...change,
  };
}

describe('AgentExecutor', () => {
  let pool: FakePool;
  let conversations: FakeConversations;
  let context: FakeContext;
  let secrets: string[];

  beforeEach(() => {
    pool = new FakePool();
    conversations = new FakeConversations();
    context = new FakeContext();
    secrets = [];
  });

  function execute(given: TaskExecution, change: Partial<AgentExecutorDependencies> = {}): Promise<TaskOutcome> {
    const executor = agentExecutor(pool, {
      conversations,
      answers: ANSWERS,
      findingsContext: () => 'the findings',
      proposalContext: () => 'the proposal',
      knownSecrets: () => secrets,
      ...change,
    });
    return executor.execute(given, context);
  }

  describe('what it asks', () => {
    it('sends instructions, then what the task knows of others and its prompt', async () => {
      pool.script(answered('fine'));
      await execute(execution({}, { inputs: [input('a')], others: [input('b')] }));
      const [system, user, ...rest] = pool.requests[0]?.messages ?? [];
      assert.deepEqual(system, { role: 'system', content: 'You write code.', stable: true });
      assert.match(user?.content ?? '', /output of a[\s\S]*- b \(coder, completed\): Do b\n[\s\S]*\n\nDo it\.$/);
      assert.deepEqual(rest, []);
    });

    it('sends the findings, or nothing, of earlier tasks where the task says so', async () => {
      pool.script(answered('fine'), answered('fine'));
      await execute(execution({ context: 'findings' }, { inputs: [input('a')] }));
      context = new FakeContext();
      await execute(execution({ context: 'none' }, { inputs: [input('a')] }));
      assert.deepEqual(
        pool.requests.map(({ messages }) => messages[1]?.content),
        ['the findings\n\nDo it.', 'Do it.'],
      );
    });

    it("carries tier, priority, budget and attribution, and the tier's output limit", async () => {
      const agent = { ...TASK.agent, maxTokens: 99, model: 'xai/a' };
      for (const task of [{}, { tier: 'complex' as const }, { agent }, { maxTokens: 12, model: 'openai/b', agent }]) {
        context = new FakeContext();
        pool.script(answered('x'));
        await execute(execution(task));
      }
      assert.deepEqual(
        pool.requests.map(({ tier, model, maxTokens }) => [tier, model, maxTokens]),
        [
          ['simple', null, 2_048],
          ['complex', null, 8_192],
          ['simple', 'xai/a', 99],
          ['simple', 'openai/b', 12],
        ],
      );
      const [first] = pool.requests;
      assert.deepEqual(
        [first?.priority, first?.temperature, first?.runBudget, first?.loadBalancing, first?.responseSchema],
        [7, 0.2, { usd: 1, tokens: null }, 'balanced', null],
      );
      assert.deepEqual(first?.attribution, {
        runId: 'run1',
        instanceId: 'run1/t1',
        agent: 'coder',
        purpose: 'subtask',
      });
    });

    it('keeps away from the accounts whose work it judges', async () => {
      pool.script(answered('fine'), answered('fine'));
      const inputs = [input('a', { accounts: ['x', 'y'] }), input('b', { accounts: ['y'] }), input('c')];
      await execute(execution({ judges: true }, { inputs }));
      context = new FakeContext();
      await execute(execution({}, { inputs }));
      assert.deepEqual(
        pool.requests.map(({ avoid }) => avoid),
        [['x', 'y'], undefined],
      );
    });

    it('sends the JSON schema of a structured answer', async () => {
      pool.script(answered(VALID));
      await execute(execution({ output: 'plan' }));
      const schema = pool.requests[0]?.responseSchema;
      assert.equal(schema?.name, 'plan');
      assert.deepEqual(Object.keys(schema?.schema ?? {}).sort(), [
        'additionalProperties',
        'properties',
        'required',
        'type',
      ]);
    });

    it('calls nobody to merge where nothing has completed', async () => {
      const failed = input('a', { status: 'failed', output: null });
      const outcome = await execute(execution({ purpose: 'aggregation' }, { inputs: [failed] }));
      assert.equal(outcome.status === 'failed' && outcome.error.code, 'task-failed');
      assert.equal(pool.requests.length, 0);
    });
  });

  describe('what it makes of the answer', () => {
    it('completes with free text, trimmed', async () => {
      pool.script(answered(' fine\n'));
      const outcome = await execute(execution());
      assert.deepEqual(outcome, { status: 'completed', output: 'fine', attempts: [attempt()] });
    });

    it('marks free text that reached its limit', async () => {
      pool.script(answered('half a sent', { finishReason: 'length' }));
      const outcome = await execute(execution());
      assert.match(
        String(outcome.status === 'completed' && outcome.output),
        /^half a sent\n\n\[The answer was cut here.*2048 tokens/,
      );
    });

    it('fails an empty answer, to be repeated', async () => {
      pool.script(answered('  '));
      const outcome = await execute(execution());
      assert.deepEqual(
        outcome.status === 'failed' && [outcome.error.code, outcome.retryable, outcome.attempts.length],
        ['invalid-model-output', true, 1],
      );
    });

    it('takes a structured answer out of the text around it', async () => {
      pool.script(answered(`Here:\n\`\`\`json\n{"findings":["a"]}\n\`\`\``));
      const outcome = await execute(execution({ output: 'findings' }));
      assert.deepEqual(outcome, { status: 'completed', output: { findings: ['a'] }, attempts: [attempt()] });
    });

    it('lets a plan add tasks', async () => {
      pool.script(answered(VALID));
      const added = { ...execution().task, id: 'new' };
      const outcome = await execute(execution({ output: 'plan' }), {
        answers: settling((output) => ({ output, extend: [added] })),
      });
      assert.deepEqual(outcome.status === 'completed' && outcome.extend, [added]);
    });

    it('asks once more, with what is wrong, and replaces the text shown', async () => {
      pool.script(answered('{"subtasks":[]}'), answered(VALID));
      const outcome = await execute(execution({ output: 'plan', purpose: 'decomposition' }));
      assert.equal(outcome.status, 'completed');
      assert.equal(outcome.attempts.length, 2);
      const repair = pool.requests[1];
      assert.equal(repair?.attribution.purpose, 'repair');
      assert.deepEqual(
        repair?.messages.slice(2).map(({ role }) => role),
        ['assistant', 'user'],
      );
      assert.match(repair?.messages[3]?.content ?? '', /subtasks: /);
      assert.deepEqual(context.deltas, [
        ['{"subtasks":[]}', false],
        [VALID, true],
      ]);
    });

    it('asks once more when a plan is valid JSON and no plan', async () => {
      pool.script(answered(VALID), answered(VALID));
      let calls = 0;
      const repairs: boolean[] = [];
      const answers = settling((output, { isRepair }) => {
        repairs.push(isRepair);
        if (++calls === 1) throw new EnsembleError('invalid-model-output', 'The plan has 9 sub-tasks.');
        return { output };
      });
      assert.equal((await execute(execution({ output: 'plan' }), { answers })).status, 'completed');
      assert.deepEqual(repairs, [false, true]);
      assert.match(pool.requests[1]?.messages[3]?.content ?? '', /9 sub-tasks/);
    });

    it('says that a structured answer was too long', async () => {
      pool.script(answered('{"subtasks":["a', { finishReason: 'length' }), answered(VALID));
      await execute(execution({ output: 'plan' }));
      assert.match(pool.requests[1]?.messages[3]?.content ?? '', /limit of its length/);
    });

    it('fails after one repair, to be repeated', async () => {
      pool.script(answered('no'), answered('no again'));
      const outcome = await execute(execution({ output: 'plan' }));
      assert.deepEqual(
        outcome.status === 'failed' && [
          outcome.error.code,
          outcome.retryable,
          outcome.stopsRun,
          outcome.attempts.length,
        ],
        ['invalid-model-output', true, undefined, 2],
      );
    });
  });

  describe('when the call fails', () => {
    const causes = [
      ['auth', 'no-usable-account', true],
      ['out-of-credits', 'no-usable-account', true],
      ['rate-limited', 'all-accounts-rate-limited', true],
      ['daily-quota', 'all-accounts-rate-limited', true],
      ['network', 'provider-failed', true],
      ['server-error', 'provider-failed', false],
      ['invalid-request', 'provider-failed', false],
      ['refused', 'provider-failed', false],
    ] as const;
    for (const [cause, code, stopsRun] of causes) {
      it(`ends with ${code} for ${cause}`, async () => {
        const failure = { cause, status: 418, message: 'said so.', retryAfterMs: null, possiblyBilled: false };
        pool.script({
          status: 'failed',
          failure,
          retryAt: Date.UTC(2026, 0, 1),
          attempts: [attempt({ outcome: cause })],
        });
        const outcome = await execute(execution());
        assert.deepEqual(
          outcome.status === 'failed' && [
            outcome.error.code,
            outcome.retryable,
            outcome.stopsRun,
            outcome.attempts.length,
          ],
          [code, false, stopsRun, 1],
        );
        assert.match(
          outcome.status === 'failed' ? outcome.error.message : '',
          /HTTP 418: said so\).*2026-01-01T00:00:00/,
        );
        assert.equal(conversations.rows[0]?.status, cause);
      });
    }

    it('never takes partial text for an answer', async () => {
      pool.script({ status: 'partial', text: VALID, finishReason: null, attempts: [attempt({ outcome: 'partial' })] });
      const outcome = await execute(execution({ output: 'plan' }));
      assert.deepEqual(outcome.status === 'failed' && [outcome.error.code, outcome.retryable], [
        'provider-failed',
        false,
      ]);
      assert.deepEqual([conversations.rows[0]?.status, conversations.rows[0]?.response], ['partial', VALID]);
    });

    it('takes an answer that a filter stopped for a refusal', async () => {
      pool.script(answered('half', { finishReason: 'content-filter' }));
      const outcome = await execute(execution());
      assert.deepEqual(outcome.status === 'failed' && [outcome.error.code, outcome.retryable], [
        'provider-failed',
        false,
      ]);
    });

    it('stops the run when the budget refuses', async () => {
      pool.script({ status: 'refused', reason: 'The run has spent $1.', scope: 'run:run1', attempts: [] });
      const outcome = await execute(execution());
      assert.deepEqual(outcome.status === 'failed' && [outcome.error.code, outcome.error.message, outcome.stopsRun], [
        'budget-refused',
        'The run has spent $1.',
        true,
      ]);
    });

    it('stops the run on a refusal thrown on the way, and passes bugs on', async () => {
      pool.script(new EnsembleError('secret-store-failed', 'The keyring is locked.'));
      const outcome = await execute(execution());
      assert.deepEqual(outcome.status === 'failed' && [outcome.error.code, outcome.stopsRun], [
        'secret-store-failed',
        true,
      ]);
      pool.script(new TypeError('a bug'));
      await assert.rejects(execute(execution()), TypeError);
    });

    it('keeps the attempts of the first turn when the repair fails', async () => {
      const failure = {
        cause: 'server-error',
        status: 500,
        message: '',
        retryAfterMs: null,
        possiblyBilled: true,
      } as const;
      pool.script(answered('no'), {
        status: 'failed',
        failure,
        retryAt: null,
        attempts: [attempt({ outcome: 'server-error' })],
      });
      const outcome = await execute(execution({ output: 'plan' }));
      assert.deepEqual(
        outcome.attempts.map((one) => one.outcome),
        ['completed', 'server-error'],
      );
    });
  });

  describe('what it keeps', () => {
    it('inserts the conversation before sending and completes it after', async () => {
      pool.script(answered('fine'));
      pool.onCall = () => assert.equal(conversations.rows[0]?.status, 'open');
      await execute(execution());
      const [row] = conversations.rows;
      assert.deepEqual(
        [
          row?.taskId,
          row?.runId,
          row?.type,
          row?.status,
          row?.response,
          row?.model,
          row?.account,
          row?.tokens,
          row?.costUSD,
        ],
        ['run1/t1', 'run1', 'subtask', 'completed', 'fine', 'xai/m', 'grok-1', 15, 0.25],
      );
    });

    it("files the super-agent's conversations under the run, and unknown costs as unknown", async () => {
      pool.script(answered('fine', { attempts: [attempt({ costUSD: null }), attempt()] }));
      await execute(execution({ purpose: 'aggregation' }, { inputs: [input('a')] }));
      assert.deepEqual([conversations.rows[0]?.taskId, conversations.rows[0]?.costUSD], ['run1', null]);
    });

    it('marks the row of a cancelled call and rejects with the reason', async () => {
      pool.script(cancelledError());
      pool.onCall = () => context.abort(cancelledError('stop'));
      await assert.rejects(execute(execution()), { code: 'cancelled', message: 'stop' });
      assert.equal(conversations.rows[0]?.status, 'cancelled');
    });

    it('writes nothing about a run that is no longer its own', async () => {
      const lost = new EnsembleError('run-lost', 'taken over');
      pool.script(lost);
      pool.onCall = () => context.abort(lost);
      await assert.rejects(execute(execution()), { code: 'run-lost' });
      assert.equal(conversations.rows[0]?.status, 'open');
    });

    it('keeps and shows no known secret, also one that the model repeats in pieces', async () => {
      secrets.push('canary-secret-value');
      pool.script(answered('It is canary-secret-value.', { pieces: ['It is canary-', 'secret-value.'] }));
      const outcome = await execute(execution({ prompt: 'The key is canary-secret-value and password = "hunter22!"' }));
      assert.equal(outcome.status === 'completed' && outcome.output, 'It is [redacted secret].');
      assert.equal(context.deltas.map(([text]) => text).join(''), 'It is [redacted secret].');
      const stored = JSON.stringify([conversations.rows, context.journal]);
      assert.ok(!stored.includes('canary-secret') && !stored.includes('hunter22'));
    });
  });

  describe('while it runs', () => {
    it('passes notes, waiting, the signal and replaced text on', async () => {
      pool.script(answered('second'));
      pool.onCall = async (options) => {
        options?.onNote?.({ type: 'retry', account: 'grok-1', reason: 'rate-limited' });
        await options?.waiting?.(async () => undefined);
        options?.onText?.('first', false);
        options?.onText?.('', true);
        assert.equal(options?.signal, context.signal);
      };
      await execute(execution());
      assert.deepEqual(context.notes, [{ type: 'retry', account: 'grok-1', reason: 'rate-limited' }]);
      assert.equal(context.waits, 1);
      assert.deepEqual(context.deltas, [
        ['first', false],
        ['', true],
        ['second', false],
      ]);
    });
  });

  describe('after a resume', () => {
    it('uses known answers instead of calling again', async () => {
      pool.script(answered('no'), answered(VALID));
      const first = await execute(execution({ output: 'plan' }));
      context = new FakeContext(context.journal);
      const again = await execute(execution({ output: 'plan' }));
      assert.deepEqual(again, first);
      assert.equal(pool.requests.length, 2);
      assert.equal(conversations.rows.length, 2);
    });

    it('repairs with the known first answer when only that is known', async () => {
      pool.script(answered('no'), cancelledError());
      await assert.rejects(execute(execution({ output: 'plan' })));
      assert.deepEqual([...context.journal.keys()], ['turn-1']);
      context = new FakeContext(context.journal);
      pool.script(answered(VALID));
      assert.equal((await execute(execution({ output: 'plan' }))).status, 'completed');
      assert.equal(pool.requests.length, 3);
      assert.equal(pool.requests[2]?.attribution.purpose, 'repair');
    });

    it('calls again where the call had failed', async () => {
      const failure = {
        cause: 'rate-limited',
        status: 429,
        message: '',
        retryAfterMs: null,
        possiblyBilled: false,
      } as const;
      pool.script({ status: 'failed', failure, retryAt: null, attempts: [] }, answered('fine'));
      assert.equal((await execute(execution())).status, 'failed');
      context = new FakeContext(context.journal);
      assert.equal((await execute(execution())).status, 'completed');
    });
  });
});
