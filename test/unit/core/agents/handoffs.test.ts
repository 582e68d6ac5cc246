import assert from 'node:assert/strict';
import type { AgentDefinition } from '../../../../src/core/agents/types.ts';
import {
  agentExecutor,
  agentTask,
  CODER,
  executionOf,
  handOver,
  handoffsAmong,
} from '../../../support/agent-fixture.ts';
import { answered, FakeContext, FakeConversations, FakePool } from './fakes.ts';

const agent = (name: string, handoffs: readonly string[], change: Partial<AgentDefinition> = {}): AgentDefinition => ({
  ...CODER,
  name,
  description: `Does ${name}.`,
  instructions: `You are the ${name}.`,
  handoffs,
  ...change,
});

const AGENTS = [
  agent('coder', ['tester', 'architect']),
  agent('tester', ['coder']),
  agent('architect', ['coder'], { guardrails: { input: { mustNotMatch: ['paint'] } } }),
  agent('writer', []),
  agent('editor', [], { guardrails: { input: { prompt: 'It is about writing.' } } }),
];

function setUp() {
  const pool = new FakePool();
  const conversations = new FakeConversations();
  const executor = agentExecutor(pool, { conversations, ...handoffsAmong(AGENTS) });
  const run = (context = new FakeContext(), first = AGENTS[0] ?? assert.fail()) =>
    executor.execute(executionOf(agentTask({ agent: first, prompt: 'Build it.' })), context);
  return { pool, conversations, run };
}

describe('handoffs', () => {
  it('change the agent within the task: the next one begins anew, with what it was given', async () => {
    const { pool, conversations, run } = setUp();
    pool.script(handOver('tester'), answered('Tested.'));
    const outcome = await run();
    assert.equal(outcome.status === 'completed' && outcome.output, 'Tested.');
    assert.equal(outcome.attempts.length, 2);
    const [first, second] = pool.requests;
    assert.deepEqual([first?.attribution.agent, second?.attribution.agent], ['coder', 'tester']);
    assert.deepEqual([first?.priority, second?.priority], [5, 8]);
    assert.match(first?.tools?.[0]?.description ?? '', /tester: Does tester\. architect: Does architect\./);
    assert.deepEqual(
      second?.messages.map(({ role }) => role),
      ['system', 'user', 'user'],
    );
    const told = JSON.stringify(second?.messages);
    assert.match(told, /You are the tester\..*Build it\..*Handed over by coder.*The part for tester.*Found: X\./s);
    assert.ok(!told.includes('You are the coder.'));
    assert.deepEqual(
      conversations.rows.map(({ type, model, status }) => [type, model, status]),
      [
        ['subtask', 'xai/m', 'completed'],
        ['tool', 'handoff', 'completed'],
        ['subtask', 'xai/m', 'completed'],
      ],
    );
  });

  it('leave no trace of a refused one with the next agent', async () => {
    const { pool, run } = setUp();
    const paint = { description: 'CANARY: paint it', context: 'CANARY' };
    pool.script(handOver('architect', paint), handOver('tester'), answered('Tested.'));
    assert.equal((await run()).status, 'completed');
    assert.match(pool.requests[1]?.messages.at(-1)?.content ?? '', /architect does not accept it: It may not match/);
    const told = JSON.stringify(pool.requests[2]?.messages);
    assert.ok(!told.includes('CANARY') && !told.includes('architect'), told);
  });

  it('end where a rule in words refuses what the next agent is told, and the calls are paid', async () => {
    const { pool, run } = setUp();
    pool.script(handOver('editor'), answered('{"ok":false,"reason":"It is about tests."}'));
    const outcome = await run(new FakeContext(), agent('lead', ['editor']));
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.error.message, 'The guardrails of editor refuse its input: It is about tests.');
    assert.deepEqual([outcome.attempts.length, pool.requests.at(-1)?.attribution.purpose], [2, 'guard']);
  });

  it('are refused with a sentence that helps: to itself, to nobody, to whom is not allowed', async () => {
    for (const [target, sentence] of [
      ['coder', /^Error: You are coder yourself: do it/],
      ['tster', /^Error: There is no agent "tster"\. Did you mean tester\? You may hand over to: tester, architect\.$/],
      ['writer', /^Error: You may not hand over to writer\..* You may hand over to: tester, architect\.$/],
      ['', /do not fit handoff: target/],
    ] as const) {
      const { pool, run } = setUp();
      pool.script(handOver(target), answered('Done myself.'));
      const outcome = await run();
      assert.equal(outcome.status === 'completed' && outcome.output, 'Done myself.');
      assert.match(pool.requests[1]?.messages.at(-1)?.content ?? '', sentence);
      assert.equal(pool.requests[1]?.attribution.agent, 'coder');
    }
  });

  it('do not go round for ever', async () => {
    const { pool, run } = setUp();
    for (const target of ['tester', 'coder', 'tester', 'coder']) pool.script(handOver(target));
    pool.script(answered('At last.'));
    const outcome = await run();
    assert.equal(outcome.status === 'completed' && outcome.output, 'At last.');
    assert.deepEqual(
      pool.requests.map(({ attribution }) => attribution.agent),
      ['coder', 'tester', 'coder', 'tester', 'tester'],
    );
    assert.match(pool.requests[4]?.messages.at(-1)?.content ?? '', /coder has had this task 2 times already/);
  });

  it('are resumed wherever the process ended, also with the definition that the agent had then', async () => {
    const script = [handOver('tester'), handOver('coder'), answered('Back again.')];
    const whole = setUp();
    whole.pool.script(...script);
    const context = new FakeContext();
    const expected = await whole.run(context);
    const keys = [...context.journal.keys()];
    assert.deepEqual(keys, ['turn-1', 'tool-1-1', 'turn-2', 'tool-2-1', 'turn-3']);
    for (let known = 0; known <= keys.length; known++) {
      const { pool, run } = setUp();
      pool.script(...script.slice(keys.slice(0, known).filter((key) => key.startsWith('turn')).length));
      assert.deepEqual(await run(new FakeContext(new Map([...context.journal].slice(0, known)))), expected);
      const asked = pool.requests.map((one) => JSON.stringify(one));
      assert.deepEqual(
        asked,
        whole.pool.requests.slice(3 - asked.length).map((one) => JSON.stringify(one)),
      );
    }
  });

  it('are not offered where there is nobody to hand over to', async () => {
    const { pool, run } = setUp();
    pool.script(answered('Done.'));
    await run(new FakeContext(), AGENTS[3]);
    assert.equal(pool.requests[0]?.tools, undefined);
  });
});
