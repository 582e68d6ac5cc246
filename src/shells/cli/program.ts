import { Command } from 'commander';
import { version } from '../../../package.json';
import { registerAccounts } from './commands/accounts.ts';
import { registerAudit } from './commands/audit.ts';
import { registerDatabase } from './commands/database.ts';
import { registerDocs } from './commands/docs.ts';
import { registerHistory } from './commands/history.ts';
import { registerInit } from './commands/init.ts';
import { registerPipeline } from './commands/pipeline.ts';
import { registerPrompt } from './commands/prompt.ts';
import { registerRefactor } from './commands/refactor.ts';
import { registerReplay } from './commands/replay.ts';
import { registerReport } from './commands/report.ts';
import { registerReview } from './commands/review.ts';
import { registerRun } from './commands/run.ts';
import { registerRuns } from './commands/runs.ts';
import { registerStats } from './commands/stats.ts';
import { registerTestGen } from './commands/test-gen.ts';
import { registerWorkflow } from './commands/workflow.ts';
import type { Perform } from './perform.ts';

/** What the program needs from its surroundings. */
export interface ProgramParts {
  readonly perform: Perform;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly columns: number;
}

const EXAMPLES = `
Examples:
  $ ensemble review src                          five lenses and a summary
  $ ensemble review --diff main --fail-on high   what changed since main, for CI
  $ ensemble refactor src/a.ts --goals "simpler"  a diff that was checked
  $ ensemble test-gen src/a.ts --write           tests in the project's style
  $ ensemble run "Plan the migration" --save-doc
  $ ensemble runs resume ID                      go on where a run stopped

Exit codes: 0 completed, 1 failed or findings at --fail-on, 2 usage,
3 no usable account, 4 refused by a budget, 5 storage, 6 incomplete,
7 waits for a decision, 8 run owned by another process, 130 cancelled.`;

const COMMANDS = [
  registerReview,
  registerRefactor,
  registerTestGen,
  registerPipeline,
  registerRun,
  registerWorkflow,
  registerRuns,
  registerHistory,
  registerReplay,
  registerDocs,
  registerPrompt,
  registerStats,
  registerDatabase,
  registerReport,
  registerAudit,
  registerAccounts,
  registerInit,
] as const;

/** The whole grammar of the command line. Rejects with a CommanderError where it is not followed. */
export function createProgram({ perform, writeOut, writeErr, columns }: ProgramParts): Command {
  const program: Command = new Command('ensemble')
    .description('A team of LLM agents for your code, over all your accounts at once.')
    .usage('[options] COMMAND')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({
      writeOut,
      writeErr,
      outputError: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => command.name(),
      // Not those of a command above: `history show` takes none of the filters of `history`.
      visibleGlobalOptions: (command) => (command.parent === null ? [] : [...program.options]),
      styleTitle: (title) => title.replace(/^Global Options/, 'Options of every command'),
    })
    .option('--config <file>', 'the configuration (default: ~/.ensemble/config.json)')
    .option('--db <file>', 'the database (default: ~/.ensemble/ensemble.db)')
    .option('--json', 'print one JSON document on standard output')
    .option('--events <file>', 'write events as NDJSON as they happen; - is standard output')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours and no other control codes')
    .option('--trust', 'trust the repository that you work in')
    .option('--yes', 'answer every question with yes')
    .option('--require-llm', 'refuse to run with the offline provider only')
    .addHelpText('after', EXAMPLES);
  for (const register of COMMANDS) register(program, perform);
  return program;
}
