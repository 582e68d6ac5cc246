import type { Engine } from './engine/engine.ts';
import type { OpenApproval } from './policy/approval.ts';
import type { Clock, RunJournal } from './ports.ts';

/** How often, and how long at most, an answer waits for its run to take it, ms. */
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 3_000;

/** What became of an answer. */
export interface AnsweredApproval {
  /** The answer that counts: somebody else may have been faster. */
  readonly approved: boolean;
  /** True: nobody runs the run now, so that it has to be resumed to go on. */
  readonly needsResume: boolean;
}

/** The questions of runs to people, of this process and of all others on the database. */
export class Approvals {
  readonly #journal: RunJournal;
  readonly #engine: Pick<Engine, 'lookForAnswers'>;
  readonly #clock: Clock;

  constructor(journal: RunJournal, engine: Pick<Engine, 'lookForAnswers'>, clock: Clock) {
    this.#journal = journal;
    this.#engine = engine;
    this.#clock = clock;
  }

  /** What waits for a person, oldest first; null: in any run. */
  async open(runId: string | null = null): Promise<readonly OpenApproval[]> {
    return (await this.#journal.approvals(runId)).filter(({ answer }) => answer === null);
  }

  /**
   * Answers a question, in whichever process its run is, and waits a moment for the run to take the answer. Rejects `not-found` where
   * the question is not open any more.
   */
  async answer(
    question: Pick<OpenApproval, 'runId' | 'instanceId' | 'actionHash'>,
    approved: boolean,
  ): Promise<AnsweredApproval> {
    const { runId } = question;
    const holds = await this.#journal.answer(runId, question, approved);
    this.#engine.lookForAnswers(runId);
    return { approved: holds, needsResume: await this.#needsResume(question) };
  }

  /** The run may be about to be suspended: it has not seen the answer then, and somebody has to resume it. */
  async #needsResume({ runId, instanceId, actionHash }: Pick<OpenApproval, 'runId' | 'instanceId' | 'actionHash'>) {
    const until = this.#clock.monotonic() + PATIENCE_MS;
    for (;;) {
      const waiting = await this.#journal.approvals(runId);
      if (!waiting.some((one) => one.instanceId === instanceId && one.actionHash === actionHash)) return false;
      const record = await this.#journal.get(runId);
      if (record === null || record.owner === null) return record !== null;
      if (this.#clock.monotonic() >= until) return false;
      await this.#clock.sleep(LOOK_EVERY_MS);
    }
  }
}
