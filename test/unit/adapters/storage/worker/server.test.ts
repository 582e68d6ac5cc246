import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { openServer } from '../../../../../src/adapters/storage/worker/server.ts';
import { FIRST, outcome, RUN, task, write } from '../../../../contract/journal-samples.ts';
import { errorCodes, request, type StoreForTests, storeForEach } from './store-for-tests.ts';

describe('StorageServer', () => {
  let store: StoreForTests;
  storeForEach((fresh) => {
    store = fresh;
  });

  /** How often the database file itself is synced while `body` runs. */
  const commits = (body: () => void): number => {
    let count = 0;
    const real = fs.fdatasyncSync;
    const inode = fs.statSync(store.file).ino;
    fs.fdatasyncSync = (descriptor) => {
      if (fs.fstatSync(descriptor).ino === inode) count += 1;
      real(descriptor);
    };
    try {
      body();
    } finally {
      fs.fdatasyncSync = real;
    }
    return count;
  };

  /** Runs `body` while the n-th write and all after it fail. */
  const onFullDisk = (allowed: number, body: () => void) => {
    const real = fs.writeSync;
    let writes = 0;
    const fake = (...part: Parameters<typeof fs.writeSync>) => {
      writes += 1;
      if (writes > allowed) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      return real(...part);
    };
    fs.writeSync = fake as typeof fs.writeSync;
    try {
      body();
    } finally {
      fs.writeSync = real;
    }
    return writes;
  };

  describe('a batch', () => {
    it('is one commit, whatever it holds', () => {
      store.addRun('r');
      const appends = Array.from({ length: 40 }, (_, index) =>
        request('appendToRun', 'r', 1, write([outcome(`${index}`)])),
      );
      assert.equal(
        commits(() => store.server.execute(appends)),
        1,
      );
      assert.equal(store.call('readJournal', 'r', 0).length, 41);
    });

    it('writes nothing when it only reads', () => {
      store.addRun('r');
      const reads = [request('readJournal', 'r', 0), request('readStats'), request('readTasks', 'r')];
      assert.equal(
        commits(() => store.server.execute(reads)),
        0,
      );
    });

    it('lets reads see the writes before them', () => {
      store.addRun('r');
      const append = request('appendToRun', 'r', 1, write([outcome('a')]));
      const replies = store.server.execute([
        append,
        request('readJournal', 'r', 1),
        append,
        request('readJournal', 'r', 1),
      ]);
      const lengths = replies.flatMap((reply) => (reply.ok && Array.isArray(reply.value) ? [reply.value.length] : []));
      assert.deepEqual(lengths, [1, 2]);
    });

    it('undoes what failed and nothing else', () => {
      store.addRun('r');
      const change = write([outcome('x', 'y'.repeat(9_000))], { run: { ...RUN, failed: 1 }, tasks: [task('late')] });
      const replies = store.server.execute([
        request('appendToRun', 'r', 1, write([outcome('a')])),
        request('appendToRun', 'r', 2, change),
        request('createRun', 'r', currentOwner(), FIRST),
        request('finishConversation', 7, { response: '', status: '', tokens: 0, costUSD: 0, model: '', account: '' }),
        request('appendToRun', 'r', 1, write([outcome('b')])),
      ]);
      assert.deepEqual(errorCodes(replies), [null, 'run-lost', 'invalid-input', 'not-found', null]);
      assert.deepEqual(
        store.call('readJournal', 'r', 0).map(({ seq }) => seq),
        [1, 2, 3],
      );
      assert.equal(store.call('readRun', 'r')?.failed, 0);
      assert.deepEqual(store.inspect('SELECT count(*) AS n FROM blobs'), [{ n: 0 }]);
    });

    it('survives a request that is a bug', () => {
      store.addRun('r');
      const cyclic: Record<string, unknown> = {};
      cyclic.self = cyclic;
      const replies = store.server.execute([
        request('recordAudit', 'a', 's', cyclic as never),
        request('recordAudit', 'b', 's', null),
      ]);
      assert.deepEqual(errorCodes(replies), ['internal', null]);
      assert.equal(store.call('hasAudit', 'a', 's'), false);
      assert.equal(store.call('hasAudit', 'b', 's'), true);
    });

    it('fails as a whole when the disk is full, at whichever write, and the next one succeeds', () => {
      store.addRun('r');
      const batch = [1, 2, 3].map((n) => request('appendToRun', 'r', 1, write([outcome(`${n}`, 'z'.repeat(20_000))])));
      let allowed = 0;
      for (let failed = true; failed; allowed++) {
        const before = store.call('readJournal', 'r', 0).length;
        onFullDisk(allowed, () => {
          const codes = errorCodes(store.server.execute(batch));
          failed = codes.every((code) => code === 'storage-failed');
          assert.ok(failed || codes.every((code) => code === null), String(codes));
        });
        assert.equal(store.call('readJournal', 'r', 0).length, failed ? before : before + 3);
      }
      assert.ok(allowed > 3);
      assert.deepEqual(store.inspect('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    });
  });

  describe('errors', () => {
    it('says how long the disk has been full: not at all once there is room', () => {
      store.addRun('r');
      onFullDisk(0, () => {
        const [reply] = store.server.execute([request('recordAudit', 'a', 's', null)]);
        assert.ok(reply && !reply.ok);
        assert.match(reply.error.message, /disk is full/);
        assert.match(reply.error.hint ?? '', /space/);
      });
      store.call('recordAudit', 'a', 's', null);
    });

    it('names the process that keeps the lock', () => {
      store.addRun('r');
      const holder = { ...currentOwner(), host: 'somewhere.1/boot/1' };
      fs.writeFileSync(`${store.file}.lock`, JSON.stringify(holder));
      const replies = store.server.execute([request('readStats'), request('readRun', 'r')]);
      fs.rmSync(`${store.file}.lock`);
      assert.deepEqual(errorCodes(replies), ['storage-locked', 'storage-locked']);
      const [reply] = replies;
      assert.ok(reply && !reply.ok);
      assert.match(reply.error.message, new RegExp(`process ${process.pid} on somewhere`));
      assert.match(reply.error.hint ?? '', /test\.db\.lock/);
    });

    it('counts an owner that cannot be read as alive, and says what a person can do', () => {
      store.addRun('r');
      for (const content of ['', '{"pid":', 'x'.repeat(10_000)]) {
        fs.writeFileSync(`${store.file}.lock`, content);
        const [reply] = store.server.execute([request('recordAudit', 'a', 's', null)]);
        assert.equal(fs.readFileSync(`${store.file}.lock`, 'utf8'), content);
        fs.rmSync(`${store.file}.lock`);
        assert.ok(reply && !reply.ok);
        assert.equal(reply.error.code, 'storage-locked');
        assert.match(reply.error.message, /locked by another process/);
        assert.match(reply.error.hint ?? '', /certainly no longer runs, delete .*test\.db\.lock/);
      }
      store.call('recordAudit', 'a', 's', null);
    });

    it('tells a folder that cannot be written from a lock', function () {
      if (process.getuid?.() !== 0 && process.platform === 'win32') this.skip();
      const folder = path.join(store.folder, 'read-only');
      fs.mkdirSync(folder, { mode: 0o555 });
      fs.chmodSync(store.folder, 0o755);
      // Root may write everywhere, so it steps down for this moment.
      const isRoot = process.getuid?.() === 0;
      if (isRoot) process.seteuid?.(65_534);
      try {
        const options = { file: path.join(folder, 'x.db'), owner: currentOwner(), busyMs: 50 };
        assert.throws(() => openServer(store.sqlite, options), {
          code: 'storage-failed',
          message: /permission denied/,
          hint: /writable/,
        });
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  });

  describe('reservations', () => {
    it('of a process that died stay charged, and nobody waits for them', () => {
      const line = { scope: 'run:x', limit: 10, amount: 6 };
      const dead = { ...currentOwner(), pid: spawnSync(process.execPath, ['--version']).pid };
      const crashed = openServer(store.sqlite, { file: store.file, owner: dead, busyMs: 50 });
      crashed.execute([request('reserve', [line])]);
      crashed.close(true);
      assert.deepEqual(store.call('budgetUsage', ['run:x']), { 'run:x': { spent: 6, reserved: 0 } });
      assert.deepEqual(store.call('reserve', [line]), {
        granted: false,
        scope: 'run:x',
        limit: 10,
        used: 6,
        mayFree: false,
      });
    });

    it('of a process that dies while we run are found when they stand in the way', () => {
      const line = { scope: 'run:x', limit: 10, amount: 6 };
      store.open();
      store.call('reserve', [line]);
      store.call('readStats');
      const dead = { ...currentOwner(), pid: spawnSync(process.execPath, ['--version']).pid };
      store.inspect(`UPDATE reservations SET owner = '${JSON.stringify(dead)}'`);
      store.open();
      assert.deepEqual(store.call('reserve', [{ ...line, amount: 4 }]).granted, true);
      assert.deepEqual(store.call('budgetUsage', ['run:x']), { 'run:x': { spent: 6, reserved: 4 } });
    });

    it('of days long past are forgotten, those of runs are not', () => {
      const scopes = ['day:2020-01-01', 'account-month:a:2020-01', 'run:old'];
      for (const scope of scopes) {
        const reservation = store.call('reserve', [{ scope, limit: 10, amount: 6 }]);
        assert.ok(reservation.granted);
        store.call('settle', reservation.reservationId, {});
      }
      store.inspect("UPDATE budgets SET updated_at = '2020-03-05T00:00:00.000Z'");
      assert.deepEqual(
        Object.values(store.call('budgetUsage', scopes)).map(({ spent }) => spent),
        [0, 0, 6],
      );
    });
  });
});
