import type { ExportTable } from './archive-source.ts';
import { typeOf } from './json-tables.ts';
import { tableHead, tableLine } from './markdown.ts';

/** Raised when a reader of the archive has to change. */
const FORMAT = 1;

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
  prompt_favourites: 'names of favourite prompts',
  prompt_versions: 'every version of every prompt, with author and reason',
  prompts: 'the prompts as they are now',
  runs: 'runs with their state and sums; cost in millionths of a dollar',
  spans: 'traces of runs',
  tasks: 'tasks of runs with their state and output',
  workspaces: 'folders that runs worked on, and what they are known by',
  usage: 'the ledger: every attempt at a vendor, cost in millionths of a dollar',
};

/** What an archive says about itself. */
export interface ArchiveFacts {
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly tables: readonly ExportTable[];
  /** Rows of each table that were written. */
  readonly rows: ReadonlyMap<string, number>;
  /** Readable files of each folder. */
  readonly pages: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

/** The archive for programs: its tables with their columns and numbers of rows. */
export function manifest({ at, tables, rows, pages, problems }: ArchiveFacts): string {
  const described = tables.map(({ name, columns, key }) => ({
    name,
    file: `json/${name}.json`,
    description: DESCRIPTIONS[name] ?? '',
    rows: rows.get(name) ?? 0,
    key,
    columns: columns.map((column) => ({ name: column.name, type: typeOf(name, column) })),
  }));
  const content = { format: FORMAT, createdAt: at, tables: described, pages: Object.fromEntries(pages), problems };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** The archive for people. */
export function indexPage({ at, tables, rows, pages, problems }: ArchiveFacts): string {
  const folders = [...pages].map(([folder, files]) => tableLine([folder, files]));
  const counts = tables.map(({ name }) => {
    return tableLine([`json/${name}.json`, rows.get(name) ?? 0, DESCRIPTIONS[name] ?? '']);
  });
  return [
    `# Ensemble export\n\nMade ${at}. Keys of accounts are not in it: they are not in the database.\n`,
    `## To read\n\n${tableHead(['Folder', 'Files'])}${folders.join('')}`,
    'Sums are in `usage.md`, what was done in `audit.md`.\n',
    `## For programs\n\nOne JSON array per table, one row a line; \`manifest.json\` has the columns and their types. `,
    `Times are UTC.\n\n${tableHead(['File', 'Rows', 'What'])}${counts.join('')}`,
    '\n`sha256sum --check SHA256SUMS` tells whether every file is whole.\n',
    ...(problems.length === 0
      ? []
      : [`\n## Damaged rows\n\n${problems.map((problem) => `- ${problem}`).join('\n')}\n`]),
  ].join('\n');
}
