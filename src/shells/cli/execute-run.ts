import type { CliEnvironment } from '../../compose.ts';
import { type EnsembleError, toErrorInfo } from '../../core/errors.ts';
import type { RunHandle, RunOptions } from '../../core/requests.ts';
import type { RunResult, Severity } from '../../core/results.ts';
import { EXIT, exitCodeOfError, exitCodeOfResult } from './exit-codes.ts';
import { count, duration, tokenSum, usd } from './format.ts';
import { reviewText } from './present/review-text.ts';
import { stripControls } from './sanitize.ts';
import type { Session } from './session.ts';

/** How a run is begun and what is done with its result beyond printing it. */
export interface RunPlan {
  start(environment: CliEnvironment, options: RunOptions): Promise<RunHandle>;
  /** Findings from this severity on fail the command; null: none do. */
  readonly failOn?: Severity | null;
  /** List the findings of a review that were dismissed earlier, instead of counting them. Default: false. */
  readonly showDismissed?: boolean;
  /** Prints the result in another form than the usual ones, or does something with it. */
  deliver?(result: RunResult, signal: AbortSignal): Promise<Delivery>;
}

/** What was done with a result. */
export interface Delivery {
  /** True: standard output has it already. */
  readonly printed: boolean;
  /** What went wrong with a result that is good as such; told last, and it decides the exit code. */
  readonly problem?: EnsembleError | null;
}

/**
 * Starts or resumes a run, shows how it goes, prints its result and resolves with the exit code. The first interrupt
 * stops the run so that it can be resumed.
 */
export async function executeRun(session: Session, plan: RunPlan): Promise<number> {
  const environment = await session.open();
  for (const notice of environment.configNotices) session.notice(notice);
  const { interrupts, options, progress } = session;
  const signal = interrupts.arm(
    () => session.notice('Stopping; what is done is kept. Press Ctrl+C again to stop at once.'),
    () => progress.stop(),
  );
  const handle = await plan.start(environment, {
    signal,
    requireLlm: options.requireLlm,
    onEvent: (event) => session.onEvent(event),
  });
  const result = await handle.result;
  progress.stop();
  const { printed, problem = null } = (await plan.deliver?.(result, signal)) ?? { printed: false };
  if (!printed) session.emit({ json: () => result, text: () => textOf(result, session, plan.showDismissed ?? false) });
  conclude(session, result);
  const code = exitCodeOfResult(result, { interrupted: interrupts.requested, failOn: plan.failOn ?? null });
  if (problem === null) return code;
  session.warn(toErrorInfo(problem));
  return code === EXIT.completed ? exitCodeOfError(problem) : code;
}

function textOf(result: RunResult, session: Session, showDismissed: boolean): string | readonly string[] {
  if (result.status === 'interrupted' || result.status === 'cancelled' || result.status === 'suspended') return '';
  if (result.findings) return reviewText(result, { style: session.style, columns: session.columns, showDismissed });
  return stripControls(result.result);
}

/** The last words on standard error: what went wrong, what it took, and how to go on. */
function conclude(session: Session, result: RunResult): void {
  const { status, totals, runId, documentId, error } = result;
  if (error !== null && !session.interrupts.requested) session.warn(error);
  const done = `${totals.succeeded} of ${count(totals.tasks, 'task')}`;
  const took = `${tokenSum(totals.tokens)} tokens, ${usd(totals.costUSD)}, ${duration(totals.durationMs)}`;
  session.aside(`${status.charAt(0).toUpperCase()}${status.slice(1)}: ${done}, ${took}.`);
  if (documentId !== null && !result.findings)
    session.aside(`Document: ensemble ${again(session)}docs show ${documentId}`);
  if (status === 'interrupted' || status === 'suspended')
    session.aside(`Resume:   ensemble ${again(session)}runs resume ${runId}`);
  else session.aside(`Details:  ensemble ${again(session)}runs show ${runId}`);
}

/** Options that a following command needs to find the same database. */
function again({ options }: Session): string {
  return options.db === null ? '' : `--db ${/^[\w./-]+$/.test(options.db) ? options.db : JSON.stringify(options.db)} `;
}
