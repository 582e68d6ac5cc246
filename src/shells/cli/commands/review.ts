import type { Command } from 'commander';
import { version } from '../../../../package.json';
import { EnsembleError } from '../../../core/errors.ts';
import type { ReviewDepth, ReviewTarget } from '../../../core/requests.ts';
import type { RunResult, Severity } from '../../../core/results.ts';
import { sarifLog } from '../../../core/review/sarif.ts';
import { executeRun } from '../execute-run.ts';
import { depth, dollars, type ReviewFormat, reviewFormat, severity } from '../options.ts';
import { checkOutputFile, writeOutputFile } from '../output-file.ts';
import type { Perform } from '../perform.ts';
import { safeJson, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { insideRoot } from '../workspace-path.ts';

interface ReviewFlags {
  /** True: against the last commit. */
  readonly diff?: string | true;
  readonly depth: ReviewDepth;
  readonly budget?: number;
  readonly format?: ReviewFormat;
  readonly failOn?: Severity;
  readonly out?: string;
  readonly showDismissed?: boolean;
}

const EXAMPLES = `
Without PATH and --diff everything below the working directory is reviewed.

Examples:
  $ ensemble review src test/parser.test.ts
  $ ensemble review --diff                  uncommitted changes
  $ ensemble review --diff origin/main --fail-on high
  $ ensemble review src --format sarif --out review.sarif

Findings that were dismissed in the editor are not shown again and fail nothing;
--show-dismissed lists them.`;

/** `ensemble review`. */
export function registerReview(program: Command, perform: Perform): void {
  program
    .command('review')
    .description('review files or changes with a team of agents')
    .argument('[path...]', 'files and folders')
    .option('--diff [base]', 'what changed since a commit or branch (default: since the last commit)')
    .option('--depth <depth>', 'quick, standard or thorough', depth, 'standard')
    .option('--budget <usd>', 'spend at most this much on the run', dollars)
    .option('--format <format>', 'md, json or sarif', reviewFormat)
    .option('--fail-on <severity>', 'exit 1 on findings this severe: critical, high, medium, low or info', severity)
    .option('--out <file>', 'write the report to a file')
    .option('--show-dismissed', 'list the findings that were dismissed earlier')
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], flags: ReviewFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => review(session, paths, flags)),
    );
}

async function review(session: Session, paths: readonly string[], flags: ReviewFlags): Promise<number> {
  if (flags.diff !== undefined && paths.length > 0) {
    throw new EnsembleError('usage', 'Paths and --diff exclude one another.', {
      hint: `Leave one of them out${typeof flags.diff === 'string' ? `; "${flags.diff}" was taken as the base of --diff` : ''}.`,
    });
  }
  const { options, host } = session;
  if (options.json && flags.format !== undefined && flags.format !== 'json' && flags.out === undefined) {
    throw new EnsembleError('usage', `--json and --format ${flags.format} both say what to print.`, {
      hint: 'Leave one of them out, or write the report to a file with --out FILE.',
    });
  }
  const file = flags.out === undefined ? null : await checkOutputFile(host.cwd, flags.out);
  return executeRun(session, {
    start: async ({ ensemble, workspace }, runOptions) =>
      ensemble.start(
        { kind: 'review', target: await targetOf(workspace.root, host.cwd, paths, flags.diff), depth: flags.depth },
        { ...runOptions, ...(flags.budget === undefined ? {} : { budgetUSD: flags.budget }) },
      ),
    failOn: flags.failOn ?? null,
    showDismissed: flags.showDismissed ?? false,
    deliver: async (result) => ({ printed: await deliver(session, result, flags.format ?? null, file) }),
  });
}

/** Writes the report where it was asked for. True when standard output has it, so that nothing else goes there. */
async function deliver(
  session: Session,
  result: RunResult,
  format: ReviewFormat | null,
  file: string | null,
): Promise<boolean> {
  if (file !== null) {
    await writeOutputFile(file, reportOf(result, format ?? 'md'));
    session.aside(`Report written to ${file}`);
    return false;
  }
  if (format === null || format === 'md' || session.options.events === '-') return false;
  session.print(reportOf(result, format));
  return true;
}

function reportOf(result: RunResult, format: ReviewFormat): string {
  switch (format) {
    case 'md':
      return `${stripControls(result.result).trimEnd()}\n`;
    case 'json':
      return `${safeJson(result, 2)}\n`;
    case 'sarif':
      return `${safeJson(sarifLog(result, version), 2)}\n`;
  }
}

async function targetOf(
  root: string,
  cwd: string,
  paths: readonly string[],
  diff: string | true | undefined,
): Promise<ReviewTarget> {
  if (diff !== undefined) return { type: 'diff', base: diff === true ? null : diff };
  const given = paths.length > 0 ? paths : ['.'];
  return { type: 'paths', paths: await Promise.all(given.map((one) => insideRoot(root, cwd, one))) };
}
