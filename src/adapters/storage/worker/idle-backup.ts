import type { Due } from './backups.ts';

/** So many times the quiet time is waited for one. */
const PATIENCE = 10;

/** How an {@link IdleBackup} works. */
export interface IdleBackupParts {
  /** Time without a request after which it begins, ms; a window that asks every second gets it after ten times that. */
  readonly afterMs: number;
  due(): Due;
  /** Makes it aside; never rejects. */
  make(): Promise<void>;
}

/** Begins the backup of the day when nothing has been asked for some time, so that no first answer of a day waits for it. */
export class IdleBackup {
  readonly #parts: IdleBackupParts;
  readonly #timer: NodeJS.Timeout;
  #making: Promise<void> | null = null;
  /** When it is no longer waited for a quiet moment; null: it has begun since. */
  #latest: number | null = null;

  constructor(parts: IdleBackupParts) {
    this.#parts = parts;
    this.#timer = setTimeout(() => this.#begin(), parts.afterMs);
  }

  /** Something was asked for: the time begins again. */
  wait(): void {
    const now = performance.now();
    this.#latest ??= now + PATIENCE * this.#parts.afterMs;
    if (now < this.#latest) this.#timer.refresh();
  }

  /** Begins nothing more; resolves when what was begun has ended. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#making;
  }

  #begin(): void {
    this.#latest = null;
    if (this.#making !== null) return;
    const due = this.#parts.due();
    // What somebody else began may never be finished.
    if (due === 'later') this.#timer.refresh();
    if (due !== 'now') return;
    this.#making = this.#parts.make().finally(() => {
      this.#making = null;
    });
  }
}
