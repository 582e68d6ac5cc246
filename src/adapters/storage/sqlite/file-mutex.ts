import fs from 'node:fs';
import path from 'node:path';
import type { RunOwner } from '../../../core/ports.ts';
import { isAlive } from '../process-identity.ts';

/** First and longest pause between two attempts to take the lock, ms. */
const FIRST_PAUSE_MS = 0.2;
const LONGEST_PAUSE_MS = 8;

/** Breakers of breakers that are themselves dead are followed this far. */
const MAX_BREAK_DEPTH = 5;

/** File systems without hard links (exFAT, some network shares) answer with one of these. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** What a lock file says; `unreadable` owners count as alive. */
type Holder = RunOwner | 'unreadable' | null;

/**
 * One mutex over all processes: whoever creates `file` holds it. The file is made by link(2) from a file that already
 * holds the owner's identity, so it never exists without content. Only an owner that is provably dead is pushed aside:
 * the breaker first wins `<file>.break.<dead nonce>`, then reads the lock again, so that a slow breaker can never remove
 * the lock of a successor. Not reentrant; blocks the thread while it waits, so use it in a worker.
 */
export class FileMutex {
  readonly file: string;
  readonly #owner: RunOwner;
  readonly #identity: string;
  #held = false;

  /** Throws the file system's error where the folder is not writable. */
  constructor(file: string, owner: RunOwner) {
    this.file = file;
    this.#owner = owner;
    this.#identity = `${file}.${owner.pid}.${owner.nonce}`;
    fs.writeFileSync(this.#identity, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
    this.#sweep();
  }

  get held(): boolean {
    return this.#held;
  }

  /** Takes the lock, waiting up to `timeoutMs`; false: somebody else had it all the time. */
  acquire(timeoutMs: number): boolean {
    const end = performance.now() + timeoutMs;
    for (let pause = FIRST_PAUSE_MS; !this.#tryAcquire(); pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      if (performance.now() > end) return false;
      sleep(pause * (0.5 + Math.random()));
    }
    return true;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    try {
      fs.unlinkSync(this.file);
    } catch (error) {
      // A person may have deleted it.
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }

  /** Who holds the lock now, for messages. */
  holder(): RunOwner | null {
    const holder = readHolder(this.file);
    return holder === 'unreadable' ? null : holder;
  }

  /** Gives the lock back and removes this owner's file. */
  close(): void {
    this.release();
    fs.rmSync(this.#identity, { force: true });
  }

  #tryAcquire(): boolean {
    if (this.#create(this.file)) {
      this.#held = true;
      return true;
    }
    this.#breakIfDead(this.file, 0);
    return false;
  }

  /** Creates `target` with our identity in it, atomically; false when it exists. */
  #create(target: string): boolean {
    try {
      fs.linkSync(this.#identity, target);
      return true;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') return false;
      if (code === 'ENOENT') {
        // Somebody tidied the folder; without the folder itself this throws.
        fs.writeFileSync(this.#identity, JSON.stringify(this.#owner), { mode: 0o600 });
        return this.#create(target);
      }
      if (NO_HARD_LINKS.has(code)) return this.#createExclusively(target);
      throw error;
    }
  }

  #createExclusively(target: string): boolean {
    try {
      fs.writeFileSync(target, JSON.stringify(this.#owner), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  #breakIfDead(file: string, depth: number): void {
    const holder = readHolder(file);
    if (holder === null || holder === 'unreadable' || holder.nonce === this.#owner.nonce) return;
    if (isAlive(holder) !== false) return;
    const right = `${this.file}.break.${holder.nonce}`;
    if (!this.#create(right)) {
      if (depth < MAX_BREAK_DEPTH) this.#breakIfDead(right, depth + 1);
      return;
    }
    try {
      const present = readHolder(file);
      if (present !== null && present !== 'unreadable' && present.nonce === holder.nonce) fs.unlinkSync(file);
    } finally {
      fs.rmSync(right, { force: true });
    }
  }

  /** Removes identity files of processes that are gone. The lock itself and `.break.` files have their own protocol. */
  #sweep(): void {
    const folder = path.dirname(this.file);
    const prefix = `${path.basename(this.file)}.`;
    for (const name of fs.readdirSync(folder)) {
      if (!name.startsWith(prefix) || name.startsWith(`${prefix}break.`)) continue;
      const file = path.join(folder, name);
      const owner = readHolder(file);
      if (owner !== null && owner !== 'unreadable' && isAlive(owner) === false) fs.rmSync(file, { force: true });
    }
  }
}

/**
 * Removes the lock of a thread of this process that ended without giving it back: to others its process still lives.
 * Call it only when that thread is certainly gone.
 */
export function releaseAbandonedLock(file: string, owner: RunOwner): void {
  const holder = readHolder(file);
  if (holder !== null && holder !== 'unreadable' && holder.nonce === owner.nonce) fs.rmSync(file, { force: true });
  fs.rmSync(`${file}.${owner.pid}.${owner.nonce}`, { force: true });
}

/** All who have announced themselves beside the lock `file`: those that use it, and those that died without a farewell. */
export function ownersAt(file: string): RunOwner[] {
  const folder = path.dirname(file);
  const prefix = `${path.basename(file)}.`;
  const names = fs.readdirSync(folder).filter((name) => name.startsWith(prefix) && !name.startsWith(`${prefix}break.`));
  const owners = names.map((name) => readHolder(path.join(folder, name)));
  return owners.filter((owner) => owner !== null && owner !== 'unreadable');
}

function readHolder(file: string): Holder {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return isOwner(value) ? value : 'unreadable';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? null : 'unreadable';
  }
}

function isOwner(value: unknown): value is RunOwner {
  if (typeof value !== 'object' || value === null) return false;
  const { host, pid, startTime, nonce } = value as Record<string, unknown>;
  return (
    typeof host === 'string' && typeof pid === 'number' && typeof startTime === 'string' && typeof nonce === 'string'
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const waiting = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  Atomics.wait(waiting, 0, 0, ms);
}
