import { type ErrorInfo, toErrorInfo } from '../../../core/errors.ts';
import type { Sqlite } from '../sqlite/sqlite.ts';
import { isCorruption } from '../sqlite/sqlite-error.ts';
import type { BackupFailure, DailyBackup } from './daily-backup.ts';
import { Database, type DatabaseOptions, TransactionLost } from './database.ts';
import { FILE_OPERATIONS, type Request } from './file-operations.ts';
import type { FileContext, Operation, OperationKind } from './operation.ts';
import { prunePastScopes, settleAbandoned } from './quota-operations.ts';
import { toStorageError } from './storage-errors.ts';

/** What became of one request, in the order of the requests. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorInfo };

type AnyOperation = Operation<readonly unknown[], unknown>;

/**
 * Executes batches of requests on the database. All requests of a batch share one transaction (group commit); each write
 * has its own savepoint, so that one that fails, such as an append to a lost run, hurts no other. Replies may be given out
 * only after `execute` has returned: then everything is committed and synced.
 */
export class StorageServer {
  readonly #context: FileContext;
  readonly #notices: string[];
  #hasWritten = false;

  /** Use {@link openServer}. */
  constructor(context: FileContext, notices: string[]) {
    this.#context = context;
    this.#notices = notices;
  }

  execute(requests: readonly Request[]): Reply[] {
    return inGroups(requests).flatMap(({ kind, members }) =>
      kind === 'alone'
        ? members.map((request) => this.#attempt(() => this.#run(request)))
        : this.#runTogether(kind, members),
    );
  }

  /** Charges what crashed processes had reserved and forgets old budgets. Can wait when the disk is full or locked. */
  tidy(): void {
    const { database } = this.#context;
    this.#attempt(() =>
      database.transaction('write', () => {
        settleAbandoned(database);
        prunePastScopes(database, Date.now());
      }),
    );
  }

  /** Things the person should know, each given out once. */
  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  /** The backup of the day, which can wait until nothing else is asked for. */
  get dailyBackup(): DailyBackup {
    return this.#context.database.dailyBackup;
  }

  /** The backup of the day could not be made; a damaged database is mended. */
  backupFailed(failure: BackupFailure): void {
    this.#attempt(() => this.dailyBackup.failed(failure));
  }

  /** Whether something was asked to be written. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** Closes the database; `withBackup`: makes today's backup before, where it is missing. */
  close(withBackup: boolean): void {
    const { database } = this.#context;
    if (withBackup) database.dailyBackup.makeAtEnd();
    database.close();
  }

  #runTogether(kind: 'read' | 'write', requests: readonly Request[]): Reply[] {
    const { database } = this.#context;
    if (kind === 'write') this.#hasWritten = true;
    const outcome = this.#attempt(() =>
      database.transaction(kind, () => requests.map((request) => this.#runOne(request))),
    );
    return outcome.ok ? outcome.value : requests.map(() => outcome);
  }

  /** A failure of the request itself is its reply; one of the database fails the whole transaction. */
  #runOne(request: Request): Reply {
    const { database } = this.#context;
    try {
      const isWrite = FILE_OPERATIONS[request.name].kind === 'write';
      const value = isWrite ? database.savepoint(() => this.#run(request)) : this.#run(request);
      return { ok: true, value };
    } catch (error) {
      if (error instanceof TransactionLost || isCorruption(error) || isEngineFailure(error)) throw error;
      return this.#failure(error);
    }
  }

  #run({ name, args }: Request): unknown {
    // Name and arguments belong together by the type Request; the compiler cannot follow that through the lookup.
    const operation = FILE_OPERATIONS[name] as unknown as AnyOperation;
    return operation.run(this.#context, ...args);
  }

  #attempt<T>(
    body: () => T,
  ): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorInfo } {
    try {
      return { ok: true, value: body() };
    } catch (error) {
      // The WebAssembly module is beyond repair after a trap: the thread ends, the client reports it.
      if (isEngineFailure(error)) throw error;
      const cause = error instanceof TransactionLost ? error.cause : error;
      if (isCorruption(cause)) this.#context.database.mend((cause as Error).message);
      return this.#failure(cause);
    }
  }

  #failure(error: unknown): { readonly ok: false; readonly error: ErrorInfo } {
    const { database } = this.#context;
    return { ok: false, error: toErrorInfo(toStorageError(error, database.file, database.lockHolder())) };
  }
}

/** Opens the database and tidies what crashed processes left. Throws an EnsembleError. */
export function openServer(sqlite: Sqlite, options: DatabaseOptions): StorageServer {
  const notices: string[] = [];
  try {
    const database = new Database(sqlite, options, (notice) => notices.push(notice));
    const server = new StorageServer({ database, owner: options.owner }, notices);
    server.tidy();
    return server;
  } catch (error) {
    throw toStorageError(error, options.file, null);
  }
}

/** Neighbours of a transaction's kinds run together: with one write among them, all are in its transaction. */
function inGroups(requests: readonly Request[]): { kind: OperationKind; members: Request[] }[] {
  const groups: { kind: OperationKind; members: Request[] }[] = [];
  for (const request of requests) {
    const { kind } = FILE_OPERATIONS[request.name];
    const group = groups.at(-1);
    if (group === undefined || kind === 'alone' || group.kind === 'alone') groups.push({ kind, members: [request] });
    else {
      group.members.push(request);
      if (kind === 'write') group.kind = 'write';
    }
  }
  return groups;
}

/** A trap or abort inside the WebAssembly module. */
function isEngineFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}
