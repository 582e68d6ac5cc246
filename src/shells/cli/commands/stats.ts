import path from 'node:path';
import type { Command } from 'commander';
import { itemDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, grouped } from '../format.ts';
import { pad } from '../layout.ts';
import type { Perform } from '../perform.ts';
import type { Session } from '../session.ts';

interface StatsFlags {
  readonly copy?: string;
}

/** `ensemble stats`. */
export function registerStats(program: Command, perform: Perform): void {
  program
    .command('stats')
    .description('what is stored, and where')
    .option('--copy <file>', 'write a consistent copy of the database to a new file')
    .action((flags: StatsFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => stats(session, flags)),
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
  const item = { ...(await ensemble.stores.stats()), prompts };
  const totals: readonly (readonly [string, number])[] = [
    ['Total conversations', item.conversations],
    ['Total documents', item.documents],
    ['Total prompts', item.prompts],
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
