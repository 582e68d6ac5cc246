import type { EventBody } from '../events.ts';
import type { TaskSpec } from '../graph/types.ts';
import { type ApprovalAction, actionHashOf, type OpenApproval, QuestionKeys } from '../policy/approval.ts';
import type { ExecutionContext, TaskOutcome } from '../ports.ts';
import { taskEntry } from './entries.ts';
import type { EntryDraft } from './journal-entry.ts';
import { START_QUESTION, type TaskState } from './state.ts';

/** A question as an attempt asks it. */
export type AskedQuestion = Omit<OpenApproval, 'runId' | 'askedAt'>;

/** What questions need of their attempt. */
export interface QuestionHost {
  commit(drafts: readonly EntryDraft[]): Promise<void>;
  readonly waiting: ExecutionContext['waiting'];
  /** Throws once the attempt was aborted or is over. */
  fence(): void;
  /** Resolves with a person's answer; calls `nobody` when nobody here can answer now. */
  answerTo(question: AskedQuestion, nobody: () => void): Promise<boolean>;
  /** The attempt may have nothing left to do before somebody answers. */
  parked(): void;
  show(body: EventBody): void;
  /** The task's status is now `waiting`. */
  showWaiting(): void;
}

/** The questions that one attempt asks people. Each is asked and answered once, as far as the journal knows. */
export class TaskQuestions {
  readonly #task: TaskState;
  readonly #host: QuestionHost;
  readonly #keys = new QuestionKeys();
  #unanswerable = 0;

  constructor(task: TaskState, host: QuestionHost) {
    this.#task = task;
    this.#host = host;
  }

  /** Open questions that nobody here can answer. */
  get unanswerable(): number {
    return this.#unanswerable;
  }

  /** See {@link ExecutionContext.approve}. */
  ask(action: ApprovalAction): Promise<boolean> {
    return this.#ask(action, this.#keys.next(actionHashOf(action)));
  }

  /** Starts the task if that is allowed; whoever allowed it has allowed all of its attempts. */
  async ifAllowed(title: string, start: () => Promise<TaskOutcome>): Promise<TaskOutcome> {
    const { spec } = this.#task;
    return (await this.#ask(startOf(spec, title), START_QUESTION)) ? start() : refusedStart(spec);
  }

  async #ask(action: ApprovalAction, key: string): Promise<boolean> {
    const { title, details } = action;
    const actionHash = actionHashOf(action);
    const known = this.#task.questions?.get(key);
    const bound = known?.actionHash === actionHash ? known : undefined;
    if (bound !== undefined && bound.approved !== null) return bound.approved;
    if (bound === undefined) {
      const payload = { key, actionHash, title, details, action: action.action };
      await this.#host.commit([taskEntry(this.#task, { kind: 'approval-asked', payload })]);
    } else this.#showAgain(actionHash, title);
    this.#host.fence();
    const { instanceId, attempt, spec } = this.#task;
    const question = { instanceId, taskId: spec.id, attempt, key, actionHash, title, details };
    return this.#host.waiting(() => this.#answerTo(question));
  }

  /** Asked before the run was resumed: the journal has the question, those who listen now have not heard it. */
  #showAgain(actionHash: string, target: string): void {
    const { id: taskId, agent: agentName } = this.#task.spec;
    this.#host.show({ type: 'approval:asked', taskId, agentName, actionHash, target });
    this.#host.showWaiting();
  }

  async #answerTo(question: AskedQuestion): Promise<boolean> {
    let isCounted = false;
    const nobody = () => {
      isCounted = true;
      this.#unanswerable++;
      this.#host.parked();
    };
    try {
      const approved = await this.#host.answerTo(question, nobody);
      const { key, actionHash } = question;
      const payload = { key, actionHash, approved };
      await this.#host.commit([taskEntry(this.#task, { kind: 'approval-answered', payload })]);
      this.#host.fence();
      return approved;
    } finally {
      if (isCounted) this.#unanswerable--;
    }
  }
}

/** What a person allows who lets a task start: the same task with another agent or payload is another action. */
function startOf({ agent, description, payload }: TaskSpec, title: string): ApprovalAction {
  return { title, details: [`Task: ${description}`, `Agent: ${agent}`], action: payload };
}

/** The outcome of a task that nobody allowed to start. */
function refusedStart({ id, approval }: TaskSpec): TaskOutcome {
  const message = `Task "${id}" was not allowed: somebody answered "${approval}" with no.`;
  const error = { code: 'approval-refused' as const, message, hint: 'Start the run again to be asked again.' };
  return { status: 'failed', error, attempts: [], retryable: false };
}
