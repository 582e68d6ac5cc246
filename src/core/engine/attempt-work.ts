import { EnsembleError } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { ApprovalAction } from '../policy/approval.ts';
import type { ExecutionContext, ExecutionNote, SpawnedTask, TaskMail, TaskOutcome } from '../ports.ts';
import type { Attempt, Work } from './attempt.ts';
import { AttemptWaits } from './attempt-waits.ts';
import { taskEntry } from './entries.ts';
import type { ShownText } from './shown-text.ts';
import type { MailScope } from './task-mail.ts';
import type { TaskQuestions } from './task-questions.ts';

/**
 * What an executor may do in its attempt. All of it is fenced: once the attempt was aborted (time-out, stop, lost run) or is over,
 * what a late executor does is refused and changes nothing.
 */
export class AttemptWork implements Work, Required<ExecutionContext> {
  readonly #attempt: Attempt;
  readonly #waits: AttemptWaits;
  #text: ShownText | null = null;
  #mail: TaskMail | null = null;
  #questions: TaskQuestions | null = null;
  /** Times that it waits for tasks below it. */
  #spawning = 0;
  /** Keys of the effects so far. */
  readonly #keys = new Set<string>();
  /** Effects that are being performed. */
  #performing = 0;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
    this.#waits = new AttemptWaits(attempt);
  }

  end(): boolean {
    this.#text?.end();
    return this.#waits.giveSlotBack();
  }

  get isParked(): boolean {
    const open = this.#questions?.unanswerable ?? 0;
    return open > 0 && open === this.#waits.count && this.#performing === 0;
  }

  get waitsForChildren(): boolean {
    return this.#spawning > 0 && this.#spawning === this.#waits.count && this.#performing === 0;
  }

  /** Does a task that somebody has to allow, once it is allowed. */
  ifAllowed(title: string, start: () => Promise<TaskOutcome>): Promise<TaskOutcome> {
    return this.#asking().ifAllowed(title, start);
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  async effect<T extends Json>(key: string, detail: Json, perform: () => Promise<T>): Promise<T> {
    const attempt = this.#attempt;
    const { task, host, limits } = attempt;
    attempt.fence();
    if (this.#keys.has(key)) throw new EnsembleError('internal', `The effect "${key}" was used twice in one attempt.`);
    this.#keys.add(key);
    const known = task.outcomes?.get(key);
    if (known !== undefined) return known as T;
    // Durable first. It is refused when another process owns the run, so this is also the check before the effect.
    await host.commit([taskEntry(task, { kind: 'effect-intent', payload: { key, detail } })]);
    attempt.fence();
    let result: T;
    limits?.sign();
    this.#performing++;
    try {
      result = await perform();
    } finally {
      this.#performing--;
      limits?.sign();
    }
    attempt.fenceOutcome();
    await host.commit([taskEntry(task, { kind: 'effect-outcome', payload: { key, result } })]);
    attempt.fence();
    return result;
  }

  interruptions(key: string): number {
    const { intents, outcomes } = this.#attempt.task;
    return (intents?.get(key) ?? 0) - (outcomes?.has(key) ? 1 : 0);
  }

  async approve(action: ApprovalAction): Promise<boolean> {
    this.#attempt.fence();
    return this.#asking().ask(action);
  }

  waiting<T>(work: () => Promise<T>): Promise<T> {
    return this.#waits.during(work);
  }

  delta(text: string, reset: boolean): void {
    this.#attempt.limits?.sign();
    if (!this.#attempt.isOver) this.#shownText().add(text, reset);
  }

  notify(note: ExecutionNote): void {
    const { limits, isOver, host, task } = this.#attempt;
    limits?.sign();
    if (isOver) return;
    if (note.type === 'retry') this.#shownText().replace(note.reason, note.account);
    else host.show(eventOfNote(task.spec, note));
  }

  get mail(): TaskMail {
    const { host, task } = this.#attempt;
    this.#mail ??= host.teamwork.mail(host.mail, task, this.#scope());
    return this.#mail;
  }

  async spawn(make: () => Promise<readonly TaskSpec[]>): Promise<readonly SpawnedTask[]> {
    const { host, task } = this.#attempt;
    this.#spawning++;
    try {
      return await host.teamwork.spawn(host.mail, task, this.#scope(), make);
    } finally {
      this.#spawning--;
    }
  }

  #scope(): MailScope {
    return {
      signal: this.signal,
      effect: (key, detail, perform) => this.effect(key, detail, perform),
      waiting: (work) => this.waiting(work),
      fence: () => this.#attempt.fence(),
    };
  }

  /** Made with the first question: most tasks have none. */
  #asking(): TaskQuestions {
    const { host, task } = this.#attempt;
    this.#questions ??= host.teamwork.questions(task, {
      commit: (drafts) => host.commit(drafts),
      waiting: (work) => this.waiting(work),
      fence: () => this.#attempt.fence(),
      answerTo: (question, nobody) => host.answerTo(question, this.signal, nobody),
      parked: () => host.parked(),
      show: (body) => host.show(body),
      showWaiting: () => host.showWaiting(task, true),
    });
    return this.#questions;
  }

  #shownText(): ShownText {
    const { host, task } = this.#attempt;
    const { clock, show, teamwork } = host;
    this.#text ??= teamwork.text({ clock, taskId: task.spec.id, attempt: task.attempt, show });
    return this.#text;
  }
}

function eventOfNote(
  { id: taskId, agent: agentName }: TaskSpec,
  note: Exclude<ExecutionNote, { readonly type: 'retry' }>,
): EventBody {
  switch (note.type) {
    case 'invoke': {
      const { account, model, maxTokens } = note;
      return { type: 'agent:invoke', taskId, agentName, model, maxTokens, account };
    }
    case 'cooldown':
      return { type: 'account:cooldown', account: note.account, cause: note.cause, until: note.until };
    case 'budget-refused':
      return { type: 'budget:refused', scope: note.scope, reason: note.reason };
    case 'notice':
      return { type: 'notice', message: note.message };
  }
}
