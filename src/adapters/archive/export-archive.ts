import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';
import { UniqueNames } from '../../core/file-names.ts';
import type { ExportOptions, ExportReport } from '../../core/maintenance.ts';
import type { PromptDraft } from '../../core/prompts/prompt.ts';
import { formatPromptFile } from '../files/prompt-file.ts';
import { type ArchiveSource, type ExportTable, type ReadRow, type Row, TableReader } from './archive-source.ts';
import { conversationPage, conversationPath } from './conversation-page.ts';
import { indexPage, manifest } from './index-pages.ts';
import { jsonArray, valuesOf } from './json-tables.ts';
import { fileNamePart, monthOf, numbered } from './names.ts';
import { auditReport, usageReport } from './reports.ts';
import { runPage, runPath } from './run-page.ts';
import { ZipWriter } from './zip-writer.ts';

/** Conversations that the page of a run links to. */
const MOST_LINKS = 500;
/** Damaged rows that are named. */
const MOST_PROBLEMS = 1_000;
/** Tables that are read a second time, for the readable pages. */
const WITH_PAGES = ['conversations', 'documents', 'prompts', 'runs', 'audit'];

const ENDINGS: Readonly<Record<string, string>> = { markdown: '.md', json: '.json', text: '.txt' };

/**
 * Writes everything that is kept into a zip file: each table as JSON, and what people read as Markdown. Rows are read and
 * written one page at a time. The file appears complete or not at all. Rejects as {@link ExportOptions} and `Maintenance` say.
 */
export async function exportArchive(
  source: ArchiveSource,
  target: string,
  options: ExportOptions = {},
): Promise<ExportReport> {
  await checkTarget(target, options.replace ?? false);
  const zip = new ZipWriter(target, new Date());
  try {
    const report = await new Archive(source, zip, options).write();
    options.signal?.throwIfAborted();
    await zip.finish();
    return { ...report, file: target, sizeBytes: (await stat(target)).size };
  } catch (error) {
    await zip.abandon();
    throw toExportError(error, target);
  }
}

/** One export on its way. */
class Archive {
  readonly #zip: ZipWriter;
  readonly #reader: TableReader;
  readonly #at = new Date().toISOString();
  readonly #rows = new Map<string, number>();
  readonly #pages = new Map<string, number>();
  readonly #problems: string[] = [];
  readonly #onProgress: ExportOptions['onProgress'];
  #tables: readonly ExportTable[] = [];
  #done = 0;
  #total = 0;

  constructor(source: ArchiveSource, zip: ZipWriter, { signal, onProgress }: ExportOptions) {
    this.#zip = zip;
    this.#onProgress = onProgress;
    this.#reader = new TableReader(source, signal ?? new AbortController().signal, (rows) => this.#advance(rows));
  }

  async write(): Promise<Omit<ExportReport, 'file' | 'sizeBytes'>> {
    this.#tables = await this.#reader.source.tables();
    for (const { name, rows } of this.#tables) this.#total += rows * (WITH_PAGES.includes(name) ? 2 : 1);
    for (const table of this.#tables) await this.#writeJson(table);
    await this.#writePages('conversations', async ({ row, isDamaged }) => {
      const path = conversationPath({ id: row.id, type: row.type, at: row.created_at });
      await this.#zip.add(path, [conversationPage(row, isDamaged)]);
    });
    await this.#writePages('documents', ({ row }) => this.#zip.add(documentPath(row), [String(row.content)]));
    await this.#writePrompts();
    await this.#writePages('runs', ({ row }) => this.#writeRun(row));
    await this.#zip.add('usage.md', usageReport(await this.#reader.source.usageByMonth()));
    const audit = this.#table('audit');
    if (audit) await this.#zip.add('audit.md', auditReport(this.#reader.pages(audit)));
    const tables = this.#tables;
    const facts = { at: this.#at, tables, rows: this.#rows, pages: this.#pages, problems: this.#problems };
    await this.#zip.add('index.md', [indexPage(facts)]);
    await this.#zip.add('manifest.json', [manifest(facts)]);
    await this.#zip.add('SHA256SUMS', [this.#zip.checksums]);
    return { files: this.#zip.entries, rows: Object.fromEntries(this.#rows), problems: this.#problems };
  }

  async #writeJson(table: ExportTable): Promise<void> {
    let rows = 0;
    const onRow = ({ row, isDamaged }: ReadRow) => {
      rows++;
      if (isDamaged && this.#problems.length < MOST_PROBLEMS)
        this.#problems.push(`The text of row ${row.id} of ${table.name} is damaged in the database.`);
    };
    await this.#zip.add(`json/${table.name}.json`, jsonArray(table, this.#reader.pages(table), onRow));
    this.#rows.set(table.name, rows);
  }

  async #writePages(name: string, write: (read: ReadRow) => Promise<void>): Promise<void> {
    let files = 0;
    const table = this.#table(name);
    if (table) {
      for await (const read of this.#reader.rows(table)) {
        await write(read);
        files++;
      }
    }
    this.#pages.set(name, files);
  }

  async #writePrompts(): Promise<void> {
    const names = new UniqueNames();
    await this.#writePages('prompts', ({ row }) => {
      const prompt = valuesOf('prompts', row) as unknown as Omit<PromptDraft, 'variables'>;
      const folder = prompt.category === '' ? '' : `${fileNamePart(prompt.category, 'other')}/`;
      const path = names.take(`prompts/${folder}${fileNamePart(prompt.name, 'prompt')}`, '.prompt.md');
      return this.#zip.add(path, [formatPromptFile({ ...prompt, description: prompt.description ?? '' }, true)]);
    });
  }

  async #writeRun(row: Row): Promise<void> {
    const { source } = this.#reader;
    const runId = String(row.run_id);
    const [tasks, findings, conversations] = await Promise.all([
      source.tasks(runId),
      source.findings(runId),
      source.conversationsOf(runId, MOST_LINKS),
    ]);
    await this.#zip.add(runPath(row), [runPage(row, { tasks, findings, conversations })]);
  }

  #table(name: string): ExportTable | undefined {
    return this.#tables.find((table) => table.name === name);
  }

  #advance(rows: number): void {
    this.#done += rows;
    // An empty database has nothing to be a part of.
    if (this.#total > 0) this.#onProgress?.({ done: Math.min(this.#done, this.#total), total: this.#total });
  }
}

function documentPath(row: Row): string {
  const ending = ENDINGS[String(row.format)] ?? '.txt';
  return `documents/${monthOf(row.created_at)}/${numbered(row.id)}-${fileNamePart(String(row.title), 'document')}${ending}`;
}

async function checkTarget(target: string, replace: boolean): Promise<void> {
  const folder = await stat(path.dirname(target)).catch(() => null);
  if (!folder?.isDirectory()) {
    throw new EnsembleError('invalid-input', `The folder of ${target} does not exist.`, {
      hint: 'Make the folder first.',
    });
  }
  const present = await stat(target).catch(() => null);
  if (present === null || (replace && present.isFile())) return;
  throw new EnsembleError('invalid-input', `${target} exists already.`, { hint: 'Name a new file.' });
}

/** Errors of the target's file system; what the database says passes unchanged. */
function toExportError(error: unknown, target: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return new EnsembleError('invalid-input', `${target} could not be written (${String(error.code)}).`, {
    hint: isFull
      ? 'The disk is full: free some space, or name a file on another disk.'
      : 'Name a file that you may write to.',
    cause: error,
  });
}
