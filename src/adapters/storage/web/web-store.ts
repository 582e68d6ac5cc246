import { EnsembleError } from '../../../core/errors.ts';
import type { Clock, RunOwner } from '../../../core/ports.ts';
import { isCorruption } from '../sqlite/sqlite-error.ts';
import type { OperationKind } from '../worker/operation.ts';
import type { OperationDatabase } from '../worker/operation-database.ts';
import { OPERATIONS } from '../worker/operations.ts';
import { prunePastScopes, settleAbandoned } from '../worker/quota-operations.ts';
import { toStorageError } from '../worker/storage-errors.ts';
import type { WindowLocks } from './browser-ports.ts';
import { type Generation, isSame, type StoredGeneration } from './generation.ts';
import type { Generations } from './generations.ts';
import type { MemoryDatabase } from './memory-database.ts';
import type { OpenInMemory } from './memory-sqlite.ts';
import { isDeletion, refusal, type WebLimits, type WebRequest } from './web-requests.ts';
import type { Presence } from './window-presence.ts';

const SAVE_LOCK = 'ensemble.save';

/** Room for ids between two milliseconds. */
const IDS_PER_MS = 1024;

/** What became of a request. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** A change that no file has yet. Another window may save first; then it is made again on top of that. */
export interface Change {
  readonly request: WebRequest;
  /** Ids that it gave out, and gives out again. */
  readonly ids: number[];
  outcome: Outcome;
}

/** What a store works with. */
export interface WebStoreParts {
  readonly open: OpenInMemory;
  readonly generations: Generations;
  readonly locks: WindowLocks;
  readonly presence: Presence;
  /** Identity of the window in what it writes: sixteen characters. */
  readonly writer: string;
  readonly owner: RunOwner;
  readonly clock: Clock;
  readonly limits: WebLimits;
  /** Told what the person should know. */
  notify(notice: string): void;
}

type AnyOperation = { readonly kind: OperationKind; run(context: object, ...args: readonly unknown[]): unknown };

/**
 * A database in memory and its saves. Changes are made in memory at once and stay on a list until a file has them. A save
 * that finds another window's newer one takes that first and makes the changes of the list again on it, so that neither
 * window's work is lost. Ids never change by that: windows draw them from the time.
 */
export class WebStore {
  readonly #parts: WebStoreParts;
  readonly #context: { readonly database: OperationDatabase; readonly owner: RunOwner };
  #database: MemoryDatabase;
  #base: Generation | null;
  #unsaved: Change[] = [];
  /** Ids of the change that is made again, to be given out again. */
  #again: number[] = [];
  #drawn: number[] = [];
  #lastId = 0;
  #queued: Promise<void> | null = null;
  #underWay: Promise<void> = Promise.resolve();

  /** Takes over `database`, which is that of the generation `base`; null: nothing is saved yet. */
  constructor(parts: WebStoreParts, database: MemoryDatabase, base: Generation | null) {
    this.#parts = parts;
    this.#database = database;
    this.#base = base;
    this.#context = { database: this.#view(), owner: parts.owner };
    database.transaction(() => {
      settleAbandoned(this.#context.database);
      prunePastScopes(this.#context.database, parts.clock.now());
    });
  }

  /** Whether the request changes anything, so that there is something to save after it. */
  isChange({ name }: WebRequest): boolean {
    return OPERATIONS[name].kind === 'write';
  }

  get database(): MemoryDatabase {
    return this.#database;
  }

  /** Executes a request. A change stays unsaved until the next save; its outcome may be another one by then. */
  execute(request: WebRequest): Change {
    const change: Change = { request, ids: [], outcome: { ok: true, value: undefined } };
    this.#make(change);
    if (change.outcome.ok && this.isChange(request)) {
      // The caller may change its arguments once it has the outcome.
      this.#unsaved.push(Object.assign(change, { request: structuredClone(request) }));
    }
    return change;
  }

  /** Saves what is unsaved now. Rejects with a storage error; it stays unsaved then. */
  save(): Promise<void> {
    if (this.#queued === null) {
      this.#queued = this.#inTurn(async () => {
        this.#queued = null;
        await this.#parts.locks.exclusively(SAVE_LOCK, () => this.#saveNow());
      });
    }
    return this.#queued;
  }

  /** Takes in what other windows have saved. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#parts.presence.refresh();
      await this.#catchUp();
    });
  }

  close(): void {
    this.#database.close();
  }

  /** One thing after the other that awaits files: a save must not find its own. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#underWay.then(work).catch((error: unknown) => {
      throw this.#storageError(error);
    });
    this.#underWay = done.catch(() => {});
    return done;
  }

  /** Browsers tell little more than a sentence; SQLite's errors have their own words. */
  #storageError(error: unknown): EnsembleError {
    const { location } = this.#parts.generations;
    const known = toStorageError(error, location, null);
    if (known instanceof EnsembleError) return known;
    const reason = error instanceof Error ? error.message : String(error);
    return new EnsembleError('storage-failed', `The files in ${location} cannot be used: ${reason}.`, {
      hint: 'Delete old history, or give the site more room in the browser.',
      cause: error,
    });
  }

  async #saveNow(): Promise<void> {
    if (this.#unsaved.length === 0) return;
    await this.#catchUp();
    // Nothing is awaited between these lines: what comes later is not among the saved.
    const saved = this.#unsaved.length;
    const bytes = this.#database.bytes();
    const { generations, writer, clock } = this.#parts;
    const next = { number: (this.#base?.number ?? 0) + 1, writer, at: clock.now() };
    await generations.write(next, bytes);
    this.#base = next;
    this.#unsaved.splice(0, saved);
  }

  async #catchUp(): Promise<void> {
    const { generations } = this.#parts;
    if (isSame(await generations.head(), this.#base)) return;
    for (const stored of (await generations.read()).whole) {
      if (isSame(stored, this.#base) || this.#moveTo(stored)) return;
    }
  }

  /** Makes the unsaved changes on another window's generation; false: that is malformed. */
  #moveTo(stored: StoredGeneration): boolean {
    const former = this.#database;
    try {
      this.#database = this.#parts.open(stored.database, this.#parts.generations.location);
    } catch (error) {
      if (isCorruption(error)) return false;
      throw error;
    }
    former.close();
    this.#base = stored;
    for (const change of this.#unsaved) this.#makeAgain(change);
    const refused = this.#unsaved.filter(({ outcome }) => !outcome.ok);
    this.#unsaved = this.#unsaved.filter(({ outcome }) => outcome.ok);
    if (refused.length > 0) this.#tell(refused);
    return true;
  }

  #tell(refused: readonly Change[]): void {
    const reasons = refused.map(({ outcome }) => (outcome.ok ? '' : String((outcome.error as Error).message)));
    this.#parts.notify(
      `Another window saved first, and ${refused.length} changes of this one do not fit any more: ${reasons[0] ?? ''}`,
    );
  }

  /** With its former ids, or, should the other window have drawn the very same, with new ones. */
  #makeAgain(change: Change): void {
    this.#make(change);
    if (change.outcome.ok || change.ids.length === 0) return;
    change.ids.length = 0;
    this.#make(change);
  }

  #make(change: Change): void {
    const { name, args } = change.request;
    // Name and arguments belong together by the type; the compiler cannot follow that through the lookup.
    const operation = OPERATIONS[name] as unknown as AnyOperation;
    const run = () => operation.run(this.#context, ...args);
    this.#again = [...change.ids];
    this.#drawn = [];
    try {
      const value = operation.kind === 'read' ? run() : this.#database.transaction(() => this.#withinLimits(name, run));
      if (isDeletion(name)) this.#database.compact();
      change.outcome = { ok: true, value };
    } catch (error) {
      change.outcome = { ok: false, error: toStorageError(error, this.#parts.generations.location, null) };
    }
    change.ids.splice(0, change.ids.length, ...this.#drawn);
  }

  #withinLimits(name: WebRequest['name'], run: () => unknown): unknown {
    const value = run();
    const reason = refusal(name, this.#database.size(), this.#parts.limits);
    if (reason) throw reason;
    return value;
  }

  /** The database of the moment, as operations see it. */
  #view(): OperationDatabase {
    return {
      file: this.#parts.generations.location,
      all: (sql, values) => this.#database.all(sql, values),
      get: (sql, values) => this.#database.get(sql, values),
      run: (sql, values) => this.#database.run(sql, values),
      size: () => this.#database.size(),
      isAlive: (owner) => this.#parts.presence.isAlive(owner),
      newId: () => this.#newId(),
    };
  }

  /** Grows with the time, so that lists by id are lists by time, and two windows hardly ever draw the same. */
  #newId(): number {
    const next = this.#parts.clock.now() * IDS_PER_MS + Math.floor(Math.random() * IDS_PER_MS);
    const id = this.#again.shift() ?? Math.max(next, this.#lastId + 1);
    this.#lastId = Math.max(id, this.#lastId);
    this.#drawn.push(id);
    return id;
  }
}
