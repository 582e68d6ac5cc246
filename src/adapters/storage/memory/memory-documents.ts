import type { DocumentRecord, Stores } from '../../../core/ports.ts';
import { copyOf } from './copy-of.ts';

type Documents = Stores['documents'];

/** Documents that live as long as their object. */
export class MemoryDocuments implements Documents {
  #rows: DocumentRecord[] = [];
  #lastId = 0;

  /** Newest first. */
  get rows(): readonly DocumentRecord[] {
    return this.#rows.toReversed();
  }

  /** Keeps what `keeps` says yes to. */
  prune(keeps: (row: DocumentRecord) => boolean): void {
    this.#rows = this.#rows.filter(keeps);
  }

  async save(row: Parameters<Documents['save']>[0]): Promise<number> {
    this.#lastId += 1;
    this.#rows.push({ ...copyOf(row), id: this.#lastId, createdAt: new Date().toISOString() });
    return this.#lastId;
  }

  async list({ limit, offset = 0 }: Parameters<Documents['list']>[0]) {
    return { items: copyOf(this.rows.slice(offset, offset + limit)), total: this.#rows.length };
  }

  async get(id: number): Promise<DocumentRecord | null> {
    return copyOf(this.#rows.find((row) => row.id === id) ?? null);
  }
}
