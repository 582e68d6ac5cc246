/** How an {@link IdleBackup} works. */
export interface IdleBackupParts {
  /** Time without a request after which nobody waits for the next, ms. */
  readonly afterMs: number;
  isDue(): boolean;
  /** Makes it aside; never rejects. */
  make(): Promise<void>;
}

/** Begins the backup of the day when nothing has been asked for some time, so that no first answer of a day waits for it. */
export class IdleBackup {
  readonly #parts: IdleBackupParts;
  readonly #timer: NodeJS.Timeout;
  #making: Promise<void> | null = null;

  constructor(parts: IdleBackupParts) {
    this.#parts = parts;
    this.#timer = setTimeout(() => this.#begin(), parts.afterMs);
  }

  /** Something was asked for: the time begins again. */
  wait(): void {
    this.#timer.refresh();
  }

  /** Begins nothing more; resolves when what was begun has ended. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#making;
  }

  #begin(): void {
    if (this.#making !== null || !this.#parts.isDue()) return;
    this.#making = this.#parts.make().finally(() => {
      this.#making = null;
    });
  }
}
