import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../src/adapters/storage/memory/open-memory-storage.ts';
import type { Storage } from '../../../src/adapters/storage/storage.ts';
import { createEnsemble } from '../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config.ts';
import type { JournalEntry } from '../../../src/core/engine/journal-entry.ts';
import { isEnsembleError, type TextDifference, toErrorInfo } from '../../../src/core/errors.ts';
import { answer, FakeProvider } from '../../support/fake-provider.ts';
import { account } from '../../support/pool-fixture.ts';

const part = (id: string, dependencies: readonly string[]) => ({
  ...{ id, title: `Part ${id}`, description: `Begin.\nDo ${id}.\nEnd.`, dependencies },
  ...{ role: 'writer', complexity: 'simple' },
});
const PLAN = JSON.stringify({ subtasks: [part('a', []), part('b', ['a'])] });

async function ensembleOn(storage: Storage) {
  const provider = new FakeProvider((call) => answer(call.responseSchema?.name === 'plan' ? PLAN : 'Fine.'));
  return createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one')] },
    storage,
    workspace: null,
    secrets: { get: async () => 'sk-none', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => provider,
  });
}

/** Replays a run of which the journal says something else by now. */
async function replayed(change: (entries: string) => string, forget = false): Promise<unknown> {
  const storage = openMemoryStorage();
  const request = { kind: 'run', task: 'Write', context: null, strategy: 'adaptive', maxSubTasks: 5 } as const;
  const { runId } = await (await ensembleOn(storage)).run({ ...request, saveDocument: false });
  const journal = Object.assign(Object.create(storage.journal), {
    read: async (id: string) => JSON.parse(change(JSON.stringify(await storage.journal.read(id)))) as JournalEntry[],
  });
  const conversations = Object.assign(Object.create(storage.stores.conversations), {
    list: async () => ({ items: [], total: 0 }),
  });
  const stores = forget ? { ...storage.stores, conversations } : storage.stores;
  const other = await ensembleOn({ ...storage, stores, journal });
  return other.runs.replay(runId, new AbortController().signal).then(
    () => null,
    (error: unknown) => error,
  );
}

const differenceOf = (error: unknown): TextDifference | null => {
  assert.ok(isEnsembleError(error) && error.code === 'replay-diverged', String(error));
  assert.match(error.message, /at "b": "turn-1" is asked for with other content/);
  return error.difference;
};

// The journal is text here, in which the prompts are texts themselves.
const reworded = (entries: string) => entries.replaceAll('Do b.', 'Make b.');

describe('a replay that differs', () => {
  it('names the first line of the request that is another one, as it was and as it is', async () => {
    const error = await replayed(reworded);
    const difference = differenceOf(error);
    assert.deepEqual(difference && [difference.before, difference.now], ['Do b.', 'Make b.']);
    assert.match(difference?.part ?? '', /^message \d+ \(user\)$/);
    assert.ok((difference?.line ?? 0) > 1);
    assert.deepEqual(toErrorInfo(error).difference, difference);
    assert.ok(!toErrorInfo(error).message.includes('Make b.'), 'messages go to logs, prompts do not');
  });

  it('names a line that is no more', async () => {
    const difference = differenceOf(await replayed((entries) => entries.replace(/Do b\.\\+nEnd\./g, 'Do b.')));
    assert.deepEqual([difference?.before, difference?.now], ['End.', '']);
  });

  it('is told all the same where the conversation was deleted', async () => {
    assert.equal(differenceOf(await replayed(reworded, true)), null);
  });

  it('is none where nothing was changed', async () => {
    assert.equal(await replayed((entries) => entries), null);
  });
});
