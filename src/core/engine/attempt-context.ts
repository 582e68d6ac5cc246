import type { ExecutionContext, TaskMail } from '../ports.ts';

/** What the executor sees of its attempt; it may take it apart. Each function is made when it is asked for. */
export class AttemptContext implements ExecutionContext {
  readonly #attempt: Required<ExecutionContext>;

  constructor(attempt: Required<ExecutionContext>) {
    this.#attempt = attempt;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get effect(): ExecutionContext['effect'] {
    return (key, detail, perform) => this.#attempt.effect(key, detail, perform);
  }

  get interruptions(): NonNullable<ExecutionContext['interruptions']> {
    return (key) => this.#attempt.interruptions(key);
  }

  get approve(): ExecutionContext['approve'] {
    return (action) => this.#attempt.approve(action);
  }

  get waiting(): ExecutionContext['waiting'] {
    return (work) => this.#attempt.waiting(work);
  }

  get delta(): ExecutionContext['delta'] {
    return (text, reset) => this.#attempt.delta(text, reset);
  }

  get notify(): ExecutionContext['notify'] {
    return (note) => this.#attempt.notify(note);
  }

  get mail(): TaskMail {
    return this.#attempt.mail;
  }

  get spawn(): NonNullable<ExecutionContext['spawn']> {
    return (make) => this.#attempt.spawn(make);
  }
}
