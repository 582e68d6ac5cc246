import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { currentOwner } from '../../src/adapters/storage/process-identity.ts';
import { type EntryDraft, JOURNAL_VERSION } from '../../src/core/engine/journal-entry.ts';
import type { RunOwner } from '../../src/core/ports.ts';
import { ATTEMPT, FIRST, outcome, RUN, started, task, write } from './journal-samples.ts';
import { forEachImplementation } from './storage-implementations.ts';

/** Owners as other processes would be, seen from this one. */
const OWNERS: Readonly<Record<'me' | 'sibling' | 'dead' | 'restarted' | 'foreign', RunOwner>> = {
  me: currentOwner(),
  sibling: currentOwner(),
  dead: { ...currentOwner(), pid: spawnSync(process.execPath, ['--version']).pid },
  restarted: { ...currentOwner(), startTime: '1' },
  foreign: { ...currentOwner(), host: 'elsewhere.0123/boot/1' },
};

describe('RunJournal', () => {
  forEachImplementation((subject) => {
    let count = 0;
    const newRun = async (owner = OWNERS.me) => {
      count += 1;
      const runId = `run-${count}`;
      await subject().storage.journal.create(runId, owner, FIRST);
      return runId;
    };

    describe('create', () => {
      it('numbers the entries from 1 and gives the run epoch 1', async () => {
        const { journal } = subject().storage;
        await journal.create('created', OWNERS.me, { ...FIRST, entries: [started(), outcome('a')] });
        const entries = await journal.read('created');
        assert.deepEqual(
          entries.map(({ seq, epoch, v, runId }) => [seq, epoch, v, runId]),
          [
            [1, 1, JOURNAL_VERSION, 'created'],
            [2, 1, JOURNAL_VERSION, 'created'],
          ],
        );
        const record = await subject().other.journal.get('created');
        assert.equal(record?.epoch, 1);
        assert.deepEqual(record?.owner, OWNERS.me);
      });

      it('keeps every field of the projections', async () => {
        const { journal } = subject().storage;
        const full = task('full', {
          status: 'completed',
          dependencies: ['security', 'tests'],
          attempt: 2,
          attempts: [{ ...ATTEMPT, outcome: 'rate-limited', costUSD: null }, ATTEMPT],
          tokens: ATTEMPT.tokens,
          costUSD: 0.000105,
          startedAt: '2026-01-01T00:00:00.000Z',
          durationMs: 1_234,
          output: { findings: [{ line: 3, text: 'Zeile „drei“ \u0000 \ud83d\ude00' }] },
          tools: [{ tool: 'read-file', calls: 3, failed: 1 }],
          handoffs: [{ from: 'a', to: 'b', description: 'the rest', priority: 5, accepted: true, reason: null }],
          notices: ['too long'],
        });
        const failed = task('failed', {
          status: 'failed',
          error: { code: 'task-failed', message: 'no', hint: 'try again' },
        });
        const run = {
          ...RUN,
          status: 'failed' as const,
          costUSD: null,
          error: { code: 'internal' as const, message: 'x', hint: null },
        };
        await journal.create('projected', OWNERS.me, { entries: [started()], run, tasks: [full, failed] });
        assert.deepEqual(await subject().other.journal.tasks('projected'), [full, failed]);
        const { runId, epoch, owner, createdAt, updatedAt, ...projection } =
          (await journal.get('projected')) ?? assert.fail();
        assert.deepEqual(projection, run);
        assert.match(createdAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
        assert.equal(updatedAt, createdAt);
      });

      it('keeps messages with their deliveries, in the order of sending', async () => {
        const { storage } = subject();
        const runId = await newRun();
        const first = {
          id: 1,
          from: 'a',
          fromInstance: 'plan/a',
          to: '*',
          kind: 'broadcast' as const,
          content: 'Zeile „drei“ \ud83d\ude00',
          inReplyTo: null,
          receivers: null,
          sentAt: '2026-01-01T00:00:00.000Z',
          deliveries: [],
        };
        const second = { ...first, id: 2, to: 'a', kind: 'response' as const, inReplyTo: 1, receivers: ['plan/a'] };
        await storage.journal.append(runId, 1, { ...write([outcome('a')]), messages: [first, second] });
        const delivered = { ...first, deliveries: [{ instanceId: 'plan/b', at: '2026-01-01T00:00:01.000Z' }] };
        await storage.journal.append(runId, 1, { ...write([outcome('b')]), messages: [delivered] });
        assert.deepEqual(await subject().other.journal.messages(runId), [delivered, second]);
        assert.deepEqual(await storage.journal.messages('unknown'), []);
        await assert.rejects(storage.journal.append(runId, 7, { ...write([]), messages: [{ ...second, id: 3 }] }), {
          code: 'run-lost',
        });
        assert.equal((await storage.journal.messages(runId)).length, 2);
      });

      it("takes the engine's time where it is given", async () => {
        const { journal } = subject().storage;
        const at = '2026-01-02T03:04:05.678Z';
        await journal.create('timed', OWNERS.me, { ...FIRST, at });
        const later = '2026-01-02T03:04:06.000Z';
        await journal.append('timed', 1, { ...write([outcome('a')]), at: later });
        assert.deepEqual(
          (await subject().other.journal.read('timed')).map((entry) => entry.at),
          [at, later],
        );
        const record = await journal.get('timed');
        assert.deepEqual([record?.createdAt, record?.updatedAt], [at, later]);
      });

      it('refuses a second run with the same id and leaves the first alone', async () => {
        const runId = await newRun();
        await assert.rejects(subject().other.journal.create(runId, OWNERS.sibling, FIRST), { code: 'invalid-input' });
        assert.equal((await subject().storage.journal.read(runId)).length, 1);
        assert.deepEqual((await subject().storage.journal.get(runId))?.owner, OWNERS.me);
      });
    });

    describe('append', () => {
      it('continues the numbers without gaps, from any connection', async () => {
        const runId = await newRun();
        const { storage, other } = subject();
        await storage.journal.append(runId, 1, write([outcome('a'), outcome('b')]));
        await other.journal.append(runId, 1, write([outcome('c')]));
        await storage.journal.append(runId, 1, write([outcome('d')]));
        const entries = await other.journal.read(runId);
        assert.deepEqual(
          entries.map(({ seq }) => seq),
          [1, 2, 3, 4, 5],
        );
        assert.deepEqual(
          entries.slice(1).map(({ payload }) => (payload as { key: string }).key),
          ['a', 'b', 'c', 'd'],
        );
      });

      it('keeps the order of appends that were made in one turn', async () => {
        const runId = await newRun();
        const { journal } = subject().storage;
        const keys = Array.from({ length: 50 }, (_, index) => `k${index}`);
        await Promise.all(keys.map((key) => journal.append(runId, 1, write([outcome(key)]))));
        const read = await journal.read(runId, 1);
        assert.deepEqual(
          read.map(({ seq }) => seq),
          keys.map((_, index) => index + 2),
        );
        assert.deepEqual(
          read.map(({ payload }) => (payload as { key: string }).key),
          keys,
        );
      });

      it('inlines large payloads again, equal ones too', async () => {
        const runId = await newRun();
        const { storage, other } = subject();
        const large = 'ä\u{1f600}"\\\n'.repeat(10_000);
        await storage.journal.append(
          runId,
          1,
          write([outcome('x', large), outcome('x', large), outcome('y', 'small')]),
        );
        const results = (await other.journal.read(runId, 1)).map(
          ({ payload }) => (payload as { result: string }).result,
        );
        assert.deepEqual(results, [large, large, 'small']);
      });

      it('replaces the projections it is given and leaves the others', async () => {
        const runId = await newRun();
        const { journal } = subject().storage;
        const done = task('tests', { status: 'completed', output: 'fine' });
        await journal.append(
          runId,
          1,
          write([outcome('a')], { run: { ...RUN, succeeded: 1 }, tasks: [done, task('summary')] }),
        );
        assert.equal((await journal.get(runId))?.succeeded, 1);
        assert.deepEqual(await journal.tasks(runId), [task('security'), done, task('summary')]);
        await journal.append(runId, 1, write([outcome('b')]));
        assert.equal((await journal.get(runId))?.succeeded, 1);
      });

      it('rejects with run-lost and writes nothing unless the epoch is current', async () => {
        const runId = await newRun();
        const { journal } = subject().storage;
        for (const epoch of [0, 2]) {
          const change = write([outcome('late')], { run: { ...RUN, failed: 9 }, tasks: [task('late')] });
          await assert.rejects(journal.append(runId, epoch, change), { code: 'run-lost' });
        }
        await assert.rejects(journal.append('no-such-run', 1, write([outcome('late')])), { code: 'run-lost' });
        assert.equal((await journal.read(runId)).length, 1);
        assert.equal((await journal.get(runId))?.failed, 0);
        assert.equal((await journal.tasks(runId)).length, 2);
      });

      it('does not let one lost append hurt the others of its turn', async () => {
        const [mine, lost] = [await newRun(), await newRun()];
        const { journal } = subject().storage;
        const results = await Promise.allSettled([
          journal.append(mine, 1, write([outcome('a')])),
          journal.append(lost, 7, write([outcome('b')], { tasks: [task('b')] })),
          journal.append(mine, 1, write([outcome('c')])),
        ]);
        assert.deepEqual(
          results.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        assert.equal((await subject().other.journal.read(mine)).length, 3);
        assert.equal((await subject().other.journal.read(lost)).length, 1);
      });
    });

    describe('claim', () => {
      it('fences the old owner, also over two connections', async () => {
        const runId = await newRun(OWNERS.dead);
        const { storage, other } = subject();
        const { epoch, entries } = await other.journal.claim(runId, OWNERS.sibling);
        assert.equal(epoch, 2);
        assert.deepEqual(entries, await storage.journal.read(runId));
        await assert.rejects(storage.journal.append(runId, 1, write([outcome('zombie')])), { code: 'run-lost' });
        await other.journal.append(runId, 2, write([outcome('new owner')]));
        const [entry] = await other.journal.read(runId, 1);
        assert.deepEqual([entry?.seq, entry?.epoch], [2, 2]);
      });

      for (const name of ['dead', 'restarted'] as const) {
        it(`takes a run over from an owner that is ${name}`, async () => {
          const runId = await newRun(OWNERS[name]);
          assert.equal((await subject().storage.journal.claim(runId, OWNERS.me)).epoch, 2);
          assert.deepEqual((await subject().other.journal.get(runId))?.owner, OWNERS.me);
        });
      }

      for (const name of ['sibling', 'foreign'] as const) {
        it(`refuses while the owner lives or may live (${name})`, async () => {
          const runId = await newRun(OWNERS[name]);
          const { journal } = subject().storage;
          await assert.rejects(journal.claim(runId, OWNERS.me), { code: 'run-owned-elsewhere', hint: /./ });
          await journal.append(runId, 1, write([outcome('still mine')]));
        });
      }

      it('lets an owner claim again what it has', async () => {
        const runId = await newRun(OWNERS.me);
        assert.equal((await subject().storage.journal.claim(runId, OWNERS.me)).epoch, 2);
      });

      it('gives a released run to exactly one of two claimers', async () => {
        const runId = await newRun(OWNERS.me);
        const { storage, other } = subject();
        await storage.journal.release(runId, 1);
        const results = await Promise.allSettled([
          storage.journal.claim(runId, OWNERS.me),
          other.journal.claim(runId, OWNERS.sibling),
        ]);
        assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
        assert.equal((await storage.journal.get(runId))?.epoch, 2);
      });

      it('knows nothing of unknown runs', async () => {
        await assert.rejects(subject().storage.journal.claim('no-such-run', OWNERS.me), { code: 'not-found' });
      });
    });

    describe('release', () => {
      it('gives up ownership only with the current epoch', async () => {
        const runId = await newRun();
        const { journal } = subject().storage;
        await journal.release(runId, 2);
        assert.deepEqual((await journal.get(runId))?.owner, OWNERS.me);
        await journal.release(runId, 1);
        assert.equal((await journal.get(runId))?.owner, null);
        await journal.release('no-such-run', 1);
      });
    });

    describe('questions to people', () => {
      const asked = (taskId: string, key: string, attempt = 1): EntryDraft => ({
        kind: 'approval-asked',
        instanceId: `plan/${taskId}`,
        attempt,
        payload: { key, actionHash: `hash-${key}`, title: `Run ${key}`, details: ['in /work'], action: { run: key } },
      });
      const answered = (taskId: string, key: string): EntryDraft => ({
        kind: 'approval-answered',
        instanceId: `plan/${taskId}`,
        attempt: 1,
        payload: { key, actionHash: `hash-${key}`, approved: true },
      });
      const waiting = (taskId: string, change = {}) =>
        task(`plan/${taskId}`, { taskId, status: 'waiting', attempt: 1, ...change });
      const ask = async (...names: readonly string[]) => {
        const runId = await newRun();
        const entries = names.map((name) => asked(name, name));
        await subject().storage.journal.append(runId, 1, {
          entries,
          run: null,
          tasks: names.map((name) => waiting(name)),
        });
        return runId;
      };
      const open = async (runId: string) =>
        (await subject().other.journal.approvals(runId)).map(({ taskId }) => taskId);

      it('are listed for any process until the run has taken the answer', async () => {
        const runId = await ask('a', 'b');
        const { storage, other } = subject();
        const [first] = await other.journal.approvals(runId);
        const { askedAt, ...rest } = first ?? assert.fail();
        assert.match(askedAt, /^\d{4}-\d\d-\d\dT/);
        assert.deepEqual(rest, {
          runId,
          instanceId: 'plan/a',
          taskId: 'a',
          attempt: 1,
          key: 'a',
          actionHash: 'hash-a',
          title: 'Run a',
          details: ['in /work'],
          answer: null,
        });
        assert.ok((await other.journal.approvals(null)).some((one) => one.runId === runId));
        assert.equal(await other.journal.answer(runId, { instanceId: 'plan/a', actionHash: 'hash-a' }, false), false);
        assert.deepEqual(
          (await storage.journal.approvals(runId)).map(({ answer }) => answer),
          [false, null],
        );
        await storage.journal.append(runId, 1, write([answered('a', 'a')]));
        assert.deepEqual(await open(runId), ['b']);
      });

      it('take the first answer, whoever gives it, and none that nobody asked for', async () => {
        const runId = await ask('a');
        const { storage, other } = subject();
        const question = { instanceId: 'plan/a', actionHash: 'hash-a' };
        const both = await Promise.all([
          storage.journal.answer(runId, question, true),
          other.journal.answer(runId, question, false),
        ]);
        assert.equal(both[0], both[1]);
        for (const wrong of [
          { ...question, actionHash: 'other' },
          { ...question, instanceId: 'plan/b' },
        ]) {
          await assert.rejects(other.journal.answer(runId, wrong, true), { code: 'not-found' });
        }
        await assert.rejects(other.journal.answer('no-such-run', question, true), { code: 'not-found' });
      });

      it('are open no more once the attempt, the task or the run is over', async () => {
        const runId = await ask('a', 'b', 'c');
        const { journal } = subject().storage;
        const change = [waiting('a', { attempt: 2 }), waiting('b', { status: 'failed' })];
        await journal.append(runId, 1, { entries: [], run: null, tasks: change });
        assert.deepEqual(await open(runId), ['c']);
        await journal.append(runId, 1, { entries: [], run: { ...RUN, status: 'cancelled' }, tasks: [] });
        assert.deepEqual(await open(runId), []);
      });
    });

    describe('reading', () => {
      it('starts after a given entry', async () => {
        const runId = await newRun();
        const { journal } = subject().storage;
        await journal.append(runId, 1, write([outcome('a'), outcome('b')]));
        assert.deepEqual(
          (await journal.read(runId, 2)).map(({ seq }) => seq),
          [3],
        );
        assert.deepEqual(await journal.read(runId, 3), []);
        assert.deepEqual(await journal.read('no-such-run'), []);
      });

      it('lists runs newest first, in pages, with the total', async () => {
        const runs = [await newRun(), await newRun(), await newRun()];
        const { journal } = subject().other;
        const first = await journal.list({ limit: 2 });
        const second = await journal.list({ limit: 1, offset: 2 });
        assert.deepEqual(
          [...first.items, ...second.items].map(({ runId }) => runId),
          runs.reverse(),
        );
        assert.equal(first.total, (await journal.list({ limit: 1_000 })).items.length);
        assert.equal(await journal.get('no-such-run'), null);
        assert.deepEqual(await journal.tasks('no-such-run'), []);
      });
    });
  });
});
