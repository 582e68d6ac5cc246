import type { Command } from 'commander';
import type { RunResult } from '../../../core/results.ts';
import { diffOfEdits, readyEdits, writeEdits } from '../apply-edits.ts';
import { diffText } from '../diff-text.ts';
import { executeRun } from '../execute-run.ts';
import { dollars } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { insideRoot } from '../workspace-path.ts';

interface RefactorFlags {
  readonly goals?: string;
  readonly apply?: boolean;
  readonly budget?: number;
}

const EXAMPLES = `
Without --apply a unified diff is printed and nothing is changed. A file that has changed
while the agents worked is never written.

Examples:
  $ ensemble refactor src/parser.ts --goals "smaller functions, no change of behaviour"
  $ ensemble refactor src/parser.ts | git apply
  $ ensemble refactor src/parser.ts --apply`;

/** `ensemble refactor`. */
export function registerRefactor(program: Command, perform: Perform): void {
  program
    .command('refactor')
    .description('plan, make and check edits of one file with a team of agents')
    .argument('<path>', 'the file')
    .option('--goals <text>', 'what should become better (default: readability, no change of behaviour)')
    .option('--apply', 'change the file')
    .option('--budget <usd>', 'spend at most this much on the run', dollars)
    .addHelpText('after', EXAMPLES)
    .action((path: string, flags: RefactorFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => refactor(session, path, flags)),
    );
}

async function refactor(session: Session, given: string, flags: RefactorFlags): Promise<number> {
  const { host } = session;
  return executeRun(session, {
    start: async ({ ensemble, workspace }, options) => {
      const target = { type: 'file', path: await insideRoot(workspace.root, host.cwd, given) } as const;
      return ensemble.start(
        { kind: 'refactor', target, goals: flags.goals ?? null },
        { ...options, ...(flags.budget === undefined ? {} : { budgetUSD: flags.budget }) },
      );
    },
    deliver: (result) => deliver(session, result, flags.apply === true),
  });
}

async function deliver(session: Session, result: RunResult, apply: boolean) {
  const { edits } = result;
  if (!edits) return { printed: false };
  const { workspace } = await session.open();
  if (edits.length === 0) {
    session.aside(headlineOf(result));
    return { printed: !session.options.json };
  }
  const ready = await readyEdits(workspace.root, edits);
  if (apply) await writeEdits(ready);
  session.aside(headlineOf(result));
  const changes = edits.reduce((sum, edit) => sum + edit.changes.length, 0);
  const text = apply
    ? ready.map(({ file }) => `Changed ${oneLine(file)} in ${changes === 1 ? 'one place' : `${changes} places`}.`)
    : diffText(diffOfEdits(ready), session.style, session.host.stdout.isTTY === true);
  session.emit({ json: () => result, text: () => text });
  return { printed: true };
}

/** The line of the report that says what came of it. */
export function headlineOf({ result }: RunResult): string {
  return oneLine(/^\*\*(.+?)\*\*/m.exec(result)?.[1] ?? '');
}
