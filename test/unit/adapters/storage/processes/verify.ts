import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { Storage } from '../../../../../src/adapters/storage/storage.ts';
import type { Acknowledged } from './child-process.ts';

/**
 * Asserts that every acknowledged entry is there, without gaps, with its content, and that the projections say the same.
 * Entries beyond the acknowledged are fine: they were committed just before the process died. Returns their number.
 */
export async function expectAcknowledged(storage: Storage, acknowledged: Acknowledged): Promise<number> {
  let beyond = 0;
  for (const [runId, last] of acknowledged) {
    const entries = await storage.journal.read(runId);
    assert.ok(entries.length >= last, `${runId}: ${last} acknowledged, ${entries.length} found`);
    for (const [index, { seq, payload }] of entries.entries()) {
      assert.equal(seq, index + 1);
      if (index > 0) assert.equal((payload as { key: string }).key, String(seq));
    }
    assert.equal((await storage.journal.get(runId))?.succeeded, entries.length);
    const [task] = await storage.journal.tasks(runId);
    assert.equal(task?.attempt, entries.length === 1 ? 0 : entries.length);
    beyond += entries.length - last;
  }
  return beyond;
}

/** What SQLite itself, not ours, says of the closed file. */
export function expectSound(file: string): void {
  const database = new DatabaseSync(file);
  try {
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
  } finally {
    database.close();
  }
}
