import { type Command, Option } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import { compareAnswers } from '../../../core/history/compare-answers.ts';
import type { ReplayOutline, ReplayPlace } from '../../../core/history/replay-steps.ts';
import type { RerunRequest } from '../../../core/requests.ts';
import type { RunResult } from '../../../core/results.ts';
import { itemDocument } from '../../../protocol/json-document.ts';
import { executeRun } from '../execute-run.ts';
import { EXIT } from '../exit-codes.ts';
import { dollars, positive, versionNumber } from '../options.ts';
import type { Perform } from '../perform.ts';
import { comparisonText } from '../present/comparison-text.ts';
import { stepText } from '../present/replay-text.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { walkSteps } from '../walk-steps.ts';

/** Flags of `replay`. */
export interface ReplayFlags {
  /** True: without a number. */
  readonly step?: number | true;
  readonly rerun?: true;
  readonly model?: string;
  readonly account?: string;
  readonly promptVersion?: number;
  readonly budget?: number;
  readonly compare?: number;
}

const EXAMPLES = `
Examples:
  $ ensemble replay 12                      all that was asked and answered around conversation 12
  $ ensemble replay 12 --step               one step after the other, by keys
  $ ensemble replay 12 --rerun --model anthropic/claude-sonnet-4-5
  $ ensemble replay 12 --compare 7          both answers, without sending anything`;

/** `ensemble replay`, and `ensemble library replay --id` as S0 calls it. */
export function registerReplay(program: Command, perform: Perform): void {
  const own = program.command('replay').argument('<id>', 'number of a conversation, or id of a run');
  withFlags(own)
    .addHelpText('after', EXAMPLES)
    .action((id: string, flags: ReplayFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => replay(session, id, flags)),
    );
  const library = program.commands.find((command) => command.name() === 'library');
  if (!library) return;
  withFlags(library.command('replay').requiredOption('--id <id>', 'number of a conversation, or id of a run')).action(
    (flags: ReplayFlags & { readonly id: string }, command: Command) =>
      perform(command.optsWithGlobals(), (session) => replay(session, flags.id, flags)),
  );
}

function withFlags(command: Command): Command {
  return command
    .description('show what was said step by step, or make a call again and compare')
    .option('--step [n]', 'only this step; without a number one after the other, by keys', positive)
    .option('--compare <id>', 'compare the answer with that of another conversation', positive)
    .addOption(new Option('--rerun', 'make the call again and compare the answers').conflicts(['step', 'compare']))
    .option('--model <model>', 'with --rerun: another model, such as xai/grok-4')
    .option('--account <name>', 'with --rerun: this account and no other')
    .option('--prompt-version <n>', 'with --rerun: another version of the prompt it was made from', versionNumber)
    .option('--budget <usd>', 'with --rerun: spend at most this much', dollars);
}

async function replay(session: Session, id: string, flags: ReplayFlags): Promise<number> {
  if (flags.rerun) return rerun(session, conversationOf(id), flags);
  const only = [flags.model, flags.account, flags.promptVersion, flags.budget].some((value) => value !== undefined);
  if (only) {
    throw new EnsembleError('usage', '--model, --account, --prompt-version and --budget need --rerun.', {
      hint: 'Add --rerun to make the call again; without it nothing is sent.',
    });
  }
  if (flags.compare !== undefined) return compare(session, conversationOf(id), flags.compare);
  const { ensemble } = await session.open();
  const outline = await ensemble.replay.outline(placeOf(id));
  if (flags.step === true) return walk(session, outline);
  if (flags.step !== undefined) return show(session, outline, [flags.step - 1]);
  return show(session, outline, [...outline.steps.keys()]);
}

async function show(session: Session, outline: ReplayOutline, indexes: readonly number[]): Promise<number> {
  const { ensemble } = await session.open();
  if (session.options.json) {
    const steps: object[] = [];
    for (const index of indexes) steps.push({ step: index + 1, ...(await ensemble.replay.step(outline, index)) });
    const { runId, title, leftOut } = outline;
    session.emit({
      json: () => itemDocument({ runId, title, total: outline.steps.length, leftOut, steps }),
      text: () => '',
    });
    return EXIT.completed;
  }
  // One after the other, so that a long run is never in memory as a whole.
  for (const index of indexes) {
    const step = await ensemble.replay.step(outline, index);
    session.emit({ json: () => null, text: () => [...stepText(step, outline, index, session), ''] });
  }
  if (outline.leftOut > 0)
    session.notice(`${outline.leftOut} later steps of this run are left out: replay a conversation of them.`);
  return EXIT.completed;
}

async function walk(session: Session, outline: ReplayOutline): Promise<number> {
  const { stdin, stdout } = session.host;
  if (session.options.json || stdin.isTTY !== true || stdout.isTTY !== true) {
    throw new EnsembleError('usage', 'Going through the steps by keys needs a terminal.', {
      hint: `Name the step, from 1 to ${outline.steps.length}: --step N. Without --step all of them are printed.`,
    });
  }
  const { ensemble } = await session.open();
  await walkSteps(session, { count: outline.steps.length, start: outline.start }, async (index) =>
    stepText(await ensemble.replay.step(outline, index), outline, index, session),
  );
  return EXIT.completed;
}

async function rerun(session: Session, conversation: number, flags: ReplayFlags): Promise<number> {
  const request: RerunRequest = {
    kind: 'rerun',
    conversation,
    model: flags.model ?? null,
    account: flags.account ?? null,
    promptVersion: flags.promptVersion ?? null,
  };
  const budget = flags.budget === undefined ? {} : { budgetUSD: flags.budget };
  return executeRun(session, {
    start: ({ ensemble }, options) => ensemble.start(request, { ...options, ...budget }),
    deliver: (result) => deliver(session, result),
  });
}

async function deliver(session: Session, result: RunResult) {
  const { ensemble } = await session.open();
  const [made] = (await ensemble.history.conversations({ runId: result.runId, limit: 1 })).items;
  if (result.status !== 'completed' || !made) return { printed: false };
  const comparison = await compareAnswers(ensemble.replay, ensemble.stores.conversations, made.id);
  session.emit({ json: () => ({ ...result, comparison }), text: () => comparisonText(comparison, session) });
  return { printed: true };
}

async function compare(session: Session, id: number, other: number): Promise<number> {
  const { ensemble } = await session.open();
  const comparison = await compareAnswers(ensemble.replay, ensemble.stores.conversations, id, other);
  session.emit({ json: () => itemDocument({ ...comparison }), text: () => comparisonText(comparison, session) });
  return EXIT.completed;
}

function placeOf(id: string): ReplayPlace {
  return /^\d{1,15}$/.test(id) ? { conversation: Number(id) } : { runId: id };
}

function conversationOf(id: string): number {
  const place = placeOf(id);
  if ('conversation' in place) return place.conversation;
  throw new EnsembleError('usage', `"${oneLine(id)}" is not the number of a conversation.`, {
    hint: 'See: ensemble history',
  });
}
