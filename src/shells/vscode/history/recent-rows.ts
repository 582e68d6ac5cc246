/**
 * The rows that were read last, at most `limit` of them: a view shows more, but asks for a row only when it draws it. What is not
 * there any more is read again by its id.
 */
export class RecentRows<Row> {
  readonly #limit: number;
  readonly #rows = new Map<string, Row>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Rows held now. */
  get size(): number {
    return this.#rows.size;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  add(id: string, row: Row): void {
    this.#rows.delete(id);
    this.#rows.set(id, row);
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= this.#limit) return;
      this.#rows.delete(oldest);
    }
  }

  clear(): void {
    this.#rows.clear();
  }
}
