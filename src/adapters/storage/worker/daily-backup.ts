import { type Backups, DAY_MS, type Due } from './backups.ts';

/** Why there is no backup. */
export interface BackupFailure {
  readonly problem: string;
  /** The database itself is damaged. */
  readonly isDamage: boolean;
}

/** What the backup of the day is made of. */
export interface DailyBackupParts {
  readonly backups: Pick<Backups, 'due'>;
  /** When a file that is new was made, epoch ms; null: it was there before. */
  readonly madeAt: number | null;
  create(): void;
  /** Mends the database that turned out damaged. */
  mend(reason: string): void;
  /** Tells the person that there is no backup today. */
  notify(problem: string): void;
}

/** Whether today's backup is still to be made, and what becomes of one that fails: it is told once and not tried again. */
export class DailyBackup {
  readonly #parts: DailyBackupParts;
  #failed = false;

  constructor(parts: DailyBackupParts) {
    this.#parts = parts;
  }

  due(): Due {
    const { backups, madeAt } = this.#parts;
    const now = Date.now();
    if (this.#failed || (madeAt !== null && now - madeAt < DAY_MS)) return 'no';
    try {
      return backups.due(now);
    } catch (error) {
      this.failed({ problem: (error as Error).message, isDamage: false });
      return 'no';
    }
  }

  /**
   * Makes it in this thread, before the database is closed. Damage that shows is only told: it is mended in a session, where the
   * person can see what became of it.
   */
  makeAtEnd(): void {
    if (this.due() !== 'now') return;
    try {
      this.#parts.create();
    } catch (error) {
      this.failed({ problem: (error as Error).message, isDamage: false });
    }
  }

  /** It was tried, and failed. */
  failed({ problem, isDamage }: BackupFailure): void {
    this.#failed = true;
    if (isDamage) this.#parts.mend(problem);
    else this.#parts.notify(problem);
  }
}
