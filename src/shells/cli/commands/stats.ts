import path from 'node:path';
import { type Command, Option } from 'commander';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, grouped } from '../format.ts';
import { pad } from '../layout.ts';
import type { Perform } from '../perform.ts';
import type { Session } from '../session.ts';
import { csvOf, sinceOf, usageTable } from '../usage-report.ts';

interface StatsFlags {
  readonly copy?: string;
  readonly usage?: 'day' | 'month' | 'attempts';
  readonly since?: string;
  readonly format?: 'table' | 'csv' | 'json';
}

/** Attempts that one export holds; a later `--since` gives the rest. */
const MOST_ATTEMPTS = 100_000;

/** `ensemble stats`. */
export function registerStats(program: Command, perform: Perform): void {
  program
    .command('stats')
    .description('what is stored, and where')
    .option('--copy <file>', 'write a consistent copy of the database to a new file')
    .addOption(
      new Option('--usage <by>', 'the ledger instead: sums by day or month, or every attempt').choices([
        'day',
        'month',
        'attempts',
      ]),
    )
    .option('--since <date>', 'with --usage: from this day on (UTC); default: 30 days ago')
    .addOption(new Option('--format <format>', 'with --usage').choices(['table', 'csv', 'json']).default('table'))
    .action((flags: StatsFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) =>
        flags.usage === undefined ? stats(session, flags) : usage(session, flags.usage, flags),
      ),
    );
}

async function stats(session: Session, { copy }: StatsFlags): Promise<number> {
  const { ensemble } = await session.open();
  if (copy !== undefined) {
    const file = path.resolve(session.host.cwd, copy);
    await ensemble.stores.copyTo(file);
    session.aside(`Copy written to ${file}`);
  }
  // The library's, so that the built-in templates count as they do in `prompt list`.
  const prompts = (await ensemble.prompts.list()).length;
  const promptUses = (await ensemble.prompts.usage(null)).reduce((sum, { used }) => sum + used, 0);
  const item = { ...(await ensemble.stores.stats()), prompts, promptUses };
  const totals: readonly (readonly [string, number])[] = [
    ['Total conversations', item.conversations],
    ['Total documents', item.documents],
    ['Total prompts', item.prompts],
    ['Runs of prompts', item.promptUses],
    ['Total agents', item.agents],
    ['Total runs', item.runs],
  ];
  session.emit({
    json: () => itemDocument(item),
    text: () => [
      ...totals.map(([name, amount]) => `${pad(name, 21)}${pad(grouped(amount), 10, 'right')}`),
      `${pad('Size', 21)}${pad(bytes(item.sizeBytes), 10, 'right')}`,
      `Database: ${item.location ?? 'in memory'}`,
    ],
  });
  return EXIT.completed;
}

async function usage(session: Session, by: 'day' | 'month' | 'attempts', flags: StatsFlags): Promise<number> {
  const since = sinceOf(flags.since, session.host.now());
  const { ensemble } = await session.open();
  const ledger = ensemble.stores.usage;
  const rows =
    by === 'attempts' ? (await ledger.list({ since, limit: MOST_ATTEMPTS })).items : await ledger.periods(since, by);
  const json = () => listDocument<(typeof rows)[number]>(rows);
  const text = () => {
    if (flags.format === 'json') return JSON.stringify(json(), null, 2);
    return flags.format === 'csv' ? csvOf(rows) : usageTable(rows, session);
  };
  session.emit({ json, text });
  return EXIT.completed;
}
