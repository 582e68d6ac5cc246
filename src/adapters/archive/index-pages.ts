import type { ExportTable } from './archive-source.ts';
import { typeOf } from './json-tables.ts';
import { linkedLine, tableHead, tableLine } from './markdown.ts';
import type { RunMonth } from './run-files.ts';

/** Raised when a reader of the archive has to change. */
const FORMAT = 2;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  agents: 'the tasks of runs, as the first version of the product kept them',
  approvals: 'questions of runs that wait for an answer',
  audit: 'what was done: runs, tool calls, approvals, changed keys and settings; never a key itself',
  blobs: 'long texts of the journal, by the SHA-256 of their content',
  budgets: 'what each budget has spent, millionths of a dollar',
  conversations: 'every call of a model: request, answer, model, account, tokens, cost in dollars',
  deletions: 'runs that were deleted, so that no restored backup brings them back',
  document_versions: 'every version of every document',
  documents: 'reports and other documents',
  finding_decisions: 'findings that were accepted or dismissed',
  findings: 'findings of reviews',
  journal: 'what happened in each run, step by step; a run can be replayed from it',
  messages: 'messages between the tasks of runs',
  prompt_bases: 'the prompts that came with the product, as they were when you changed them',
  prompt_favourites: 'names of favourite prompts',
  prompt_outcomes: 'findings and results of runs of prompts that were accepted or not',
  prompt_uses: 'which version of which prompt a run used',
  prompt_versions: 'every version of every prompt, with author and reason',
  prompts: 'the prompts as they are now',
  runs: 'runs with their state and sums; cost in millionths of a dollar',
  spans: 'traces of runs',
  tasks: 'tasks of runs with their state and output',
  usage: 'the ledger: every attempt at a vendor, cost in millionths of a dollar',
  workspaces: 'folders that runs worked on, and what they are known by',
};

const FOLDERS: Readonly<Record<string, string>> = {
  audit: 'what was done, one file per month',
  conversations: 'calls that belong to no run, such as imported ones, one file per day',
  documents: 'reports and other documents, one file each',
  prompts: 'your prompts, as they can be imported',
};

/** What an archive says about itself. */
export interface ArchiveFacts {
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly tables: readonly ExportTable[];
  /** Rows of each table that were written. */
  readonly rows: ReadonlyMap<string, number>;
  readonly months: readonly RunMonth[];
  /** Readable files of each folder, without lists. */
  readonly pages: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** The archive for programs: its tables with their columns and numbers of rows. */
export function manifest({ at, tables, rows, pages, problems }: ArchiveFacts): string {
  const described = tables.map(({ name, columns, key }) => ({
    name,
    file: fileOf(name),
    description: DESCRIPTIONS[name] ?? '',
    rows: rows.get(name) ?? 0,
    key,
    columns: columns.map((column) => ({ name: column.name, type: typeOf(name, column) })),
  }));
  const content = { format: FORMAT, createdAt: at, tables: described, pages, problems };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The archive for people. */
export function indexPage({ at, tables, rows, months, pages, problems }: ArchiveFacts): string {
  const lines = months.map(({ month, index, runs, files }) => linkedLine(month, index, [runs, files]));
  const others = Object.entries(pages).filter(([folder, files]) => folder !== 'runs' && files > 0);
  const folders = others.map(([folder, files]) => tableLine([folder, files, FOLDERS[folder] ?? '']));
  const counts = tables.map(({ name }) => tableLine([fileOf(name), rows.get(name) ?? 0, DESCRIPTIONS[name] ?? '']));
  return [
    `# Ensemble export\n\nMade ${at}. Keys of accounts are not in it: they are not in the database.`,
    ...(lines.length === 0
      ? []
      : [
          '## Runs and their conversations',
          'One file per day; a day with much in it goes on in further ones.',
          `${tableHead(['Month', 'Runs', 'Files'])}${lines.join('')}`,
        ]),
    ...(folders.length === 0
      ? []
      : ['## More to read', `${tableHead(['Folder', 'Files', 'What'])}${folders.join('')}`]),
    '[What was used and what it cost](usage.md), by month, account and model.',
    '## For programs',
    'One file per table, one row a line as JSON; `manifest.json` has the columns and their types. Times are UTC.',
    `${tableHead(['File', 'Rows', 'What'])}${counts.join('')}`,
    '`sha256sum --check SHA256SUMS` tells whether every file is whole.',
    ...(problems.length === 0 ? [] : ['## Damaged rows', problems.map((problem) => `- ${problem}`).join('\n')]),
  ]
    .map((text) => text.trimEnd())
    .join('\n\n')
    .concat('\n');
}

function fileOf(table: string): string {
  return `json/${table}.jsonl`;
}
