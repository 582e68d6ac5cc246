import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { promptFiles, promptImport } from '../../../compose.ts';
import {
  applyImport,
  countByStatus,
  type ImportEntry,
  type ImportStatus,
  planImport,
} from '../../../core/prompts/import-prompts.ts';
import type { PromptLibrary } from '../../../core/prompts/library.ts';
import type { PromptRecord } from '../../../core/prompts/prompt.ts';
import { promptFileNames } from '../../../core/prompts/prompt-file-names.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { count } from '../format.ts';
import { writeOutputFile } from '../output-file.ts';
import { author } from '../prompt-author.ts';
import { promptSources } from '../prompt-sources.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** Lines of a report that are printed; all of them are in the JSON document. */
const MOST_LINES = 50;

/** What `prompt export` takes. */
export interface ExportFlags {
  readonly out?: string;
  readonly category?: string;
}

/** What `prompt import` takes. */
export interface ImportFlags {
  readonly dryRun?: boolean;
}

/** Writes prompts as files, one `*.prompt.md` each, or all into one JSON file; one alone goes to standard output. */
export async function exportPrompts(
  session: Session,
  names: readonly string[],
  { out, category }: ExportFlags,
): Promise<number> {
  const { ensemble } = await session.open();
  const { formatPromptFile } = await promptFiles();
  const all = await chosen(ensemble.prompts, names);
  const prompts = category === undefined ? all : all.filter((prompt) => prompt.category === category);
  const [only] = prompts;
  if (out === undefined) {
    if (prompts.length !== 1 || !only) {
      session.emit({ json: () => listDocument(prompts), text: () => jsonOf(prompts) });
      return EXIT.completed;
    }
    session.emit({ json: () => itemDocument(only), text: () => stripControls(formatPromptFile(only, true)) });
    return EXIT.completed;
  }
  const target = path.resolve(session.host.cwd, out);
  if (out.endsWith('.json')) {
    await writeOutputFile(target, `${jsonOf(prompts)}\n`);
  } else {
    await mkdir(target, { recursive: true });
    const files = promptFileNames(prompts.map(({ name }) => name));
    for (const prompt of prompts) {
      const file = files.get(prompt.name);
      if (file) await writeOutputFile(path.join(target, file), formatPromptFile(prompt, true));
    }
  }
  session.emit({
    json: () => listDocument(prompts.map(({ name }) => ({ name }))),
    text: () => `Exported ${count(prompts.length, 'prompt')} to ${oneLine(out)}.`,
  });
  return EXIT.completed;
}

/**
 * Imports files and folders in one transaction. What is the same already is left alone, and what cannot be used is reported with
 * its file. With `--dry-run` only the report is made.
 */
export async function importPrompts(
  session: Session,
  paths: readonly string[],
  { dryRun = false }: ImportFlags,
): Promise<number> {
  const { ensemble } = await session.open();
  const { readPrompts } = await promptImport();
  // Ctrl+C is heard between two prompts; nothing has been saved then.
  const breathe = async (index: number) => {
    if (index % 50 === 0) await turn();
  };
  const found = await readPrompts(await promptSources(session.host.cwd, paths), breathe);
  const entries = await planImport(ensemble.prompts, found, breathe);
  const { saved } = dryRun ? { saved: [] } : await applyImport(ensemble.prompts, entries, author('imported'));
  const counts = countByStatus(entries);
  const broken = entries.filter(({ status }) => status === 'broken');
  const wrong = [...broken, ...entries.filter(({ status }) => status === 'duplicate')];
  const versions = new Map(saved.map(({ name, version }) => [name, version]));
  const taken = entries.filter(({ draft }) => draft !== null);
  session.emit({
    json: () =>
      listDocument(
        taken.map(({ name, status, source }) => ({ name, status, source, version: versions.get(name ?? '') ?? null })),
        taken.length,
        wrong.map(({ source, status, reason }) => ({ file: source, code: status, message: reason })),
      ),
    text: () => [
      `${dryRun ? 'Would import' : 'Imported'} ${taken.length}: ${summaryOf(counts)}.`,
      ...wrong.slice(0, MOST_LINES).map(lineOf),
      ...(wrong.length > MOST_LINES ? [`  and ${wrong.length - MOST_LINES} more (--json lists all)`] : []),
    ],
  });
  if (wrong.length === 0) return EXIT.completed;
  return taken.length + counts.unchanged > 0 ? EXIT.incomplete : EXIT.usage;
}

function summaryOf(counts: Readonly<Record<ImportStatus, number>>): string {
  return [
    `${counts.new} new`,
    `${counts.changed} newer`,
    `${counts.unchanged} unchanged`,
    `${counts.duplicate} duplicate`,
    `${counts.broken} broken`,
  ].join(', ');
}

function lineOf({ source, name, status, reason }: ImportEntry): string {
  const what = name === null ? oneLine(source) : `${oneLine(source)} (${oneLine(name).slice(0, 60)})`;
  return `  ${status}: ${what}: ${oneLine(reason)}`;
}

async function chosen(library: PromptLibrary, names: readonly string[]): Promise<readonly PromptRecord[]> {
  if (names.length === 0) return library.list();
  return Promise.all([...new Set(names)].map((name) => library.get(name)));
}

function jsonOf(prompts: readonly PromptRecord[]): string {
  return JSON.stringify(listDocument(prompts), null, 2);
}
