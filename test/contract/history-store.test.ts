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
        agent: 'auditor',
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
      const page = await history().runs({ limit: 1, after: { createdAt: '2026-03-06T10:00:00.000Z', runId: 'r4' } });
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
        ...{ tokens: null, costUSD: null, agent: 'auditor', rerunOf: null, snippet: null },
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

    it('filters runs by their calls, kind and status, and conversations too', async () => {
      const { stores, history: written } = subject().storage;
      const call = { taskId: 'r4/b', runId: 'r4', type: 'summary', messages: [], agent: 'critic', rerunOf: 1 };
      const id = await stores.conversations.begin({ ...call, model: 'x/dear', account: 'second' });
      await stores.conversations.finish(id, {
        ...{ response: 'ok', status: 'completed', tokens: 3, costUSD: 0.1, model: 'x/dear', account: 'second' },
      });
      for (const filter of [
        { model: 'x/dear' },
        { model: ['x/dear', 'y'] },
        { account: 'second' },
        { agent: 'critic' },
      ]) {
        assert.deepEqual(await ids(filter), ['r4'], JSON.stringify(filter));
        const { items, total } = await history().conversations({ limit: 9, ...filter });
        assert.deepEqual([items.map((row) => row.id), total], [[id], 1], JSON.stringify(filter));
      }
      assert.deepEqual(await ids({ model: 'x/dear', agent: 'auditor' }), []);
      assert.deepEqual(await ids({ status: 'failed' }), ['r2']);
      assert.deepEqual(await ids({ kind: 'review', workspace: '/here' }), ['r4', 'r1']);
      assert.deepEqual(await ids({ kind: 'run' }), []);
      assert.deepEqual(await history().counts({ boundaries: ['2026-03-06'], agent: 'critic' }), [1, 0]);
      const count = async (query: object) => (await history().conversations({ limit: 9, ...query })).total;
      assert.deepEqual(
        [await count({ status: 'running' }), await count({ status: 'completed' }), await count({ type: 'summary' })],
        [7, 1, 1],
      );
      assert.deepEqual(
        [await count({ rerunOf: 1 }), await count({ kind: 'review' }), await count({ kind: 'run' })],
        [1, 8, 0],
      );
      assert.deepEqual(await history().facets(), {
        ...{ models: ['m', 'x/dear'], accounts: ['c', 'second'], agents: ['auditor', 'critic'], kinds: ['review'] },
      });
      await written.identify('/else', ['folder:9']);
    });

    it('gives pages that neither repeat nor leave anything out', async () => {
      const seen: string[] = [];
      for (let after = {}; ; ) {
        const [last] = (await history().runs({ limit: 1, ...after })).items;
        if (!last) break;
        seen.push(last.runId);
        after = { after: last };
      }
      assert.deepEqual(seen, ['r4', 'r3', 'r2', 'r1']);
      const { items } = await history().conversations({ limit: 3 });
      const { items: rest, total } = await history().conversations({ limit: 100, afterId: items.at(-1)?.id ?? 0 });
      assert.equal(items.length + rest.length, total);
      assert.ok(rest.every(({ id }) => items.every((one) => one.id > id)));
    });

    it('shows what is attached to a workspace with it, also in turn', async () => {
      const { history: written } = subject().storage;
      assert.deepEqual(
        (await history().workspaces()).map(({ path, runs, identities, attachedTo }) => [
          path,
          runs,
          identities,
          attachedTo,
        ]),
        [
          ['/here', 4, [], null],
          ['/there', 2, [], null],
          ['', 1, [], null],
          ['/else', 0, ['folder:9'], null],
        ],
      );
      await written.attach('/there', '/else');
      await written.attach('/else', '/new');
      assert.deepEqual(await ids({ workspace: '/new' }), ['r2']);
      assert.deepEqual(await ids({ workspace: '/there' }), ['r2']);
      assert.deepEqual(await ids({ workspace: ['/new', '/here'] }), ['r4', 'r2', 'r1']);
      assert.deepEqual(
        (await history().unfinished({ workspace: '/new' })).map(({ run }) => run.runId),
        ['r6'],
      );
      assert.equal((await history().conversations({ limit: 9, workspace: '/new' })).total, 2);
      // A circle is no trap.
      await written.attach('/new', '/there');
      assert.deepEqual(await ids({ workspace: '/new' }), ['r2']);
      await written.attach('/there', null);
      assert.deepEqual(await ids({ workspace: '/new' }), []);
    });

    it('says what a deletion takes with it', async () => {
      assert.deepEqual(await history().deletable({ before: '2026-03-01' }), {
        runs: 2,
        conversations: 2,
        documents: 2,
      });
      assert.deepEqual(await history().deletable({ before: '2999-01-01', workspace: '/there' }), {
        ...{ runs: 1, conversations: 1, documents: 1 },
      });
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

    it('deletes in steps, and keeps documents where they are wanted', async () => {
      await addRun('old1', '2020-01-01T10:00:00.000Z', 'completed', '/old');
      await addRun('old2', '2020-01-02T10:00:00.000Z', 'completed', '/old');
      const { history: written } = subject().storage;
      const step = { before: '2021-01-01', workspace: '/old', limit: 1, keepDocuments: true };
      assert.deepEqual([await written.deleteBefore(step), await written.deleteBefore(step)], [1, 1]);
      assert.equal(await written.deleteBefore(step), 0);
      assert.equal((await history().conversations({ limit: 9, search: 'old1' })).total, 0);
      assert.equal((await history().documents({ limit: 9, runId: 'old1' })).total, 1);
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
