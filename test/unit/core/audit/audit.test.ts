import assert from 'node:assert/strict';
import { auditOf, eventAuditor } from '../../../../src/core/audit/audited-events.ts';
import { auditedSecrets } from '../../../../src/core/audit/audited-secrets.ts';
import { changedSettings } from '../../../../src/core/audit/changed-settings.ts';
import { DEFAULT_CONFIG, OFFLINE_ACCOUNT } from '../../../../src/core/config.ts';
import type { EnsembleEvent, EventBody } from '../../../../src/core/events.ts';
import type { SecretStore } from '../../../../src/core/ports.ts';

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
});
