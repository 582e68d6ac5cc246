import { sha256Hex } from '../hash.ts';
import type { Json } from '../json.ts';

/** Something that only happens once a person has allowed it. */
export interface ApprovalAction {
  /** What is about to happen, one line: `Run npm test`. */
  readonly title: string;
  /** What the person needs to know to decide, plain lines, one fact each. */
  readonly details: readonly string[];
  /** The exact action, such as program, arguments and folder. */
  readonly action: Json;
}

/** A question of a run that waits for a person, as it is stored. */
export interface OpenApproval {
  readonly runId: string;
  readonly instanceId: string;
  readonly taskId: string;
  readonly attempt: number;
  /** Name of the question within its attempt. */
  readonly key: string;
  readonly actionHash: string;
  readonly title: string;
  readonly details: readonly string[];
  /** ISO-8601 UTC. */
  readonly askedAt: string;
}

/** An open question and its answer, which the run has not taken yet; null: nobody has answered. */
export interface ApprovalRecord extends OpenApproval {
  readonly answer: boolean | null;
}

/**
 * What an answer binds: all of what the person saw and of what will be done. Another argument, folder or word is another action,
 * for which nobody has given leave.
 */
export function actionHashOf({ title, details, action }: ApprovalAction): string {
  return sha256Hex(JSON.stringify([title, details, action]));
}

/**
 * Names of the questions of one attempt. They follow from the actions, so that an attempt that goes on after a crash finds its
 * answers, in whatever order its tools ask; the same action asked for twice is two questions.
 */
export class QuestionKeys {
  readonly #asked = new Map<string, number>();

  next(actionHash: string): string {
    const count = (this.#asked.get(actionHash) ?? 0) + 1;
    this.#asked.set(actionHash, count);
    const short = actionHash.slice(0, 16);
    return count === 1 ? short : `${short}#${count}`;
  }
}
