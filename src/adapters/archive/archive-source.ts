import type { TaskProjection } from '../../core/engine/journal-entry.ts';
import type { Json } from '../../core/json.ts';
import type { UsagePeriod } from '../../core/ports.ts';
import type { Row } from '../storage/sqlite/connection.ts';

export type { Row };

/** A table of the database. */
export interface ExportTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Columns of the primary key: the order of the rows. */
  readonly key: readonly string[];
}

/** A row that was read, and whether its text is not what was written. */
export interface ReadRow {
  readonly row: Row;
  readonly isDamaged: boolean;
}

/** Where an archive reads from: a database that does not change meanwhile. Rows come one by one; none are held. */
export interface ArchiveSource {
  /** The tables that hold what people would miss. */
  readonly tables: readonly ExportTable[];
  /** All rows of a table in the order of its key. */
  rows(table: ExportTable): Iterable<ReadRow>;
  /** Runs in the order in which they began. */
  runs(): Iterable<Row>;
  tasks(runId: string): readonly TaskProjection[];
  findings(runId: string): readonly Json[];
  /** The calls of a run in their order. */
  conversationsOf(runId: string): Iterable<ReadRow>;
  /** Calls whose run is not there, in the order in which they began. */
  conversationsWithoutRun(): Iterable<ReadRow>;
  usageByMonth(): readonly UsagePeriod[];
}
