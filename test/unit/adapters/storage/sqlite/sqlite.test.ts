import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import type { Connection } from '../../../../../src/adapters/storage/sqlite/connection.ts';
import { FileMutex } from '../../../../../src/adapters/storage/sqlite/file-mutex.ts';
import { loadSqlite, type Sqlite } from '../../../../../src/adapters/storage/sqlite/sqlite.ts';
import { SQLITE } from '../../../../../src/adapters/storage/sqlite/sqlite-error.ts';
import { temporaryFolder } from '../../../../contract/storage-implementations.ts';
import { sqliteForTests, WASM_FILE } from '../sqlite-for-tests.ts';

describe('Sqlite', () => {
  let sqlite: Sqlite;
  let folder = '';
  let file = '';
  let mutex: FileMutex;
  const connections: Connection[] = [];

  before(async () => {
    sqlite = await sqliteForTests();
  });
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, 'übung 1.db');
    mutex = new FileMutex(`${file}.lock`, currentOwner());
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
    mutex.close();
    fs.rmSync(folder, { recursive: true });
  });

  const open = (guard: FileMutex | null = mutex) => {
    const connection = sqlite.open(file, guard);
    connections.push(connection);
    connection.execute('PRAGMA journal_mode=TRUNCATE; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v)');
    return connection;
  };
  /** Runs `body` while one of Node's file functions is replaced. */
  const withFile = <Name extends 'writeSync' | 'linkSync'>(name: Name, fake: (typeof fs)[Name], body: () => void) => {
    const real = fs[name];
    fs[name] = fake;
    try {
      body();
    } finally {
      fs[name] = real;
    }
  };
  const failWith = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };

  it('writes to the real file, readable by its owner only', () => {
    open().run('INSERT INTO t (v) VALUES (?)', ['a text to be found in the file']);
    assert.ok(fs.readFileSync(file).includes('a text to be found in the file'));
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });

  it('gives values back as they went in', () => {
    const connection = open();
    const values = [1.5, 2 ** 40, -3, 'ä\u0000\ud83d\ude00', '', null, new Uint8Array([0, 255, 7])];
    for (const value of values) connection.run('INSERT INTO t (v) VALUES (?)', [value]);
    assert.deepEqual(
      connection.all('SELECT v FROM t ORDER BY id').map(({ v }) => v),
      values,
    );
  });

  it('hides its undo file from other programs', () => {
    const connection = open();
    connection.execute('BEGIN IMMEDIATE; INSERT INTO t (v) VALUES (1)');
    assert.equal(fs.existsSync(`${file}-undo`), true);
    assert.equal(fs.existsSync(`${file}-journal`), false);
    connection.execute('COMMIT');
    assert.equal(fs.statSync(`${file}-undo`).size, 0);
  });

  it('syncs the undo file and the database before a commit is reported', () => {
    const connection = open();
    const synced: string[] = [];
    const real = fs.fdatasyncSync;
    fs.fdatasyncSync = (descriptor) => {
      synced.push(path.basename(fs.readlinkSync(`/proc/self/fd/${descriptor}`)));
      real(descriptor);
    };
    try {
      connection.run('INSERT INTO t (v) VALUES (1)');
    } finally {
      fs.fdatasyncSync = real;
    }
    const base = path.basename(file);
    assert.ok(synced.indexOf(`${base}-undo`) < synced.indexOf(base));
    assert.equal(synced.at(-1), `${base}-undo`);
  });

  it('syncs the folder where the undo file is new in it, and not in every transaction', () => {
    let synced = 0;
    const real = fs.fsyncSync;
    fs.fsyncSync = (descriptor) => {
      synced++;
      real(descriptor);
    };
    const syncsOf = (body: () => void) => {
      const before = synced;
      body();
      return synced - before;
    };
    try {
      let connection: Connection | null = null;
      const insert = () => connection?.run('INSERT INTO t (v) VALUES (1)');
      assert.equal(
        syncsOf(() => {
          connection = open();
        }),
        1,
      );
      assert.deepEqual([syncsOf(insert), syncsOf(insert)], [0, 0]);
      fs.rmSync(`${file}-undo`);
      assert.deepEqual([syncsOf(insert), syncsOf(insert)], [1, 0]);
      fs.writeFileSync(`${file}-other`, '');
      fs.renameSync(`${file}-other`, `${file}-undo`);
      assert.deepEqual([syncsOf(insert), syncsOf(insert)], [1, 0]);
    } finally {
      fs.fsyncSync = real;
    }
  });

  it('holds the mutex for a transaction and no longer', () => {
    const connection = open();
    assert.equal(mutex.held, false);
    connection.execute('BEGIN IMMEDIATE');
    assert.equal(mutex.held, true);
    connection.execute('ROLLBACK');
    assert.equal(mutex.held, false);
    connection.all('SELECT * FROM t');
    assert.equal(mutex.held, false);
  });

  it('reports a lock that others keep as busy', () => {
    const connection = open();
    const other = new FileMutex(`${file}.lock`, currentOwner());
    other.acquire(0);
    assert.throws(() => connection.run('INSERT INTO t (v) VALUES (1)'), { name: 'SqliteError', code: SQLITE.BUSY });
    other.close();
    connection.run('INSERT INTO t (v) VALUES (1)');
  });

  it('refuses to write to a file that another took the place of', () => {
    const connection = open();
    fs.copyFileSync(file, `${file}.copy`);
    fs.renameSync(`${file}.copy`, file);
    assert.equal(sqlite.wasReplaced(file), false);
    assert.throws(() => connection.run('INSERT INTO t (v) VALUES (1)'), { code: SQLITE.IOERR });
    assert.equal(sqlite.wasReplaced(file), true);
    assert.notEqual(sqlite.inodeOf(file), fs.statSync(file, { bigint: true }).ino);
    assert.equal(mutex.held, false);
  });

  it('names the system call failure, and undoes the transaction', () => {
    const connection = open();
    connection.run('INSERT INTO t (v) VALUES (1)');
    withFile('writeSync', failWith('ENOSPC'), () => {
      assert.throws(() => connection.run('INSERT INTO t (v) VALUES (2)'), { code: SQLITE.FULL, systemCode: 'ENOSPC' });
    });
    withFile('linkSync', failWith('EACCES'), () => {
      assert.throws(() => connection.run('INSERT INTO t (v) VALUES (2)'), { code: SQLITE.IOERR, systemCode: 'EACCES' });
    });
    connection.run('INSERT INTO t (v) VALUES (3)');
    assert.deepEqual(
      connection.all('SELECT v FROM t').map(({ v }) => v),
      [1, 3],
    );
  });

  it('rolls back what a killed process left half-written', () => {
    const connection = open();
    connection.run('INSERT INTO t (v) VALUES (1)');
    // Killed in the middle of writing pages: the database and its undo file stay as they are at that moment.
    const image: Record<string, Buffer> = {};
    const real = fs.writeSync;
    const copyThenWrite = (...part: Parameters<typeof fs.writeSync>) => {
      for (const name of [file, `${file}-undo`]) if (fs.existsSync(name)) image[name] = fs.readFileSync(name);
      return real(...part);
    };
    withFile('writeSync', copyThenWrite as typeof fs.writeSync, () =>
      connection.run("UPDATE t SET v = 'x' WHERE id = 1"),
    );
    connections.pop()?.close();
    for (const [name, bytes] of Object.entries(image)) fs.writeFileSync(name, bytes);
    assert.ok((image[`${file}-undo`]?.length ?? 0) > 0);
    assert.deepEqual(open().all('SELECT v FROM t'), [{ v: 1 }]);
  });

  it('copies a database into a new file', () => {
    const connection = open();
    connection.run('INSERT INTO t (v) VALUES (?)', ['x'.repeat(100_000)]);
    sqlite.copy(connection, path.join(folder, 'copy.db'));
    const copy = sqlite.open(path.join(folder, 'copy.db'), null);
    assert.deepEqual(copy.get('SELECT length(v) AS length FROM t'), { length: 100_000 });
    assert.deepEqual(copy.get('PRAGMA integrity_check'), { integrity_check: 'ok' });
    copy.close();
  });

  it('copies in pieces what others write between them, as it is in the end', () => {
    const target = path.join(folder, 'copy.db');
    const connection = open();
    const insert = (on: Pick<Connection, 'execute'>) => on.execute('INSERT INTO t (v) VALUES (randomblob(20000))');
    for (let row = 0; row < 20; row++) insert(connection);
    const held: boolean[] = [];
    let pieces = 0;
    const pause = () => {
      held.push(mutex.held);
      pieces++;
      if (pieces % 2 === 1) return insert(connection);
      if (pieces > 8) return;
      const other = new DatabaseSync(file);
      insert({ execute: (sql) => other.exec(sql) });
      other.close();
    };
    sqlite.copy(connection, target, { pages: 10, pause });
    assert.ok(pieces > 10, `${pieces}`);
    assert.ok(!held.includes(true), 'others can have the lock');
    const copy = sqlite.open(target, null);
    assert.deepEqual(copy.get('PRAGMA integrity_check'), { integrity_check: 'ok' });
    const rows = 'SELECT count(*) AS n, sum(length(v)) AS bytes FROM t';
    assert.deepEqual(copy.get(rows), connection.get(rows));
    copy.close();
  });

  it('comes to an end with a copy in pieces, however often another process writes', () => {
    const target = path.join(folder, 'copy.db');
    const connection = open();
    for (let row = 0; row < 20; row++) connection.execute('INSERT INTO t (v) VALUES (randomblob(20000))');
    let pieces = 0;
    const pause = () => {
      pieces++;
      const other = new DatabaseSync(file);
      other.exec('INSERT INTO t (v) VALUES (1)');
      other.close();
    };
    sqlite.copy(connection, target, { pages: 10, pause });
    const copy = sqlite.open(target, null);
    assert.deepEqual(copy.get('SELECT count(*) AS n FROM t'), { n: 20 + pieces });
    copy.close();
  });

  it('cannot open a folder or a file in none', () => {
    assert.throws(() => sqlite.open(folder, null), { code: SQLITE.CANTOPEN });
    assert.throws(() => sqlite.open(path.join(folder, 'none', 'x.db'), null), { code: 'ENOENT' });
  });

  it('keeps a failed statement usable', () => {
    const connection = open();
    const insert = 'INSERT INTO t (id) VALUES (?)';
    connection.run(insert, [1]);
    assert.throws(() => connection.run(insert, [1]), { code: SQLITE.CONSTRAINT });
    connection.run(insert, [2]);
    assert.equal(connection.all('SELECT id FROM t').length, 2);
  });

  it('is loaded once per thread', async () => {
    await assert.rejects(loadSqlite(WASM_FILE, 0), /loaded in this thread before/);
  });
});
