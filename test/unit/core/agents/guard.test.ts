import assert from 'node:assert/strict';
import type {
  ConfiguredGuardrails,
  GuardAction,
  Guardrails,
  TextRules,
} from '../../../../src/core/agents/guardrails.ts';
import { Handoffs } from '../../../../src/core/agents/handoffs.ts';
import { guarded as guardedAgent, withGuardrails } from '../../../../src/core/agents/with-guardrails.ts';
import { guardNoticesOf } from '../../../../src/core/engine/guard-effects.ts';
import { NO_TRACE, traceAfter } from '../../../../src/core/engine/tool-effects.ts';
import type { TaskExecution } from '../../../../src/core/ports.ts';
import { agentExecutor, agentTask, CODER, executionOf } from '../../../support/agent-fixture.ts';
import { answered, attempt, FakeContext, FakeConversations, FakePool } from './fakes.ts';

const guarded = (guardrails: Guardrails): TaskExecution =>
  executionOf(agentTask({ agent: { ...CODER, guardrails }, tier: 'medium' }));

function setUp() {
  const pool = new FakePool();
  const conversations = new FakeConversations();
  return { pool, conversations, executor: agentExecutor(pool, { conversations }) };
}

/** What a person is told of the journal's effects. */
const noticesOf = ({ journal }: FakeContext) => [...journal].flatMap(([key, result]) => guardNoticesOf(key, result));
const judged = (ok: boolean, reason = '') => answered(JSON.stringify({ ok, reason }));

describe('Guard', () => {
  const rules: readonly (readonly [string, TextRules, RegExp])[] = [
    ['length', { maxLength: 5 }, /at most 5 are allowed/],
    ['pattern', { mustNotMatch: ['wrong'] }, /may not match \/wrong\//],
    ['forbiddenPaths', { forbiddenPaths: ['infra/'] }, /may not name infra\//],
    ['schema', { schema: { type: 'object' } }, /has to hold a complete JSON/],
  ];
  for (const [rule, rest, says] of rules) {
    const run = async (action: GuardAction) => {
      const { pool, executor } = setUp();
      const context = new FakeContext();
      pool.script(answered('wrong: infra/a'), answered('{}'));
      const output = { ...rest, actions: { [rule]: action } };
      return { outcome: await executor.execute(guarded({ output }), context), pool, context };
    };

    it(`refuses an answer by ${rule} without another turn`, async () => {
      const { outcome, pool, context } = await run('refuse');
      assert.ok(outcome.status === 'failed');
      assert.deepEqual([outcome.retryable, pool.requests.length], [false, 1]);
      assert.match(outcome.error.message, says);
      assert.match(noticesOf(context).join(), /^Guardrail of coder, answer \(refused\): It /);
    });

    it(`has an answer repaired by ${rule}`, async () => {
      const { outcome, pool, context } = await run('repair');
      assert.equal(outcome.status === 'completed' && outcome.output, '{}');
      assert.match(pool.requests[1]?.messages.at(-1)?.content ?? '', says);
      assert.match(noticesOf(context).join(), /\(to repair\)/);
    });

    it(`lets an answer count and warns by ${rule}`, async () => {
      const { outcome, pool, context } = await run('warn');
      assert.equal(outcome.status === 'completed' && outcome.output, 'wrong: infra/a');
      assert.equal(pool.requests.length, 1);
      assert.equal(noticesOf(context).length, 1);
      assert.match(noticesOf(context).join(), says);
    });
  }

  it('warns about an input, or refuses it', async () => {
    const input = { mustNotMatch: ['Do'] };
    const { pool, executor } = setUp();
    pool.script(answered('fine'));
    const context = new FakeContext();
    const done = await executor.execute(guarded({ input: { ...input, actions: { pattern: 'warn' } } }), context);
    assert.equal(done.status, 'completed');
    assert.match(noticesOf(context).join(), /^Guardrail of coder, input \(warning\)/);
    const refused = await executor.execute(guarded({ input }), new FakeContext());
    assert.deepEqual([refused.status === 'failed' && refused.error.code, pool.requests.length], ['invalid-input', 1]);
  });

  it('leaves nothing in the journal where all is well and nobody was asked', async () => {
    const { pool, executor } = setUp();
    pool.script(answered('fine'));
    const context = new FakeContext();
    await executor.execute(guarded({ input: { maxLength: 99 }, output: { maxLength: 99 } }), context);
    assert.deepEqual([...context.journal.keys()], ['turn-1']);
  });

  describe('with guardrails of the configuration', () => {
    const own: Guardrails = { output: { maxLength: 5, actions: { length: 'warn' } } };
    const set = (output: TextRules) => ({ coder: [{ output }] });
    const run = async (configured: ConfiguredGuardrails, ...answers: readonly string[]) => {
      const { pool, executor } = setUp();
      const context = new FakeContext();
      pool.script(...answers.map((text) => answered(text)));
      const outcome = await withGuardrails(executor, configured).execute(guarded(own), context);
      return { outcome, pool, notices: noticesOf(context) };
    };

    it('keeps each set with its own actions: what one only warns of another refuses', async () => {
      const { outcome, pool, notices } = await run(set({ maxLength: 7, actions: { length: 'refuse' } }), 'too long');
      assert.ok(outcome.status === 'failed');
      assert.match(outcome.error.message, /at most 7 are allowed/);
      assert.equal(pool.requests.length, 1);
      assert.match(notices.join('\n'), /\(warning\): .* at most 5 .*\n.*\(refused\): .* at most 7 /);
    });

    it('is not loosened by another set', async () => {
      const all = {
        '*': [{ output: { mustNotMatch: ['bad'] } }],
        ...set({ mustNotMatch: ['bad'], actions: { pattern: 'warn' } }),
      };
      const { outcome, pool } = await run(all, 'bad', 'good');
      assert.equal(outcome.status === 'completed' && outcome.output, 'good', 'repaired, as all agents have to');
      assert.equal(pool.requests.length, 2);
    });

    it('holds for no other agent', async () => {
      const { outcome } = await run({ tester: [{ output: { maxLength: 1 } }] }, 'as it is');
      assert.equal(outcome.status === 'completed' && outcome.output, 'as it is');
    });

    it('holds for who takes a task over', () => {
      const refuses = guardedAgent(CODER, { coder: [{ input: { forbiddenPaths: ['infra/'] } }] });
      const from = { ...CODER, name: 'writer', handoffs: ['coder'] };
      const request = { target: 'coder', description: 'Change infra/main.tf.', context: '', priority: 5 };
      const { result } = new Handoffs('writer').answer(from, request, [refuses]);
      assert.match(result.reason ?? '', /coder does not accept it: It may not name infra\//);
    });
  });

  describe('a rule in words', () => {
    const KIND = 'It is kind.';

    it('asks a cheap model, whose calls are the task’s, and tells the agent why', async () => {
      const { pool, conversations, executor } = setUp();
      const context = new FakeContext();
      pool.script(
        answered('you fool'),
        judged(false, 'It insults\nthe reader.'),
        answered('dear reader'),
        judged(true),
      );
      const outcome = await executor.execute(guarded({ output: { prompt: KIND } }), context);
      assert.equal(outcome.status === 'completed' && outcome.output, 'dear reader');
      assert.equal(outcome.attempts.length, 4);
      const [, check, repair] = pool.requests;
      assert.deepEqual([check?.tier, check?.attribution.purpose, check?.runBudget.usd], ['simple', 'guard', 1]);
      assert.match(check?.messages.at(-1)?.content ?? '', /# Rule\n\nIt is kind\.[\s\S]*<data-\w+>\nyou fool\n<\/data/);
      assert.match(repair?.messages.at(-1)?.content ?? '', /cannot be used:\nIt insults the reader\.\n/);
      assert.deepEqual(noticesOf(context), ['Guardrail of coder, answer (to repair): It insults the reader.']);
      assert.deepEqual(
        conversations.rows.map(({ type }) => type),
        ['subtask', 'guard', 'repair', 'guard'],
      );
      assert.deepEqual(context.deltas.map(([text]) => text).filter(Boolean), ['you fool', 'dear reader']);
    });

    it('refuses an input, and the check is paid', async () => {
      const { pool, executor } = setUp();
      pool.script(judged(false));
      const outcome = await executor.execute(guarded({ input: { prompt: KIND } }), new FakeContext());
      assert.ok(outcome.status === 'failed');
      assert.match(outcome.error.message, /refuse its input: It does not keep the rule: It is kind\./);
      assert.deepEqual([outcome.error.code, outcome.attempts.length], ['invalid-input', 1]);
    });

    it('is not asked about an answer that another rule refuses', async () => {
      const { pool, executor } = setUp();
      pool.script(answered('too long'), answered('ok'), judged(true));
      await executor.execute(guarded({ output: { maxLength: 3, prompt: KIND } }), new FakeContext());
      assert.deepEqual(
        pool.requests.map(({ attribution }) => attribution.purpose),
        ['subtask', 'repair', 'guard'],
      );
    });

    const nonsense = ['', 'Sure!', '[]', '{"ok":"yes","reason":""}', '{"ok":true}', '{"reason":"x"}', '{"ok":fal'];
    for (const text of nonsense) {
      it(`does not pass in silence when the checker answers ${JSON.stringify(text)}`, async () => {
        const { pool, executor } = setUp();
        const context = new FakeContext();
        pool.script(answered('fine'), answered(text));
        const outcome = await executor.execute(guarded({ output: { prompt: KIND } }), context);
        assert.deepEqual([outcome.status, outcome.attempts.length], ['completed', 2]);
        assert.deepEqual(noticesOf(context), [
          'Guardrail of coder, answer: the check by a model could not be made (its answer is no judgement).',
        ]);
      });
    }

    it('does not pass in silence when the call fails', async () => {
      const { pool, executor } = setUp();
      const context = new FakeContext();
      const attempts = [attempt({ outcome: 'failed' as never })];
      const failure = {
        cause: 'overloaded',
        status: 529,
        message: '',
        retryAfterMs: null,
        possiblyBilled: false,
      } as const;
      pool.script(answered('fine'), { status: 'failed', failure, retryAt: null, attempts });
      const outcome = await executor.execute(guarded({ output: { prompt: KIND } }), context);
      assert.deepEqual([outcome.status, outcome.attempts.length], ['completed', 2]);
      assert.match(noticesOf(context).join(), /could not be made \(the call ended failed\)/);
    });

    it('asks nobody twice when the attempt is resumed', async () => {
      const { pool, executor } = setUp();
      const first = new FakeContext();
      pool.script(judged(true), answered('you fool'), judged(false, 'Rude.'), answered('dear'), judged(true));
      const rules = guarded({ input: { prompt: KIND }, output: { prompt: KIND } });
      const whole = await executor.execute(rules, first);
      assert.equal(pool.requests.length, 5);
      for (let kept = first.journal.size; kept >= 0; kept--) {
        const part = new FakeContext(new Map([...first.journal].slice(0, kept)));
        const script = [judged(true), answered('you fool'), judged(false, 'Rude.'), answered('dear'), judged(true)];
        const before: number = pool.requests.length;
        pool.script(...script.slice(kept));
        assert.deepEqual(await executor.execute(rules, part), whole);
        assert.equal(pool.requests.length - before, 5 - kept);
        assert.deepEqual([...part.journal], [...first.journal]);
      }
    });
  });
});

describe('guardNoticesOf', () => {
  it('knows checks by their keys, also behind a prefix, and nothing else', () => {
    const result = { guardNotices: ['a', 1] };
    for (const key of ['guard-input-1', 'merge-guard-answer-2']) assert.deepEqual(guardNoticesOf(key, result), ['a']);
    assert.deepEqual(guardNoticesOf('turn-1', result), []);
    for (const other of [null, 'x', [], {}, { guardNotices: 'a' }]) {
      assert.deepEqual(guardNoticesOf('guard-input-1', other), []);
    }
  });

  it('are kept in what a task has come to', () => {
    const one = traceAfter(NO_TRACE, 'guard-input-1', { guardNotices: ['a'] });
    const two = traceAfter(traceAfter(one, 'turn-1', {}), 'guard-answer-1', { guardNotices: ['b'] });
    const used = traceAfter(two, 'tool-1-1', { tool: 't', ok: true, content: '' });
    assert.deepEqual([used.notices, used.uses.length], [['a', 'b'], 1]);
  });
});
