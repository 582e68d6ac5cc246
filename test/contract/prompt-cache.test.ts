import assert from 'node:assert/strict';
import { loadPriceBook } from '../../src/adapters/providers/price-book.ts';
import { createEnsemble } from '../../src/compose.ts';
import { DEFAULT_CONFIG, UNPACED } from '../../src/core/config.ts';
import type { ProviderId } from '../../src/core/model.ts';
import { planOf } from '../e2e/cli/model-answers.ts';
import { withAnswers } from '../support/fake-fetch.ts';
import { account, poolOf, request } from '../support/pool-fixture.ts';
import { answerOf, providerOf } from '../support/recorded-answers.ts';
import { startAnthropicServer } from '../support/scripted-anthropic-server.ts';
import { startGeminiServer, startOpenAiServer } from '../support/scripted-openai-server.ts';
import type { Script, SeenRequest } from '../support/scripted-server.ts';
import { MemoryWorkspace } from './memory-workspace.ts';

type Fields = Record<string, unknown>;

/** Long enough to be in a cache: more than 1,024 tokens. */
const TASK = 'Write a guide to the whole of the system. '.repeat(150);

const VENDORS: Readonly<
  Record<string, readonly [ProviderId, (script: Script) => ReturnType<typeof startOpenAiServer>, path: string]>
> = {
  OpenAI: ['openai', startOpenAiServer, '/v1'],
  xAI: ['xai', startOpenAiServer, '/v1'],
  Gemini: ['gemini', startGeminiServer, '/v1'],
  Anthropic: ['anthropic', startAnthropicServer, ''],
};

/** What a vendor's cache goes by, in its order: tools, instructions, then the conversation. */
function prefixOf({ body }: SeenRequest): string {
  const messages = body.messages as readonly Fields[];
  const [first] = messages;
  return JSON.stringify([body.model, body.tools ?? null, body.system ?? null, 'system' in body ? null : first]);
}

/** A run of a plan with four parts, one after the other, over two accounts. */
async function run(vendor: string): Promise<readonly SeenRequest[]> {
  const [provider, start, path] = VENDORS[vendor] ?? assert.fail();
  const server = await start(({ rawBody }) => ({
    ...{ type: 'answer', text: /"plan"|subtasks/.test(rawBody) ? planOf(4) : 'Some text.' },
  }));
  const ensemble = await createEnsemble({
    config: {
      ...DEFAULT_CONFIG,
      budget: { ...DEFAULT_CONFIG.budget, perRunUSD: null, perDayUSD: null },
      accounts: ['one', 'two'].map((name) => account(name, { provider, baseURL: server.origin + path })),
      quotaGroups: { one: UNPACED, two: UNPACED },
    },
    databaseFile: null,
    workspace: new MemoryWorkspace({}, { trusted: true }),
    secrets: { get: async (name) => `key-of-${name}`, set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
  });
  const context = { kind: 'run', task: TASK, context: TASK, strategy: 'sequential' } as const;
  const { status } = await ensemble.run({ ...context, maxSubTasks: 4, saveDocument: false });
  await ensemble.close();
  await server.close();
  assert.equal(status, 'completed');
  // The planner comes first, the aggregator last; the parts between have one agent.
  assert.equal(server.requests.length, 6);
  return server.requests;
}

describe('the beginning of the prompts of a run', () => {
  for (const vendor of Object.keys(VENDORS)) {
    it(`is the same, byte by byte, in all calls of an agent (${vendor})`, async () => {
      const requests = await run(vendor);
      const parts = requests.slice(1, 5);
      assert.equal(new Set(parts.map(prefixOf)).size, 1, 'of the parts');
      assert.equal(new Set(requests.map(prefixOf)).size, 3, 'planner, parts, aggregator');
      assert.equal(new Set(parts.map(({ rawBody }) => rawBody)).size, 4, 'what changes comes after it');
    });

    it(`goes to the account that has it in its cache (${vendor})`, async () => {
      const requests = await run(vendor);
      assert.equal(new Set(requests.slice(1, 5).map(({ key }) => key)).size, 1);
      assert.equal(new Set(requests.map(({ key }) => key)).size, 2, 'other agents may go elsewhere');
    });
  }

  it('is named to OpenAI by a key, and to xAI by a conversation, of run and agent', async () => {
    for (const [vendor, name] of [
      ['OpenAI', ({ body }: SeenRequest) => body.prompt_cache_key],
      ['xAI', ({ headers }: SeenRequest) => headers['x-grok-conv-id']],
    ] as const) {
      const [one, other] = [await run(vendor), await run(vendor)];
      const names = one.map(name);
      assert.ok(names.every((each) => typeof each === 'string' && each !== ''));
      assert.equal(new Set(names.slice(1, 5)).size, 1, 'one for all calls of an agent');
      assert.equal(new Set(names).size, 3, 'another for each agent');
      assert.equal(new Set([...names, ...other.map(name)]).size, 6, 'another for each run');
    }
  });

  it('ends for Anthropic where a mark says so, after the instructions', async () => {
    for (const { body } of await run('Anthropic')) {
      const blocks = body.system as readonly Fields[];
      assert.deepEqual(blocks.at(-1)?.cache_control, { type: 'ephemeral' });
      const turns = (body.messages as readonly Fields[]).map((turn) => JSON.stringify(turn).includes('cache_control'));
      assert.equal(turns.at(-1), false, 'what changes is not written to the cache');
      assert.ok(turns.filter(Boolean).length <= 1, 'one mark at the end of what stays the same');
    }
  });
});

describe('the price of a prompt cache', () => {
  it('is what Anthropic takes for fresh input, reads, writes of five minutes and of an hour', async () => {
    const provider = await providerOf('anthropic');
    const { pool, ledger } = poolOf({
      providers: {},
      accounts: [account('one', { provider: 'anthropic' })],
      overrides: { providerFor: async () => provider, prices: await loadPriceBook({}) },
    });
    await withAnswers([answerOf('anthropic', 'reasoning')], () => pool.call(request()));
    const [row] = ledger;
    assert.deepEqual([row?.tokens.input, row?.tokens.cached, row?.tokens.output], [2125, 1800, 60]);
    // claude-sonnet-4-6: 3 and 15 USD per million; 25 fresh, 1,800 read at 0.1, 100 written at 1.25, 200 at 2 times the price.
    const micro = 25 * 3 + 1_800 * 0.3 + 100 * 3.75 + 200 * 6 + 60 * 15;
    assert.equal(row?.costUSD, micro / 1e6);
  });

  it('is held by a budget before the call: all of the prompt may be written', async () => {
    const prices = await loadPriceBook({ 'anthropic/model-simple': { inputPerMTok: 100, outputPerMTok: 1 } });
    const provider = await providerOf('anthropic');
    const callWith = async (usd: number) => {
      const accounts = [account('one', { provider: 'anthropic' })];
      const { pool } = poolOf({ providers: {}, accounts, overrides: { providerFor: async () => provider, prices } });
      const asked = request({ maxTokens: 1, runBudget: { usd, tokens: null } });
      return withAnswers([answerOf('anthropic', 'answer')], () => pool.call(asked));
    };
    // 30 characters at 2 per token and 8 tokens around them, at 1.25 of Anthropic's tokens for each: 29 at 125 USD per million.
    assert.equal((await callWith(0.0036)).status, 'refused');
    assert.equal((await callWith(0.0037)).status, 'completed');
  });
});
