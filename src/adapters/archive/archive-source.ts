import type { TaskProjection } from '../../core/engine/journal-entry.ts';
import type { ConversationSummary } from '../../core/history/history.ts';
import type { Json } from '../../core/json.ts';
import type { Page, UsagePeriod } from '../../core/ports.ts';
import type { Row, SqlValue } from '../storage/sqlite/connection.ts';
import type { ExportPage, ExportTable } from '../storage/worker/export-operations.ts';

export type { ExportTable, Row };

/** Where an archive reads from. Every call is short, so that others can work on the database meanwhile. */
export interface ArchiveSource {
  tables(): Promise<readonly ExportTable[]>;
  rows(table: ExportTable, after: readonly SqlValue[] | null): Promise<ExportPage>;
  tasks(runId: string): Promise<readonly TaskProjection[]>;
  findings(runId: string): Promise<readonly Json[]>;
  conversationsOf(runId: string, limit: number): Promise<Page<ConversationSummary>>;
  usageByMonth(): Promise<readonly UsagePeriod[]>;
}

/** A row that was read, and whether its text is what was written. */
export interface ReadRow {
  readonly row: Row;
  readonly isDamaged: boolean;
}

/** Reads tables row by row, telling `onRows` how many have been read, until the signal stops it. */
export class TableReader {
  readonly source: ArchiveSource;
  readonly #signal: AbortSignal;
  readonly #onRows: (count: number) => void;

  constructor(source: ArchiveSource, signal: AbortSignal, onRows: (count: number) => void) {
    this.source = source;
    this.#signal = signal;
    this.#onRows = onRows;
  }

  /** Pages of a table; holds one at a time. */
  async *pages(table: ExportTable): AsyncGenerator<readonly ReadRow[]> {
    for (let after: readonly SqlValue[] | null = null; ; ) {
      this.#signal.throwIfAborted();
      const page: ExportPage = await this.source.rows(table, after);
      const damaged = new Set(page.damaged);
      yield page.rows.map((row, index) => ({ row, isDamaged: damaged.has(index) }));
      this.#onRows(page.rows.length);
      if (page.next === null) return;
      after = page.next;
    }
  }

  async *rows(table: ExportTable): AsyncGenerator<ReadRow> {
    for await (const page of this.pages(table)) yield* page;
  }
}
