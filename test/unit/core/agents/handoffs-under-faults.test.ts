import assert from 'node:assert/strict';
import { VENDORS } from '../../../../src/adapters/providers/catalogue.ts';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { agentTaskSpec } from '../../../../src/core/agents/agent-task-spec.ts';
import { SUB_AGENTS } from '../../../../src/core/agents/built-in.ts';
import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import { agentExecutor, agentTask, handoffsAmong } from '../../../support/agent-fixture.ts';
import { behaviourOf, engineOn, snapshot } from '../../../support/engine-fixture.ts';
import { seededRandom } from '../../../support/limited-vendor.ts';
import { account, poolOf } from '../../../support/pool-fixture.ts';
import { ScaledClock } from '../../../support/scaled-clock.ts';
import { startOpenAiServer } from '../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../../support/scripted-server.ts';
import { NO_LIMITS } from '../../../support/task-run-fixture.ts';

/** Tasks, of which each hands over twice: generalist, coder, tester. */
const TASKS = 100;
/** One request of so many goes wrong, at a place by chance. */
const ONE_OF = 20;
const SEED = 20_261_121;

const CHAIN: Readonly<Record<string, string | null>> = { generalist: 'coder', coder: 'tester', tester: null };

/** What goes wrong at vendors, one after the other. */
const FAULTY: readonly ((answer: Extract<Reply, { type: 'answer' }>) => Reply)[] = [
  () => ({ type: 'error', status: 500, body: { error: { message: 'server error' } } }),
  () => ({
    type: 'error',
    status: 429,
    body: { error: { message: 'Rate limit reached' } },
    headers: { 'retry-after': '0' },
  }),
  (answer) => ({ ...answer, cutAtByte: 200 }),
  (answer) => ({ ...answer, finish: null, usage: null }),
  () => ({ type: 'raw', status: 200, contentType: 'text/html', body: '<html>Bad gateway</html>' }),
  () => ({ type: 'error', status: 503, body: { error: { message: 'overloaded' } } }),
];

function faithful({ rawBody }: SeenRequest): Extract<Reply, { type: 'answer' }> {
  const name = SUB_AGENTS.find(({ instructions }) => rawBody.includes(JSON.stringify(instructions).slice(1, -1)))?.name;
  assert.ok(name, 'the request is of a known agent');
  const target = CHAIN[name];
  if (!target) return { type: 'answer', text: 'Tested.' };
  const given = { target, description: `What is left for ${target}`, context: `By ${name}.` };
  return { type: 'answer', text: '', toolCalls: [{ id: 'call_1', name: 'handoff', arguments: given }] };
}

function taskOf(index: number): TaskSpec {
  const agent = SUB_AGENTS.find(({ name }) => name === 'generalist') ?? assert.fail();
  const payload = agentTask({ agent, prompt: `Do part ${index}.`, call: NO_LIMITS });
  return {
    ...agentTaskSpec(`part-${index}`, 'A part', [], payload),
    retry: { maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 },
  };
}

describe('handoffs under faults of providers', () => {
  let server: ScriptedServer;
  let faults = 0;
  let seen = 0;
  let broken = 0;
  before(async () => {
    const random = seededRandom(SEED);
    server = await startOpenAiServer((request) => {
      const answer = faithful(request);
      if (seen % ONE_OF === 0) broken = seen + Math.floor(random() * ONE_OF);
      if (seen++ !== broken) return answer;
      return (FAULTY[faults++ % FAULTY.length] ?? assert.fail())(answer);
    });
  });
  after(async () => {
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  it('succeed in at least 95 of 100 cases while 5 % of all answers are broken', async function () {
    this.timeout(60_000);
    const accounts = Array.from({ length: 8 }, (_, index) => account(`a${index}`, { baseURL: `${server.origin}/v1` }));
    const clock = new ScaledClock(50);
    const { pool } = poolOf({
      providers: {},
      accounts,
      overrides: { clock, providerFor: (one) => VENDORS.openai.create({ account: one, key: 'sk-test-0123456789' }) },
    });
    const executor = agentExecutor(pool, handoffsAmong(SUB_AGENTS));
    const behaviour = behaviourOf(executor);
    const tasks = Array.from({ length: TASKS }, (_, index) => taskOf(index));
    const run = await engineOn(new MemoryJournal(), clock).start(
      { runId: 'r', snapshot: snapshot(20), tasks },
      behaviour,
    );
    const result = await run.result;
    const handoffs = result.tasks.flatMap((one) => one.handoffs ?? []);
    const accepted = handoffs.filter((one) => one.accepted).length;
    const arrived = result.tasks.filter((one) => one.status === 'completed' && one.agent === 'tester').length;
    console.log(
      `      ${accepted} of ${2 * TASKS} handoffs, ${arrived} of ${TASKS} tasks answered by the last agent; ${faults} faults in ${server.requests.length} requests`,
    );
    assert.ok(faults >= TASKS / 10, 'faults were injected');
    assert.ok(accepted >= 0.95 * 2 * TASKS);
    assert.ok(arrived >= 0.95 * TASKS);
    assert.equal(behaviour.events.filter(({ type }) => type === 'agent:handoff').length, handoffs.length);
  });
});
