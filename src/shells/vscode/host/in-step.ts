import { type Lazy, lazy } from './lazy.ts';

/** What an {@link InStep} is made of. */
export interface InStepParts<T> {
  /** Makes the value on first use. A failed attempt is forgotten, so that the next use tries again. */
  open(): Promise<T>;
  /** Reads what changed and takes it over into the value; null: it is not open yet. */
  follow(value: T | null): Promise<void>;
  /** Told why a change could not be taken over; the next one is tried all the same. */
  onError(error: unknown): void;
}

/**
 * A value that is opened late and follows something that changes: changes are taken over one after the other, and one that
 * comes while the value is being opened is not lost.
 */
export class InStep<T> {
  readonly #parts: InStepParts<T>;
  readonly #value: Lazy<T>;
  #opened: T | null = null;
  #changes = 0;
  #following: Promise<void> = Promise.resolve();

  constructor(parts: InStepParts<T>) {
    this.#parts = parts;
    this.#value = lazy(async () => {
      const before = this.#changes;
      this.#opened = await parts.open();
      if (this.#changes > before) this.changed();
      return this.#opened;
    });
  }

  /** The value, once it is open. */
  get opened(): T | null {
    return this.#opened;
  }

  /** Opens the value, and brings it up to the last change that was told. Rejects as the opening does. */
  async open(): Promise<T> {
    const value = await this.#value();
    await this.#following;
    return value;
  }

  /** The value if anybody has asked for it and it could be opened; null otherwise. */
  started(): Promise<T | null> {
    return this.#value.started();
  }

  /** Says that something changed. */
  changed(): void {
    this.#changes++;
    this.#following = this.#following
      .then(() => this.#parts.follow(this.#opened))
      .catch((error: unknown) => this.#parts.onError(error));
  }

  /** Resolves once the last change has been taken over. */
  settled(): Promise<void> {
    return this.#following;
  }
}
