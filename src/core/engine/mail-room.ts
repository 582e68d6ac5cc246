/** Where the tasks of a run wait for messages and for one another: each looks again whenever something has changed. */
export class MailRoom {
  readonly #waiting = new Set<() => void>();

  /** Calls `look` with each change until the function that it returns is called. */
  watch(look: () => void): () => void {
    this.#waiting.add(look);
    return () => this.#waiting.delete(look);
  }

  /** A message was sent, or a task has ended. */
  changed(): void {
    if (this.#waiting.size > 0) for (const look of this.#waiting) look();
  }
}
