/** A send time that the store has given. */
export interface Slot {
  /** On the monotonic clock, so that a step of the wall clock changes no wait. */
  readonly at: number;
  /** Epoch ms, by which the store knows it. */
  readonly planned: number;
}

/** The send times that a process has drawn and not used, and those that it will give back. */
export class DrawnSlots {
  /** Ascending. */
  #slots: Slot[] = [];
  #unused: number[] = [];

  get first(): Slot | null {
    return this.#slots[0] ?? null;
  }

  take(): Slot | null {
    return this.#slots.shift() ?? null;
  }

  keep(slot: Slot): void {
    const at = this.#slots.findLastIndex((other) => other.at <= slot.at);
    this.#slots.splice(at + 1, 0, slot);
  }

  giveBack(slot: Slot): void {
    this.#unused.push(slot.planned);
  }

  /** Gives back what lies before `end` on the monotonic clock; default: all. */
  giveBackBefore(end = Number.POSITIVE_INFINITY): void {
    while ((this.first?.at ?? Number.POSITIVE_INFINITY) < end) {
      const slot = this.take();
      if (slot) this.giveBack(slot);
    }
  }

  /** What goes back with the next draw, epoch ms. */
  takeUnused(): number[] {
    const unused = this.#unused;
    this.#unused = [];
    return unused;
  }
}
