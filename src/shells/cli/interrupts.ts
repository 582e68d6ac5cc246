import { cancelledError } from '../../core/errors.ts';
import { EXIT } from './exit-codes.ts';
import type { CliHost } from './host.ts';

/**
 * Requests to stop, as contracts.md has it: the first one stops a run orderly, so that it can be resumed; the second one,
 * or any while no run is on, ends the process at once.
 */
export class Interrupts {
  readonly #controller = new AbortController();
  readonly #host: Pick<CliHost, 'exit'>;
  readonly #forget: () => void;
  #armed = false;
  #beforeExit: () => void = () => {};
  #onFirst: () => void = () => {};

  constructor(host: Pick<CliHost, 'exit' | 'onStopRequest'>) {
    this.#host = host;
    this.#forget = host.onStopRequest(() => this.#request());
  }

  /** True once an orderly stop was asked for. */
  get requested(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Aborted by an orderly stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on the first request is orderly. `onFirst` tells the person; `beforeExit` repairs the terminal. */
  arm(onFirst: () => void, beforeExit: () => void): AbortSignal {
    this.#armed = true;
    this.#onFirst = onFirst;
    this.#beforeExit = beforeExit;
    return this.signal;
  }

  /** Stops listening. */
  dispose(): void {
    this.#forget();
  }

  #request(): void {
    if (this.#armed && !this.requested) {
      this.#onFirst();
      this.#controller.abort(cancelledError());
      return;
    }
    this.#beforeExit();
    this.#host.exit(EXIT.cancelled);
  }
}
