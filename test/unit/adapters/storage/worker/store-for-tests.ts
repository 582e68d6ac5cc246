import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import type { Sqlite } from '../../../../../src/adapters/storage/sqlite/sqlite.ts';
import type {
  Arguments,
  OperationName,
  Request,
  Result,
} from '../../../../../src/adapters/storage/worker/file-operations.ts';
import { openServer, type Reply, type StorageServer } from '../../../../../src/adapters/storage/worker/server.ts';
import { FIRST, outcome, write } from '../../../../contract/journal-samples.ts';
import { temporaryFolder } from '../../../../contract/storage-implementations.ts';
import { sqliteForTests } from '../sqlite-for-tests.ts';

/** A folder with one database and the servers on it, in the thread of the test. */
export class StoreForTests {
  readonly folder = temporaryFolder();
  readonly file = path.join(this.folder, 'store', 'test.db');
  readonly sqlite: Sqlite;
  #server: StorageServer | null = null;

  constructor(sqlite: Sqlite) {
    this.sqlite = sqlite;
  }

  open(): StorageServer {
    this.close();
    this.#server = openServer(this.sqlite, { file: this.file, owner: currentOwner(), busyMs: 50 });
    return this.#server;
  }

  close(): void {
    this.#server?.close(true);
    this.#server = null;
  }

  remove(): void {
    this.close();
    fs.rmSync(this.folder, { recursive: true });
  }

  get server(): StorageServer {
    return this.#server ?? this.open();
  }

  /** One request in a batch of its own; throws what the reply says. */
  call<Name extends OperationName>(name: Name, ...args: Arguments<Name>): Result<Name> {
    const [reply] = this.server.execute([request(name, ...args)]);
    if (!reply?.ok) throw Object.assign(new Error(reply?.error.message), reply?.error);
    return reply.value as Result<Name>;
  }

  /** A run with `count` further entries, each an append of its own. */
  addRun(runId: string, count = 0): void {
    this.call('createRun', runId, currentOwner(), FIRST);
    this.append(runId, count);
  }

  append(runId: string, count: number): void {
    const changes = Array.from({ length: count }, (_, index) => write([outcome(`${index}`)]));
    this.server.execute(changes.map((change) => request('appendToRun', runId, 1, change)));
  }

  /** What another program's SQLite sees while nothing of ours is open. */
  inspect(sql: string): Record<string, unknown>[] {
    this.close();
    const database = new DatabaseSync(this.file);
    try {
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    } finally {
      database.close();
    }
  }

  /** Changes the closed database by SQL, also where another program would not be allowed to. */
  alter(sql: string): void {
    this.close();
    const connection = this.sqlite.open(this.file, null);
    connection.execute(sql);
    connection.close();
  }

  /** Changes the bytes of the closed database. */
  damage(change: (bytes: Buffer) => Buffer): void {
    this.close();
    fs.writeFileSync(this.file, change(fs.readFileSync(this.file)));
  }

  /** Names of what lies beside the database, its quarantine folders as `damaged`. */
  neighbours(): string[] {
    const names = fs.readdirSync(path.dirname(this.file)).map((name) => name.replace('test.db', ''));
    return names.map((name) => name.replace(/^\.damaged-.*/, '.damaged')).sort();
  }

  backups(): string[] {
    const folder = `${this.file}.backups`;
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  }

  /** Makes all backups look `days` days older. */
  ageBackups(days: number): void {
    for (const name of this.backups()) {
      const file = path.join(`${this.file}.backups`, name);
      const time = new Date(Date.now() - days * 86_400_000);
      fs.utimesSync(file, time, time);
    }
  }
}

/** Within a `describe`: gives `prepare` a store of its own before each test, and removes it after the test. */
export function storeForEach(prepare: (store: StoreForTests) => void): void {
  let store: StoreForTests;
  beforeEach(async () => {
    store = new StoreForTests(await sqliteForTests());
    prepare(store);
  });
  afterEach(() => store.remove());
}

export function request<Name extends OperationName>(name: Name, ...args: Arguments<Name>): Request {
  return { name, args } as unknown as Request;
}

export function errorCodes(replies: readonly Reply[]): (string | null)[] {
  return replies.map((reply) => (reply.ok ? null : reply.error.code));
}
