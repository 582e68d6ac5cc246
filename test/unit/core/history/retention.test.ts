import assert from 'node:assert/strict';
import type { AuditEntry, AuditLog } from '../../../../src/core/audit/audit-log.ts';
import { forgetOldHistory } from '../../../../src/core/history/retention.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');

describe('retention', () => {
  function parts(deleteBefore: (query: { readonly before: string; readonly limit?: number }) => Promise<number>) {
    const entries: Pick<AuditEntry, 'action' | 'subject' | 'detail'>[] = [];
    const warnings: string[] = [];
    const audit: AuditLog = {
      record: async (action, subject, detail) => void entries.push({ action, subject, detail }),
      has: async (action, subject) => entries.some((one) => one.action === action && one.subject === subject),
      list: () => assert.fail('nobody reads'),
    };
    const silent = () => {};
    const logger = { debug: silent, info: silent, error: silent, warn: (text: string) => void warnings.push(text) };
    return { entries, warnings, history: { deleteBefore }, audit, logger, clock: { now: () => NOW } };
  }

  it('deletes what is older, once a day, and says so in the audit log', async () => {
    const asked: string[] = [];
    const kit = parts(async ({ before }) => {
      asked.push(before);
      return 3;
    });
    await forgetOldHistory(30, kit);
    await forgetOldHistory(30, kit);
    assert.deepEqual(asked, ['2026-02-08T12:00:00.000Z']);
    assert.deepEqual(kit.entries, [
      { action: 'history-forgotten', subject: '2026-03-10', detail: { keepDays: 30, runs: 3 } },
    ]);
  });

  it('deletes in portions, so that nobody waits long', async () => {
    const limits: (number | undefined)[] = [];
    const left = [50, 50, 20];
    const kit = parts(async ({ limit }) => {
      limits.push(limit);
      return left.shift() ?? assert.fail('there is nothing left');
    });
    await forgetOldHistory(30, kit);
    assert.deepEqual(limits, [50, 50, 50]);
    assert.deepEqual(kit.entries[0]?.detail, { keepDays: 30, runs: 120 });
  });

  it('keeps everything unless it is told otherwise', async () => {
    await forgetOldHistory(
      null,
      parts(() => assert.fail('nothing is deleted')),
    );
  });

  it('only logs that it failed', async () => {
    const kit = parts(() => Promise.reject(new Error('locked')));
    await forgetOldHistory(1, kit);
    assert.deepEqual([kit.warnings.length, kit.entries.length], [1, 0]);
  });
});
