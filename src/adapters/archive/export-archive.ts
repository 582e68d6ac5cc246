import { UniqueNames } from '../../core/file-names.ts';
import type { ExportProgress, ExportReport } from '../../core/maintenance.ts';
import type { PromptDraft } from '../../core/prompts/prompt.ts';
import { formatPromptFile } from '../files/prompt-file.ts';
import type { ArchiveSource, ExportTable, Row } from './archive-source.ts';
import { type ArchiveTarget, checkTarget, toExportError } from './archive-target.ts';
import { indexPage, manifest } from './index-pages.ts';
import { jsonLine, valuesOf } from './json-tables.ts';
import { fileNamePart, monthOf, numbered } from './names.ts';
import { PartsWriter } from './parts.ts';
import { auditHead, auditLine, usageReport } from './reports.ts';
import { addStrayConversations, RunFiles } from './run-files.ts';
import { ZipWriter } from './zip-writer.ts';

/** Damaged rows that are named. */
const MOST_PROBLEMS = 1_000;
/** Tables that are read a second time, for the readable pages. */
const WITH_PAGES = ['audit', 'conversations', 'documents', 'prompts', 'runs'];

const ENDINGS: Readonly<Record<string, string>> = { markdown: '.md', json: '.json', text: '.txt' };

/** How it is written. */
export interface ArchiveOptions {
  readonly signal: AbortSignal;
  /** Hears of rows that were written; `total` counts those twice that are written twice. */
  readonly onProgress: (progress: Pick<ExportProgress, 'done' | 'total'>) => void;
}

/**
 * Writes everything that is kept into a zip file: each table as lines of JSON, and what people read as Markdown. Holds a row and a
 * chunk of a file at a time. The file is complete under its name as a part, or gone. `open` is called when it is certain that the
 * target can be written. Rejects as `Maintenance` says, and with the signal's reason.
 */
export async function exportArchive(
  open: () => ArchiveSource,
  target: ArchiveTarget,
  options: ArchiveOptions,
): Promise<ExportReport> {
  const { file, part } = target;
  checkTarget(target);
  let zip: ZipWriter | null = null;
  try {
    zip = new ZipWriter(part, new Date());
    const report = await new Archive(open(), zip, options).write();
    options.signal.throwIfAborted();
    return { ...report, file, sizeBytes: zip.finish() };
  } catch (error) {
    zip?.abandon();
    throw toExportError(error, file);
  }
}

/** One export on its way. */
class Archive {
  readonly #source: ArchiveSource;
  readonly #zip: ZipWriter;
  readonly #parts: PartsWriter;
  readonly #options: ArchiveOptions;
  readonly #rows = new Map<string, number>();
  readonly #problems: string[] = [];
  #done = 0;
  readonly #total: number;

  constructor(source: ArchiveSource, zip: ZipWriter, options: ArchiveOptions) {
    this.#source = source;
    this.#zip = zip;
    this.#parts = new PartsWriter(zip);
    this.#options = options;
    const passes = source.tables.map(({ name, rows }) => rows * (WITH_PAGES.includes(name) ? 2 : 1));
    this.#total = passes.reduce((sum, rows) => sum + rows, 0);
  }

  async write(): Promise<Omit<ExportReport, 'file' | 'sizeBytes'>> {
    const at = new Date().toISOString();
    const { tables } = this.#source;
    for (const table of tables) await this.#zip.add(`json/${table.name}.jsonl`, this.#lines(table));
    const onRow = () => this.#advance();
    const months = await new RunFiles(this.#parts, this.#source, onRow).write();
    const pages = {
      runs: months.reduce((sum, { files }) => sum + files, 0),
      conversations: await addStrayConversations(this.#parts, this.#source.conversationsWithoutRun(), onRow),
      documents: await this.#writeDocuments(),
      prompts: await this.#writePrompts(),
      audit: await this.#writeAudit(),
    };
    await this.#zip.add('usage.md', usageReport(this.#source.usageByMonth()));
    const facts = { at, tables, rows: this.#rows, months, pages, problems: this.#problems };
    await this.#zip.add('index.md', [indexPage(facts)]);
    await this.#zip.add('manifest.json', [manifest(facts)]);
    await this.#zip.add('SHA256SUMS', [...this.#zip.checksums]);
    return { files: this.#zip.entries, rows: Object.fromEntries(this.#rows), problems: this.#problems };
  }

  *#lines(table: ExportTable): Generator<string> {
    let rows = 0;
    for (const { row, isDamaged } of this.#source.rows(table)) {
      if (isDamaged && this.#problems.length < MOST_PROBLEMS)
        this.#problems.push(`The text of row ${row.id} of ${table.name} is damaged in the database.`);
      yield jsonLine(table.name, row);
      rows++;
      this.#advance();
    }
    this.#rows.set(table.name, rows);
  }

  /** Documents that were deleted, and can still be taken back, are in the table only. */
  async #writeDocuments(): Promise<number> {
    let files = 0;
    for (const row of this.#rowsOf('documents')) {
      if (row.deleted_at !== null) continue;
      await this.#zip.add(documentPath(row), [String(row.content)]);
      files++;
    }
    return files;
  }

  async #writePrompts(): Promise<number> {
    const names = new UniqueNames();
    let files = 0;
    for (const row of this.#rowsOf('prompts')) {
      const prompt = valuesOf('prompts', row) as unknown as Omit<PromptDraft, 'variables'>;
      const folder = prompt.category === '' ? '' : `${fileNamePart(prompt.category, 'other')}/`;
      const file = names.take(`prompts/${folder}${fileNamePart(prompt.name, 'prompt')}`, '.prompt.md');
      await this.#zip.add(file, [formatPromptFile({ ...prompt, description: prompt.description ?? '' }, true)]);
      files++;
    }
    return files;
  }

  #writeAudit(): Promise<number> {
    const rows = this.#rowsOf('audit');
    const pieces = function* () {
      for (const row of rows) yield { path: `audit/${monthOf(row.at)}`, text: auditLine(row), month: monthOf(row.at) };
    };
    return this.#parts.add(pieces(), { head: ({ month }) => auditHead(month) });
  }

  /** The rows of a table, for the readable pages. */
  *#rowsOf(name: string): Generator<Row> {
    const table = this.#source.tables.find((each) => each.name === name);
    if (table === undefined) return;
    for (const { row } of this.#source.rows(table)) {
      yield row;
      this.#advance();
    }
  }

  /** One more row is written. */
  #advance(): void {
    this.#options.signal.throwIfAborted();
    this.#done++;
    this.#options.onProgress({ done: this.#done, total: this.#total });
  }
}

function documentPath(row: Row): string {
  const ending = ENDINGS[String(row.format)] ?? '.txt';
  return `documents/${monthOf(row.created_at)}/${numbered(row.id)}-${fileNamePart(String(row.title), 'document')}${ending}`;
}
