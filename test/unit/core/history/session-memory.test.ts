import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import { estimateTokens } from '../../../../src/core/context/token-estimate.ts';
import { HistoryMemory, renderRecollection } from '../../../../src/core/history/session-memory.ts';
import type { ProviderCall } from '../../../../src/core/model.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';
import { answer, FakeProvider } from '../../../support/fake-provider.ts';
import { account } from '../../../support/pool-fixture.ts';

const DIRECT = {
  kind: 'run',
  context: null,
  strategy: null,
  maxSubTasks: null,
  saveDocument: false,
  direct: true,
} as const;

/** An installation whose model answers with what it was asked, and the calls that it got. */
async function world(storage = openMemoryStorage(), root = '/memory') {
  const provider = new FakeProvider((call) => answer(`Answer about ${call.messages.at(-1)?.content.slice(-60)}`));
  const workspace = Object.assign(new MemoryWorkspace({}), { root });
  const ensemble = await createEnsemble({
    config: {
      ...DEFAULT_CONFIG,
      accounts: [account('one')],
      budget: { ...DEFAULT_CONFIG.budget, allowUnknownPrices: true },
    },
    storage,
    workspace,
    secrets: { get: async () => 'sk-canary-0123456789abcdef', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => provider,
  });
  const ask = async (task: string, memory: boolean) => {
    const result = await ensemble.run({ ...DIRECT, task }, { memory });
    assert.equal(result.status, 'completed', result.error?.message);
    return { result, told: textOf(provider.calls.at(-1)) };
  };
  return { ensemble, provider, storage, ask };
}

function textOf(call: ProviderCall | undefined): string {
  return (call?.messages ?? []).map(({ content }) => content).join('\n');
}

describe('session memory', () => {
  it('tells the last ten interactions, what the agent said, and related answers; only who asks for it', async () => {
    const { ask } = await world();
    await ask('Describe the refund handler', false);
    for (let index = 1; index <= 12; index++) await ask(`Count to ${index}`, false);
    const plain = await ask('Test the refund handler', false);
    assert.doesNotMatch(plain.told, /What was done before/);
    const { told } = await ask('Improve the refund handler', true);
    assert.match(told, /# What was done before in this workspace/);
    assert.match(told, /## What you said last[\s\S]*Test the refund handler/);
    assert.match(told, /## Earlier answers about the same[\s\S]*Describe the refund handler/);
    const interactions = told.slice(told.indexOf('## The last interactions'));
    assert.equal(interactions.match(/^- \d{4}-/gm)?.length, 10);
    assert.ok(!interactions.includes('Count to 3\n') && interactions.includes('Count to 12'));
  });

  it('recalls nothing of another workspace, and nothing without one', async () => {
    const first = await world();
    await first.ask('Describe the secret plan', false);
    const other = await world(first.storage, '/elsewhere');
    const { told } = await other.ask('Describe the secret plan again', true);
    assert.doesNotMatch(told, /What was done before/);
    const { journal, history, stores } = first.storage;
    const nowhere = new HistoryMemory({ journal, history, conversations: stores.conversations, workspace: null });
    assert.deepEqual(await nowhere.recall({ runId: 'R', agent: 'assistant', about: 'secret plan' }), {
      interactions: [],
      knowledge: null,
      related: [],
    });
  });

  it('is in the conversation and in the journal, so that a replay tells the same later', async () => {
    const { ask, ensemble, storage } = await world();
    await ask('Describe the parser', false);
    const { result } = await ask('Improve the parser', true);
    await ask('Something else entirely', false);
    const report = await ensemble.runs.replay(result.runId, new AbortController().signal);
    assert.equal(report.effects, 2);
    const { items } = await storage.stores.conversations.list({ limit: 10, runId: result.runId });
    assert.match(JSON.stringify(items[0]?.messages), /What was done before/);
  });

  it('stays small, whatever was said', async () => {
    const memory = { agent: 'a', at: '2026-01-01T00:00:00.000Z', task: 'T', said: 'x' };
    assert.equal(renderRecollection({ interactions: [], knowledge: null, related: [] }), '');
    assert.ok(estimateTokens(renderRecollection({ interactions: [memory], knowledge: memory, related: [] })) < 150);
    const { storage, ensemble, provider } = await world();
    provider.calls.length = 0;
    const long = 'Every sentence here says something else about REQ-1. '.repeat(2_000);
    for (let index = 0; index < 12; index++) {
      await ensemble.run({ ...DIRECT, task: `${long} part ${index}` }, {});
    }
    const { journal, history, stores } = storage;
    const all = new HistoryMemory({ journal, history, conversations: stores.conversations, workspace: '/memory' });
    const text = renderRecollection(await all.recall({ runId: 'R', agent: 'assistant', about: 'sentence something' }));
    assert.ok(text !== '' && estimateTokens(text) < 2_500);
  });
});
