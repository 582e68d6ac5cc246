import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { auditOf, eventAuditor } from '../../../../src/core/audit/audited-events.ts';
import { auditedSecrets } from '../../../../src/core/audit/audited-secrets.ts';
import { auditedStores } from '../../../../src/core/audit/audited-stores.ts';
import { accountChanges, changedSettings } from '../../../../src/core/audit/changed-settings.ts';
import { DEFAULT_CONFIG, OFFLINE_ACCOUNT } from '../../../../src/core/config.ts';
import type { EnsembleEvent, EventBody } from '../../../../src/core/events.ts';
import type { SecretStore } from '../../../../src/core/ports.ts';
import { PromptLibrary } from '../../../../src/core/prompts/library.ts';

const event = (body: EventBody): EnsembleEvent => ({
  ...body,
  schema: 1,
  runId: 'r',
  seq: 1,
  at: '2026-01-01T00:00:00Z',
});

describe('audit', () => {
  it('keeps calls, tools, approvals and ends, and no deltas', () => {
    const invoked = { taskId: 'a', agentName: 'tester', model: 'm', maxTokens: 1, account: 'work' };
    assert.deepEqual(auditOf(event({ type: 'agent:invoke', ...invoked })), {
      action: 'agent-called',
      subject: 'r/a',
      detail: { agent: 'tester', model: 'm', account: 'work' },
    });
    const answered = { taskId: 'a', agentName: 'tester', actionHash: 'h', target: 'npm test' };
    const of = (approved: boolean) => auditOf(event({ type: 'approval:answered', ...answered, approved }))?.action;
    assert.deepEqual([of(true), of(false)], ['approved', 'refused']);
    assert.equal(auditOf(event({ type: 'task:delta', taskId: 'a', attempt: 1, text: 'secret thoughts' })), null);
  });

  it('never stops a run, whatever becomes of the log', async () => {
    const warnings: string[] = [];
    const audit = {
      record: () => Promise.reject(new Error('full')),
      has: async () => false,
      list: async () => ({ items: [], total: 0 }),
    };
    const logger = {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (text: string) => void warnings.push(text),
    };
    eventAuditor(audit, logger)(event({ type: 'workflow:start', workflowId: null, workflowName: 'x', taskCount: 1 }));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(warnings.length, 1);
  });

  it('tells of keys that were stored or deleted, after that worked, and never the key', async () => {
    const told: unknown[] = [];
    let works = true;
    const act = () => (works ? Promise.resolve() : Promise.reject(new Error('locked')));
    const store: SecretStore = { get: async () => 'sk-canary', set: act, delete: act };
    const secrets = auditedSecrets(store, (...change) => told.push(change));
    await secrets.set('work', 'sk-canary');
    await secrets.delete('work');
    works = false;
    await assert.rejects(secrets.set('work', 'sk-canary'));
    assert.deepEqual(told, [
      ['key-stored', 'work'],
      ['key-deleted', 'work'],
    ]);
    assert.equal(await secrets.get('work'), 'sk-canary');
  });

  it('names the settings that changed without their values', () => {
    const account = { ...OFFLINE_ACCOUNT, name: 'work' };
    const before = { ...DEFAULT_CONFIG, accounts: [account, OFFLINE_ACCOUNT] };
    assert.deepEqual(changedSettings(before, before), []);
    const after = {
      ...before,
      accounts: [
        { ...account, weight: 7 },
        { ...account, name: 'new' },
      ],
      engine: { ...before.engine, maxParallel: 9 },
    };
    const changed = changedSettings(before, after);
    assert.deepEqual(
      changed,
      ['accounts.new', `accounts.${OFFLINE_ACCOUNT.name}`, 'accounts.work.weight', 'engine.maxParallel'].sort(),
    );
  });

  it('tells accounts that came, went or were renamed, and never a key', () => {
    const account = (name: string, more: object = {}) => ({ ...OFFLINE_ACCOUNT, name, quotaGroup: name, ...more });
    const changes = (before: readonly object[], after: readonly object[]) =>
      accountChanges(
        { ...DEFAULT_CONFIG, accounts: before as typeof DEFAULT_CONFIG.accounts },
        { ...DEFAULT_CONFIG, accounts: after as typeof DEFAULT_CONFIG.accounts },
      ).map(({ action, account: name }) => [action, name]);
    assert.deepEqual(changes([account('a')], [account('b')]), [['account-renamed', 'b']]);
    assert.deepEqual(changes([account('a')], [account('a'), account('b')]), [['account-added', 'b']]);
    assert.deepEqual(changes([account('a')], []), [['account-removed', 'a']]);
    assert.deepEqual(changes([account('a')], [account('b', { weight: 7 })]), [
      ['account-removed', 'a'],
      ['account-added', 'b'],
    ]);
    assert.deepEqual(changes([account('a')], [account('a', { weight: 7 })]), []);
  });

  it('keeps what is deleted and changed in bulk', async () => {
    const storage = openMemoryStorage();
    const parts = auditedStores(
      { stores: storage.stores, history: storage.history, prompts: new PromptLibrary(storage.stores.prompts) },
      { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    );
    const id = await parts.stores.documents.save({ taskId: '', title: 't', content: 'c', format: 'text' });
    await parts.stores.documents.delete([id, 99]);
    await parts.stores.documents.delete([99]);
    await parts.history.deleteRuns(['none']);
    const prompt = { name: 'p', template: 'x', description: '', category: '', tags: [], parameters: [] };
    await parts.prompts.applyAll({ save: [prompt], remove: [] }, { author: 'me', reason: 'imported' });
    await assert.rejects(parts.stores.maintenance.restore('x'));
    const { items } = await parts.stores.audit.list({ limit: 9 });
    assert.deepEqual(
      items.map(({ action, subject, detail }) => [action, subject, detail]),
      [
        ['prompts-changed', 'imported', { saved: 1, removed: 0 }],
        ['documents-deleted', String(id), { number: 1 }],
      ],
    );
  });
});
