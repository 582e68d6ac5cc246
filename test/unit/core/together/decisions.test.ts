import assert from 'node:assert/strict';
import { createOfflineProvider } from '../../../../src/adapters/providers/offline/offline-provider.ts';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { SOLOIST } from '../../../../src/core/agents/built-in.ts';
import type { AgentDefinition } from '../../../../src/core/agents/types.ts';
import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import { validateGraph } from '../../../../src/core/graph/validate.ts';
import type { ModelRequest } from '../../../../src/core/model.ts';
import {
  consensusTasks,
  MAX_ROUNDS,
  negotiationTasks,
  type Question,
} from '../../../../src/core/together/consensus.ts';
import type { Verdict } from '../../../../src/core/together/votes.ts';
import { agentExecutor } from '../../../support/agent-fixture.ts';
import { behaviourOf, engineOn, finish, snapshot } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { answered, FakePool } from '../agents/fakes.ts';

const agent = (name: string): AgentDefinition => ({ ...SOLOIST, name });
const JUDGE = agent('judge');
const QUESTION: Question = {
  id: 'storage',
  description: 'Choose a storage',
  prompt: 'Where does the data go?',
  options: ['SQLite', 'Files', 'Memory'],
  dependencies: [],
  judge: JUDGE,
  call: { budget: { usd: null, tokens: null }, loadBalancing: null },
};
const THREE = ['a', 'b', 'c'].map(agent);
const SIDES = [agent('pro'), agent('contra')] as const;

type Script = (agent: string, turn: number, request: ModelRequest) => object | string | Promise<string>;

/** Runs the graph with agents that answer by a script, and returns the verdict and who was asked. */
async function decide(specs: readonly TaskSpec[], script: Script) {
  validateGraph(specs);
  const asked: ModelRequest[] = [];
  const pool = new FakePool();
  pool.call = async (request) => {
    asked.push(request);
    const name = request.attribution.agent;
    const turn = asked.filter((one) => one.attribution.agent === name).length;
    const said = await script(name, turn, request);
    return answered(typeof said === 'string' ? said : JSON.stringify(said));
  };
  const executor = agentExecutor(pool, { context: { strategy: 'isolated', pruningThreshold: 10_000 } });
  const clock = new FakeClock();
  const retry = { maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0 };
  const tasks = specs.map((spec) => ({ ...spec, retry }));
  const plan = { runId: 'R', snapshot: snapshot(5), tasks };
  const { result } = await engineOn(new MemoryJournal(), clock).start(plan, behaviourOf(executor));
  const ended = await finish(clock, result);
  const task = ended.tasks.find(({ id }) => id === 'storage');
  const names = asked.map(({ attribution }) => attribution.agent);
  return { verdict: task?.output as unknown as Verdict | null, asked, names, tasks: ended.tasks };
}

const vote = (choice: string) => ({ choice, reason: `${choice} it is.` });

describe('consensus', () => {
  it('takes the choice of more than half of the agents, without another call', async () => {
    const choices: Record<string, string> = { a: 'SQLite', b: 'sqlite.', c: 'Files' };
    const { verdict, names } = await decide(consensusTasks(QUESTION, THREE, 'majority'), (name) =>
      vote(choices[name] ?? ''),
    );
    assert.deepEqual(verdict, {
      choice: 'SQLite',
      reason: '2 of 3 agents chose it. SQLite it is.',
      by: 'majority',
      open: [],
    });
    assert.deepEqual(names.toSorted(), ['a', 'b', 'c']);
  });

  it('asks the judge where there is no majority, and shows all answers', async () => {
    const choices: Record<string, string> = { a: 'SQLite', b: 'Files', c: 'Memory', judge: 'files' };
    const { verdict, asked } = await decide(consensusTasks(QUESTION, THREE, 'majority'), (name) =>
      vote(choices[name] ?? ''),
    );
    assert.deepEqual([verdict?.choice, verdict?.by], ['Files', 'judge']);
    const told = JSON.stringify(asked.at(-1)?.messages);
    for (const choice of ['SQLite it is', 'Files it is', 'Memory it is']) assert.ok(told.includes(choice));
  });

  it('asks the judge in any case where the judge decides', async () => {
    const { verdict } = await decide(consensusTasks(QUESTION, THREE, 'judge'), (name) =>
      vote(name === 'judge' ? 'Memory' : 'Files'),
    );
    assert.deepEqual([verdict?.choice, verdict?.by], ['Memory', 'judge']);
  });

  it('counts nonsense and other options for nobody, after one more chance', async () => {
    const { verdict, names } = await decide(consensusTasks(QUESTION, THREE, 'majority'), (name, turn) => {
      if (name === 'a') return 'As an assistant I like them all!';
      if (name === 'b') return turn === 1 ? vote('Floppy disks') : vote('Files');
      return vote(name === 'judge' ? 'Memory' : 'Files');
    });
    assert.equal(names.filter((name) => name === 'a').length, 2);
    // Two of three asked are a majority also when the third said nothing.
    assert.deepEqual([verdict?.choice, verdict?.by], ['Files', 'majority']);
  });

  it('leaves open what nobody decides: a judge without an option, and nobody at all', async () => {
    const lost = await decide(consensusTasks(QUESTION, THREE, 'judge'), (name) =>
      vote(name === 'judge' ? 'Blue' : 'Files'),
    );
    assert.deepEqual([lost.verdict?.choice, lost.verdict?.by, lost.verdict?.open], [null, 'nobody', QUESTION.options]);
    const silent = await decide(consensusTasks(QUESTION, THREE, 'majority'), () => '');
    assert.deepEqual([silent.verdict?.choice, silent.verdict?.by], [null, 'nobody']);
    assert.ok(!silent.names.includes('judge'));
  });

  it('needs at least two', () => {
    assert.throws(() => consensusTasks(QUESTION, [JUDGE], 'majority'), { code: 'invalid-input' });
  });
});

describe('negotiation', () => {
  const position = (choice: string, agrees: boolean) => ({ choice, agrees, reason: 'because' });

  it('ends as soon as both agree; what is left of the rounds is skipped', async () => {
    const { verdict, names, tasks } = await decide(negotiationTasks(QUESTION, SIDES, 4), (name, turn) =>
      turn === 1 ? position(name === 'pro' ? 'SQLite' : 'Files', false) : position('Files', true),
    );
    assert.deepEqual([verdict?.choice, verdict?.by], ['Files', 'agreement']);
    assert.deepEqual(names.toSorted(), ['contra', 'contra', 'pro', 'pro']);
    assert.equal(tasks.filter(({ status }) => status === 'skipped').length, 4);
  });

  it('shows each side what the other said', async () => {
    const { asked } = await decide(negotiationTasks({ ...QUESTION, options: null }, SIDES, 2), (name, turn) =>
      position(`${name} ${turn}`, true),
    );
    assert.equal(asked.length, 3, 'both say that they agree, but on different things: the judge decides');
    const longer = await decide(negotiationTasks({ ...QUESTION, options: null }, SIDES, 2), (name, turn) =>
      position(`${name} ${turn}`, false),
    );
    const second = longer.asked.filter(({ attribution }) => attribution.agent === 'pro').at(1);
    assert.match(JSON.stringify(second?.messages), /contra 1/);
  });

  it('asks the judge after the last round where they never agree, however many rounds were wanted', async () => {
    const { verdict, names } = await decide(negotiationTasks(QUESTION, SIDES, 99), (name) =>
      name === 'judge' ? vote('Memory') : position(name === 'pro' ? 'SQLite' : 'Files', false),
    );
    assert.deepEqual([verdict?.choice, verdict?.by], ['Memory', 'judge']);
    assert.equal(names.filter((name) => name === 'pro').length, MAX_ROUNDS);
  });

  it('goes on with one side where the other only talks nonsense', async () => {
    const { verdict } = await decide(negotiationTasks(QUESTION, SIDES, 3), (name) => {
      if (name === 'contra') return 'no!';
      return name === 'judge' ? vote('SQLite') : position('SQLite', true);
    });
    assert.deepEqual([verdict?.choice, verdict?.by], ['SQLite', 'judge']);
  });
});

describe('decisions without any account', () => {
  it('are made by rule, and say so', async () => {
    const specs = [...consensusTasks(QUESTION, THREE, 'majority')];
    const provider = createOfflineProvider();
    const { verdict } = await decide(specs, async (_name, _turn, { messages, responseSchema }) => {
      const call = { model: 'rules', messages, maxTokens: 500, temperature: null, responseSchema, cacheKey: '' };
      let text = '';
      for await (const part of provider.stream(call, new AbortController().signal)) {
        if (part.type === 'text') text += part.text;
      }
      return text;
    });
    assert.deepEqual([verdict?.choice, verdict?.by], ['SQLite', 'majority']);
    assert.match(verdict?.reason ?? '', /no language model/);
  });
});
