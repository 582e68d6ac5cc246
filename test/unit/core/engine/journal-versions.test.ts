import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import type { Storage } from '../../../../src/adapters/storage/storage.ts';
import { createEnsemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import { apply } from '../../../../src/core/engine/apply.ts';
import { JOURNAL_VERSION, type JournalEntry } from '../../../../src/core/engine/journal-entry.ts';
import { projectRun, projectTask } from '../../../../src/core/engine/projections.ts';
import { initialState } from '../../../../src/core/engine/state.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { answer, FakeProvider } from '../../../support/fake-provider.ts';
import { account } from '../../../support/pool-fixture.ts';

const OWNER = { host: 'elsewhere', pid: 1, startTime: '1', nonce: 'old' };

/** The journal of a task run, as the program of that journal version wrote it. */
function fixture(version: number): JournalEntry[] {
  const file = new URL(`../../../fixtures/journals/version-${version}.jsonl`, import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as JournalEntry);
}

/** A storage that holds these entries under the version that they were written with; what is appended has the present one. */
async function storageWith(entries: readonly JournalEntry[]): Promise<Storage> {
  const storage = openMemoryStorage();
  const runId = entries[0]?.runId ?? '';
  const state = initialState(runId);
  for (const entry of entries) apply(state, entry);
  const drafts = entries.map(({ runId: _, seq: __, epoch: ___, v: ____, at: _____, ...draft }) => draft);
  const tasks = [...state.tasks.values()].map(projectTask);
  await storage.journal.create(runId, OWNER, { entries: drafts, run: projectRun(state), tasks });
  await storage.journal.release(runId, 1);
  const dated = (all: readonly JournalEntry[]) => all.map((one) => ({ ...one, v: entries[one.seq - 1]?.v ?? one.v }));
  const { journal } = storage;
  const [read, claim] = [journal.read.bind(journal), journal.claim.bind(journal)];
  Object.assign(journal, {
    read: async (id: string, after?: number) => dated(await read(id, after)),
    claim: async (id: string, owner: typeof OWNER) => {
      const claimed = await claim(id, owner);
      return { ...claimed, entries: dated(claimed.entries) };
    },
  });
  return storage;
}

async function ensembleOn(storage: Storage) {
  const asked: string[] = [];
  const provider = new FakeProvider((call) => {
    const text = call.messages.map(({ content }) => content).join('\n');
    const part = /Your sub-task: Part (\w+)/.exec(text)?.[1];
    asked.push(part ?? call.responseSchema?.name ?? 'aggregate');
    return answer(`Answer ${part === undefined ? 'as a whole' : `of ${part}`}.`);
  });
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one')] },
    storage,
    workspace: null,
    secrets: { get: async () => 'sk-none', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => provider,
  });
  return { ensemble, asked };
}

const resultIn = (entries: readonly JournalEntry[]): RunResult => {
  const last = entries.at(-1);
  assert.ok(last?.kind === 'run-ended');
  return last.payload.result as unknown as RunResult;
};

describe('journals of earlier versions', () => {
  it('have a fixture for each version', () => {
    for (let version = 1; version <= JOURNAL_VERSION; version++)
      assert.ok(fixture(version).every(({ v }) => v === version));
  });

  for (let version = 1; version <= JOURNAL_VERSION; version++) {
    it(`version ${version} is read: the run, its tasks and its events are as they were`, async () => {
      const entries = fixture(version);
      const { ensemble } = await ensembleOn(await storageWith(entries));
      const runId = entries[0]?.runId ?? '';
      const stored = await ensemble.runs.get(runId);
      assert.equal(stored.record.status, 'completed');
      assert.equal(stored.tasks.length, 5);
      const { tasks, result } = resultIn(entries);
      assert.deepEqual(
        stored.tasks.map(({ taskId, status, output }) => [taskId, status, output]),
        tasks.map(({ id, status, output }) => [id, status, output]),
      );
      assert.equal((await ensemble.runs.result(runId))?.result, result);
      const events = await ensemble.runs.events(runId);
      assert.equal(events.filter(({ type }) => type === 'task:complete').length, 5);
    });

    it(`version ${version} goes on wherever its process stopped, and does nothing again`, async () => {
      const entries = fixture(version);
      const whole = resultIn(entries);
      const planned = entries.findLastIndex(({ kind }) => kind === 'graph-extended');
      for (let cut = planned + 1; cut < entries.length; cut++) {
        const kept = entries.slice(0, cut);
        const { ensemble, asked } = await ensembleOn(await storageWith(kept));
        const result = await (await ensemble.resume(kept[0]?.runId ?? '', { force: true })).result;
        assert.equal(result.status, 'completed', `cut at ${cut}: ${JSON.stringify(result.error)}`);
        assert.equal(result.result, whole.result);
        const outcomes = kept.filter(({ kind }) => kind === 'effect-outcome').length;
        assert.equal(asked.length, 5 - outcomes, `cut at ${cut}`);
      }
    });
  }

  it('of a newer version are refused with what to do, and can still be read', async () => {
    const newer = fixture(JOURNAL_VERSION)
      .slice(0, -1)
      .map((entry) => ({ ...entry, v: JOURNAL_VERSION + 1 }));
    const { ensemble, asked } = await ensembleOn(await storageWith(newer));
    const runId = newer[0]?.runId ?? '';
    await assert.rejects(ensemble.resume(runId, { force: true }), {
      code: 'storage-newer-version',
      message: new RegExp(`Run ${runId} was written by a newer version`),
      hint: /Update Ensemble/,
    });
    assert.deepEqual(asked, []);
    assert.equal((await ensemble.runs.get(runId)).tasks.length, 5);
  });
});
