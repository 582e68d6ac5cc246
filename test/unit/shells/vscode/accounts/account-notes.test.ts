import assert from 'node:assert/strict';
import type { EnsembleEvent } from '../../../../../src/core/events.ts';
import { AccountNotes } from '../../../../../src/shells/vscode/accounts/account-notes.ts';

/** What a window keeps, as the editor's memento does. */
class Store {
  readonly values = new Map<string, unknown>();
  get<T>(key: string, missing: T): T {
    return (this.values.get(key) as T | undefined) ?? missing;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }
}

const AT = '2026-11-21T10:00:00.000Z';
const test = (name: string, ok: boolean) => ({
  name,
  ok,
  models: ['m'],
  latencyMs: 12,
  error: ok ? null : { code: 'provider-failed' as const, message: 'refused', hint: null },
});
const cooldown: EnsembleEvent = {
  schema: 1,
  runId: 'r',
  seq: 1,
  at: AT,
  type: 'account:cooldown',
  account: 'a',
  cause: 'rate-limited',
  until: AT,
};

describe('notes about accounts', () => {
  it('keep tests over reloads, and follow a new name', async () => {
    const store = new Store();
    const notes = new AccountNotes(store);
    await notes.noteTest(test('a', true), AT);
    await notes.noteTest(test('b', false), AT);
    const reloaded = new AccountNotes(store);
    assert.deepEqual(reloaded.lastTest('a'), { at: AT, ok: true, models: 1, latencyMs: 12, message: null });
    assert.equal(reloaded.lastTest('b')?.message, 'refused');
    await reloaded.move('a', 'c');
    assert.equal(reloaded.lastTest('a'), null);
    assert.equal(reloaded.lastTest('c')?.ok, true);
    await reloaded.move('b', null);
    assert.equal(reloaded.lastTest('b'), null);
  });

  it('learn errors from events, and forget them with the account', async () => {
    const notes = new AccountNotes(new Store());
    notes.onEvent(cooldown);
    assert.deepEqual(notes.lastError('a'), { at: AT, cause: 'rate-limited' });
    await notes.move('a', 'b');
    assert.equal(notes.lastError('a'), null);
    assert.equal(notes.lastError('b')?.cause, 'rate-limited');
  });
});
