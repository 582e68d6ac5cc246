import assert from 'node:assert/strict';
import { currentOwner } from '../../src/adapters/storage/process-identity.ts';
import type { RunStatus } from '../../src/core/graph/types.ts';
import type { RunOwner } from '../../src/core/ports.ts';
import { FIRST, outcome, RUN, task, write } from './journal-samples.ts';
import { forEachImplementation } from './storage-implementations.ts';

const DEAD: RunOwner = { ...currentOwner(), pid: 2 ** 22 + 1, nonce: 'gone' };

describe('HistoryStore', () => {
  forEachImplementation((subject) => {
    const history = () => subject().other.history;

    /** A run that began at a moment, with a conversation and a document of its own. */
    async function addRun(runId: string, at: string, status: RunStatus, workspace: string | null, owner = DEAD) {
      const { journal, stores } = subject().storage;
      await journal.create(runId, owner, {
        ...FIRST,
        at,
        run: { ...RUN, status, workspace },
        tasks: [task('a', { status: 'completed' })],
      });
      const conversation = {
        taskId: `${runId}/a`,
        runId,
        type: 'review',
        messages: [{ role: 'user', content: `Look at ${runId}, an apple tree` }],
        model: 'm',
        account: 'c',
      };
      const id = await stores.conversations.begin(conversation);
      await stores.documents.save({
        taskId: runId,
        title: `Report ${runId}`,
        content: 'pear trees',
        format: 'markdown',
      });
      return id;
    }

    before(async () => {
      await addRun('r1', '2026-01-05T10:00:00.000Z', 'completed', '/here');
      await addRun('r2', '2026-02-05T10:00:00.000Z', 'failed', '/there');
      await addRun('r3', '2026-03-05T10:00:00.000Z', 'completed', null);
      await addRun('r4', '2026-03-06T10:00:00.000Z', 'partial', '/here');
      await addRun('r5', '2026-03-07T10:00:00.000Z', 'interrupted', '/here');
      await addRun('r6', '2026-03-08T10:00:00.000Z', 'running', '/there', currentOwner());
      await addRun('r7', '2026-03-09T10:00:00.000Z', 'running', '/here');
    });

    const ids = async (query: object) =>
      (await history().runs({ limit: 100, ...query })).items.map(({ runId }) => runId);

    it('lists runs that have ended, newest first, in pages and by filter', async () => {
      assert.deepEqual(await ids({}), ['r4', 'r3', 'r2', 'r1']);
      assert.deepEqual(await ids({ workspace: '/here' }), ['r4', 'r1']);
      assert.deepEqual(await ids({ workspace: '' }), ['r3']);
      assert.deepEqual(await ids({ from: '2026-02-01', until: '2026-03-06T10:00:00.000Z' }), ['r3', 'r2']);
      const page = await history().runs({ limit: 1, offset: 1 });
      assert.deepEqual([page.items[0]?.runId, page.items.length, page.total], ['r3', 1, 4]);
    });

    it('counts them by spans of time', async () => {
      const boundaries = ['2026-03-06T00:00:00.000Z', '2026-03-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
      assert.deepEqual(await history().counts({ boundaries }), [1, 1, 1, 1]);
      assert.deepEqual(await history().counts({ boundaries, workspace: '/here' }), [1, 0, 0, 1]);
      assert.deepEqual(await history().counts({ boundaries: [] }), [4]);
    });

    it('tells which runs have not ended, and whose process still lives', async () => {
      const unfinished = await history().unfinished({});
      assert.deepEqual(
        unfinished.map(({ run, live }) => [run.runId, live]),
        [
          ['r7', false],
          ['r6', true],
          ['r5', false],
        ],
      );
      assert.deepEqual(
        (await history().unfinished({ workspace: '/there' })).map(({ run }) => run.runId),
        ['r6'],
      );
    });

    it('lists conversations without texts, by run, workspace and time', async () => {
      const { items, total } = await history().conversations({ limit: 2, workspace: '/here' });
      assert.equal(total, 4);
      assert.deepEqual(
        items.map(({ runId }) => runId),
        ['r7', 'r5'],
      );
      const { id, createdAt, ...rest } = items[0] ?? assert.fail();
      assert.deepEqual(rest, {
        ...{ taskId: 'r7/a', runId: 'r7', type: 'review', model: 'm', account: 'c', status: 'running' },
        ...{ tokens: null, costUSD: null, snippet: null },
      });
      assert.equal((await history().conversations({ limit: 9, runId: 'r1' })).total, 1);
      assert.equal((await history().conversations({ limit: 9, until: '2026-01-01' })).total, 0);
    });

    it('searches conversations and documents and shows the place', async () => {
      const found = await history().conversations({ limit: 9, search: 'apple', runId: 'r2' });
      const { text, hits } = found.items[0]?.snippet ?? assert.fail();
      assert.equal(text, 'Look at r2, an apple tree');
      assert.deepEqual(hits, [{ start: 15, end: 20 }]);
      assert.equal((await history().conversations({ limit: 9, search: 'pear' })).total, 0);
      const documents = await history().documents({ limit: 9, search: 'PEAR tre', workspace: '/here' });
      assert.deepEqual(
        documents.items.map(({ runId, title, snippet }) => [runId, title, snippet?.text]),
        [
          ['r7', 'Report r7', 'pear trees'],
          ['r5', 'Report r5', 'pear trees'],
          ['r4', 'Report r4', 'pear trees'],
          ['r1', 'Report r1', 'pear trees'],
        ],
      );
      assert.equal((await history().documents({ limit: 9, search: 'report r4' })).total, 1);
      assert.equal((await history().documents({ limit: 9, runId: 'r4' })).total, 1);
      for (const search of ['"', 'apple OR pear', 'NEAR/2', '*']) {
        assert.equal((await history().conversations({ limit: 9, search })).total, 0, search);
        assert.equal((await history().documents({ limit: 9, search })).total, 0, search);
      }
    });

    it('deletes a run with all that belongs to it, and never one whose process lives', async () => {
      const large = outcome('k', 'x'.repeat(10_000));
      await subject().storage.journal.append('r2', 1, write([large]));
      await subject().storage.journal.append('r5', 1, write([large]));
      await subject().storage.stores.findings.save('r2', [{ id: 'f' }]);
      assert.deepEqual(await subject().storage.history.deleteRuns(['r2', 'r6', 'none']), ['r2']);
      const { journal, stores } = subject().other;
      assert.equal(await journal.get('r2'), null);
      assert.deepEqual(await journal.read('r2'), []);
      assert.deepEqual(await journal.tasks('r2'), []);
      assert.equal((await history().conversations({ limit: 9, search: 'r2' })).total, 0);
      assert.equal((await history().documents({ limit: 9, runId: 'r2' })).total, 0);
      assert.deepEqual(await stores.findings.list('r2'), []);
      assert.equal((await journal.get('r6'))?.runId, 'r6');
      // What another run shares with it stays.
      assert.deepEqual((await journal.read('r5')).at(-1)?.payload, large.payload);
    });

    it('deletes what was last touched before a moment', async () => {
      assert.equal(await subject().storage.history.deleteBefore({ before: '2026-03-01', workspace: '/there' }), 0);
      assert.equal(await subject().storage.history.deleteBefore({ before: '2026-03-06' }), 2);
      assert.deepEqual(await ids({}), ['r4']);
      const lost = await subject().storage.stores.conversations.begin({
        ...{ taskId: 'x', runId: 'gone', type: 'review', messages: [], model: 'm', account: 'c' },
      });
      assert.equal(await subject().storage.history.deleteBefore({ before: '2999-01-01', workspace: '/here' }), 3);
      assert.notEqual(await subject().other.stores.conversations.get(lost), null);
      assert.equal(await subject().storage.history.deleteBefore({ before: '2999-01-01' }), 0);
      assert.equal(await subject().other.stores.conversations.get(lost), null);
      assert.equal((await history().unfinished({})).length, 1);
    });
  });
});
