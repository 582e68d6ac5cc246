import type { ApprovalRecord, OpenApproval } from '../policy/approval.ts';
import type { Approver, Clock, RunJournal } from '../ports.ts';

/** How often a run looks for answers that came from elsewhere while it waits for one, ms. */
const LOOK_EVERY_MS = 500;

/** What a desk works with. */
export interface ApprovalDeskParts {
  readonly runId: string;
  /** Null: the run is not kept, so that only somebody here can answer. */
  readonly journal: Pick<RunJournal, 'approvals' | 'answer'> | null;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Asks somebody here; null: nobody is. */
  readonly ask: NonNullable<Approver['askDuring']> | null;
}

interface Waiting {
  readonly question: OpenApproval;
  readonly resolve: (approved: boolean) => void;
}

/**
 * Where a run waits for people. Answers come from somebody here or from any other process through the journal; the first one
 * counts, also where two people answer at once.
 */
export class ApprovalDesk {
  readonly #parts: ApprovalDeskParts;
  readonly #waiting = new Set<Waiting>();
  #looking: Promise<void> | null = null;
  /** Ends the pause between two looks; null: nobody looks. */
  #pause: AbortController | null = null;

  constructor(parts: ApprovalDeskParts) {
    this.#parts = parts;
  }

  /**
   * Resolves with the answer to a question that the journal has. `nobody` is called once when nobody here can answer now. Rejects
   * with the signal's reason.
   */
  answerTo(question: OpenApproval, signal: AbortSignal, nobody: () => void): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const asking = new AbortController();
      const end = () => {
        this.#waiting.delete(waiting);
        if (this.#waiting.size === 0) this.#pause?.abort();
        signal.removeEventListener('abort', abort);
        asking.abort(signal.reason);
      };
      const abort = () => {
        end();
        reject(signal.reason);
      };
      const waiting: Waiting = {
        question,
        resolve: (approved) => {
          end();
          resolve(approved);
        },
      };
      signal.addEventListener('abort', abort);
      this.#waiting.add(waiting);
      this.#ask(waiting, asking.signal, nobody).catch((error: unknown) => {
        if (!this.#waiting.has(waiting)) return;
        end();
        reject(error);
      });
    });
  }

  /** Looks for answers from elsewhere now. */
  look(): Promise<void> {
    this.#looking ??= this.#takeAnswers().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #ask(waiting: Waiting, signal: AbortSignal, nobody: () => void): Promise<void> {
    const { journal, ask } = this.#parts;
    // It may have been answered while nobody owned the run.
    await this.look();
    if (!this.#waiting.has(waiting)) return;
    if (journal !== null) void this.#watch();
    const answer = ask === null ? null : await ask(waiting.question, signal);
    if (!this.#waiting.has(waiting)) return;
    if (answer !== null) waiting.resolve(await this.#record(waiting.question, answer));
    else if (journal === null) waiting.resolve(false);
    else nobody();
  }

  /** Somebody elsewhere may have been faster. */
  async #record({ runId, instanceId, actionHash }: OpenApproval, approved: boolean): Promise<boolean> {
    const { journal } = this.#parts;
    return journal === null ? approved : journal.answer(runId, { instanceId, actionHash }, approved);
  }

  async #watch(): Promise<void> {
    if (this.#pause !== null) return;
    this.#pause = new AbortController();
    while (this.#waiting.size > 0) {
      // A pause that was ended, or a look that failed: the condition decides, or the next look.
      await this.#parts.clock.sleep(LOOK_EVERY_MS, this.#pause.signal).catch(() => undefined);
      if (this.#waiting.size > 0) await this.look().catch(() => undefined);
      if (this.#pause.signal.aborted) this.#pause = new AbortController();
    }
    this.#pause = null;
  }

  async #takeAnswers(): Promise<void> {
    const records = (await this.#parts.journal?.approvals(this.#parts.runId)) ?? [];
    const byName = new Map(records.map((record) => [nameOf(record), record.answer]));
    for (const { question, resolve } of [...this.#waiting]) {
      const answer = byName.get(nameOf(question)) ?? null;
      if (answer !== null) resolve(answer);
    }
  }
}

function nameOf({ instanceId, attempt, key, actionHash }: OpenApproval | ApprovalRecord): string {
  return JSON.stringify([instanceId, attempt, key, actionHash]);
}
