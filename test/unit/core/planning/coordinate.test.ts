import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble, type Ensemble } from '../../../../src/compose.ts';
import { type AccountConfig, DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import { accountsOfSides } from '../../../../src/core/planning/coordinate.ts';
import { account } from '../../../support/pool-fixture.ts';
import { startAnthropicServer } from '../../../support/scripted-anthropic-server.ts';
import { startOpenAiServer } from '../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../../support/scripted-server.ts';
import { TASK_REQUEST } from '../../../support/task-run-fixture.ts';

const PLAN = JSON.stringify({
  subtasks: ['a', 'b'].map((id) => {
    return {
      id,
      title: id,
      description: `Do ${id}`,
      role: 'coder',
      complexity: 'simple',
      dependencies: [],
      split: false,
    };
  }),
});

/** What a side says: its plan, its parts, and a merge in which it compares notes. */
function side(opinion: string) {
  return ({ rawBody }: SeenRequest): Reply => {
    const text = (): string => {
      if (rawBody.includes('Two super-agents have worked on the task'))
        return 'Merged.\n\n## Disagreements\n\nThe port.';
      if (rawBody.includes('# What to answer\\n\\nSplit the task')) return PLAN;
      if (!rawBody.includes('# Compare notes')) return `A part by ${opinion}.`;
      const other = rawBody.includes('- super-2 (') ? 'super-2' : 'super-1';
      const asked = /in-reply-to=\\"(\d+)\\"/.exec(rawBody)?.[1];
      const answer = asked
        ? `<AGENT_MESSAGE type="response" in-reply-to="${asked}">I say ${opinion}.</AGENT_MESSAGE>`
        : '';
      const isFirst = !rawBody.includes('The port is');
      const ask = `<AGENT_MESSAGE to="${other}" type="request">The port is ${opinion}. Do you agree?</AGENT_MESSAGE>`;
      return `My port is ${opinion}.\n${answer}\n${isFirst ? ask : ''}`;
    };
    return { type: 'answer', text: text() };
  };
}

const REFUSED = { type: 'error', status: 401, body: { error: { message: 'invalid key' } } } as const;

describe('a task that two super-agents on two accounts work on', () => {
  let servers: ScriptedServer[] = [];
  let ensemble: Ensemble | null = null;
  afterEach(async () => {
    await ensemble?.close();
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });

  async function world(first: (request: SeenRequest) => Reply, second: (request: SeenRequest) => Reply) {
    const openai = await startOpenAiServer(first);
    const anthropic = await startAnthropicServer(second);
    servers = [openai, anthropic];
    const models = { simple: 'm', medium: 'm', complex: 'm' };
    ensemble = await createEnsemble({
      config: {
        ...DEFAULT_CONFIG,
        accounts: [
          account('left', { provider: 'openai', baseURL: `${openai.origin}/v1`, models }),
          account('right', { provider: 'anthropic', baseURL: anthropic.origin, models }),
        ],
        budget: { ...DEFAULT_CONFIG.budget, allowUnknownPrices: true },
      },
      storage: openMemoryStorage(),
      workspace: null,
      secrets: { get: async (name) => `key-of-${name}-0123456789`, set: async () => {}, delete: async () => {} },
      approver: { ask: async () => true },
    });
    return { ensemble, openai, anthropic };
  }

  it('uses both accounts, each side its own, lets them compare notes, and merges', async () => {
    const at = await world(side('8080'), side('9090'));
    const result = await at.ensemble.run({ ...TASK_REQUEST, strategy: 'coordinated' });
    assert.deepEqual([result.status, result.result], ['completed', 'Merged.\n\n## Disagreements\n\nThe port.']);
    const accounts = (parent: string) =>
      result.tasks.flatMap(({ id, parentId, attempts }) =>
        id === parent || parentId === parent ? attempts.map((one) => one.account) : [],
      );
    assert.deepEqual([...new Set(accounts('super-1'))], ['left']);
    assert.deepEqual([...new Set(accounts('super-2'))], ['right']);
    assert.equal(result.tasks.filter(({ parentId }) => parentId === 'super-1').length, 2);
    assert.ok(at.openai.requests.length >= 4 && at.anthropic.requests.length >= 4);
    const { messages } = await at.ensemble.runs.get(result.runId);
    const between = messages.map(({ from, to, kind }) => `${from} ${kind} ${to}`);
    assert.ok(
      between.includes('super-1 request super-2') || between.includes('super-2 request super-1'),
      between.join(),
    );
    assert.ok(
      messages.some(({ kind }) => kind === 'response'),
      between.join(),
    );
    assert.ok(messages.every(({ deliveries }) => deliveries.length > 0));
    const merge = [...at.openai.requests, ...at.anthropic.requests].find(({ rawBody }) =>
      rawBody.includes('Two super-agents'),
    );
    assert.match(merge?.rawBody ?? '', /My port is 8080[\s\S]*My port is 9090/);
    assert.deepEqual([at.openai.unscripted, at.anthropic.unscripted], [[], []]);
  });

  it('says what is missing when one of them fails, and goes on with the other', async () => {
    const at = await world(side('8080'), () => REFUSED);
    const result = await at.ensemble.run({ ...TASK_REQUEST, strategy: 'coordinated' });
    assert.equal(result.status, 'partial');
    assert.match(
      result.result,
      /^Merged\.[\s\S]*## Not covered\n\n- \*\*Super-agent 2 on right\*\* \(super-2\): The account "right" could not do this: its key is missing or was refused\./,
    );
    assert.equal(result.tasks.find(({ id }) => id === 'super-1')?.status, 'completed');
    assert.equal(result.tasks.find(({ id }) => id === 'super-2')?.status, 'failed');
    const merge = at.openai.requests.find(({ rawBody }) => rawBody.includes('Two super-agents'));
    assert.match(merge?.rawBody ?? '', /Super-agent 2 on right[\s\S]*This task failed and has no result/);
  });

  it('fails plainly when both fail', async () => {
    const at = await world(
      () => REFUSED,
      () => REFUSED,
    );
    const result = await at.ensemble.run({ ...TASK_REQUEST, strategy: 'coordinated' });
    assert.equal(result.status, 'failed');
    assert.match(result.result, /0 of 2 sub-tasks completed/);
  });
});

describe('a coordinated task without a second account', () => {
  it('works offline, with messages between the sides, and says that there was one account', async () => {
    const ensemble = await createEnsemble({
      config: DEFAULT_CONFIG,
      storage: openMemoryStorage(),
      workspace: null,
      approver: { ask: async () => true },
    });
    const result = await ensemble.run({ ...TASK_REQUEST, strategy: 'coordinated' });
    assert.equal(result.status, 'completed');
    assert.match(result.result, /^> Both super-agents worked on the account "offline"/);
    const { messages } = await ensemble.runs.get(result.runId);
    assert.ok(messages.length >= 2);
    await ensemble.runs.replay(result.runId, new AbortController().signal);
    await ensemble.close();
  });

  it('goes down a level where a part lists parts of its own, also offline', async () => {
    const ensemble = await createEnsemble({
      config: DEFAULT_CONFIG,
      storage: openMemoryStorage(),
      workspace: null,
      approver: { ask: async () => true },
    });
    const task =
      '- Build the server: first model the data, then write the routes, then add the login\n- Build the page\n- Write the guide';
    const result = await ensemble.run({ ...TASK_REQUEST, task });
    assert.equal(result.status, 'completed');
    assert.deepEqual(
      result.tasks.filter(({ parentId }) => parentId === 'part-1').map(({ id }) => id),
      ['part-1.part-1', 'part-1.part-2', 'part-1.part-3'],
    );
    await ensemble.close();
  });
});

describe('accountsOfSides', () => {
  const of = (...accounts: readonly AccountConfig[]) => accountsOfSides(accounts);

  it('takes different vendors, else different quotas, else two accounts, and one alone binds nobody', () => {
    const a = account('a', { provider: 'xai' });
    const b = account('b', { provider: 'xai', quotaGroup: 'a' });
    const c = account('c', { provider: 'xai' });
    const d = account('d', { provider: 'anthropic' });
    assert.deepEqual(of(a, b, c, d), ['a', 'd']);
    assert.deepEqual(of(a, b, c), ['a', 'c']);
    assert.deepEqual(of(a, b), ['a', 'b']);
    assert.equal(of(a), null);
    assert.equal(of(), null);
  });
});
