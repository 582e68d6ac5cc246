import type { AgentMessage, MessageListener } from './types.ts';

/** Taken places at the front of the queue from which on it is worth closing the gap. */
const MIN_GAP = 1_024;

const SOON = Promise.resolve();

/** What waits for one agent, in order, until it is taken or a listener gets it. Each message leaves it once. */
export class Mailbox {
  readonly #onFailure: (error: unknown, message: AgentMessage) => void;
  #messages: AgentMessage[] = [];
  /** Index of the first message that still waits; removing it from the array itself would cost its whole length. */
  #first = 0;
  #listener: MessageListener | null = null;
  #isDelivering = false;
  /** What the listener is at work on. */
  #delivering: AgentMessage | null = null;

  constructor(onFailure: (error: unknown, message: AgentMessage) => void) {
    this.#onFailure = onFailure;
  }

  get hasListener(): boolean {
    return this.#listener !== null;
  }

  put(message: AgentMessage): void {
    this.#messages.push(message);
    this.#deliver();
  }

  takeAll(): readonly AgentMessage[] {
    const taken = this.#first === 0 ? this.#messages : this.#messages.slice(this.#first);
    this.#messages = [];
    this.#first = 0;
    return taken;
  }

  /** Null: messages wait again. */
  listen(listener: MessageListener | null): void {
    this.#listener = listener;
    this.#deliver();
  }

  #deliver(): void {
    if (this.#listener === null || this.#isDelivering || this.#first === this.#messages.length) return;
    this.#isDelivering = true;
    void SOON.then(this.#deliverAll); // never inside of the sender's call
  }

  // Callbacks instead of an async function: most deliveries are of one message, and this is half of their cost.
  readonly #deliverAll = (): void => {
    for (let listener = this.#listener; listener !== null; listener = this.#listener) {
      const message = this.#next();
      if (message === null) break;
      this.#delivering = message;
      try {
        const working = listener(message);
        if (working) {
          working.then(this.#deliverAll, this.#failed);
          return;
        }
      } catch (error) {
        this.#onFailure(error, message);
      }
    }
    this.#delivering = null;
    this.#isDelivering = false;
  };

  readonly #failed = (error: unknown): void => {
    if (this.#delivering !== null) this.#onFailure(error, this.#delivering);
    this.#deliverAll();
  };

  #next(): AgentMessage | null {
    const message = this.#messages[this.#first];
    if (message === undefined) return null;
    this.#first += 1;
    if (this.#first === this.#messages.length) {
      this.#messages.length = 0;
      this.#first = 0;
    } else if (this.#first >= MIN_GAP && this.#first * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#first);
      this.#first = 0;
    }
    return message;
  }
}
