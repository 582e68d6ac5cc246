import type { Command } from 'commander';
import type { RunResult } from '../../../core/results.ts';
import { DEFAULT_ROUNDS } from '../../../core/workflows/catalogue.ts';
import { readyEdits, writeEdits } from '../apply-edits.ts';
import { executeRun } from '../execute-run.ts';
import { dollars } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { insideRoot } from '../workspace-path.ts';
import { headlineOf } from './refactor.ts';

interface PipelineFlags {
  readonly file?: readonly string[];
  readonly rounds: string;
  readonly write?: boolean;
  readonly budget?: number;
}

const EXAMPLES = `
Without --write the files are shown and nothing is written. A file that was not given with
--file is never written over, nor one that has changed while the agents worked.

Examples:
  $ ensemble pipeline "A command line tool that counts words per file"
  $ ensemble pipeline "Let parse() accept comments" --file src/parser.ts --write
  $ ensemble pipeline "..." --json | jq .pipeline.userStories`;

/** `ensemble pipeline` (S2). */
export function registerPipeline(program: Command, perform: Perform): void {
  program
    .command('pipeline')
    .description('product manager, architect, developer and QA engineer turn a requirement into code')
    .argument('<requirement>', 'what should be built')
    .option('--file <path...>', 'files that the team is shown and may change')
    .option('--rounds <n>', 'how often QA may send the work back, 0 to 5', String(DEFAULT_ROUNDS))
    .option('--write', 'write the files')
    .option('--budget <usd>', 'spend at most this much on the run', dollars)
    .addHelpText('after', EXAMPLES)
    .action((requirement: string, flags: PipelineFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => pipeline(session, requirement, flags)),
    );
}

async function pipeline(session: Session, requirement: string, flags: PipelineFlags): Promise<number> {
  const { host } = session;
  return executeRun(session, {
    start: async ({ ensemble, workspace }, options) => {
      const paths = await Promise.all((flags.file ?? []).map((file) => insideRoot(workspace.root, host.cwd, file)));
      return ensemble.start(
        { kind: 'pipeline', requirement, paths, rounds: Number(flags.rounds) },
        { ...options, ...(flags.budget === undefined ? {} : { budgetUSD: flags.budget }) },
      );
    },
    deliver: (result) => deliver(session, result, flags.write === true),
  });
}

/** The report is printed as that of any run; this writes, where it was asked for. */
async function deliver(session: Session, result: RunResult, write: boolean) {
  const { edits = [] } = result;
  if (write && edits.length > 0) {
    const { workspace } = await session.open();
    const ready = await readyEdits(workspace.root, edits);
    await writeEdits(ready);
    for (const { file } of ready) session.aside(`Wrote ${oneLine(file)}`);
  }
  if (result.pipeline) session.aside(headlineOf(result));
  return { printed: false };
}
