import type { ContextStrategy } from '../config.ts';
import { shortHash } from '../hash.ts';
import type { Json } from '../json.ts';
import type { TaskInput } from '../ports.ts';
import { condense } from './condense.ts';
import { shareTokens } from './prune.ts';
import { RepetitionFilter } from './repetition.ts';
import { type CountTokens, estimateTokens, surelyFits } from './token-estimate.ts';

/** Outputs up to this many tokens are handed on as they are; of longer ones other tasks get a digest. */
export const HANDOVER_TOKENS = 1_500;

/** Tokens of what shared context tells about one task that is no dependency, and about all of them together. */
const GIST_TOKENS = 60;
const ALL_GISTS_TOKENS = 1_200;
const FEWEST_GIST_TOKENS = 15;
/** Output that the gist of a task is taken from, characters. */
const GIST_SOURCE = 4_000;
/** However long a prompt is, the results before it get so many tokens. */
const FEWEST_TOKENS = 1_000;

/** How much of other tasks a task is told. */
export interface ContextSettings {
  /**
   * `shared`: the declared dependencies, and the gist of each other task that has ended; `isolated`: the declared dependencies
   * alone; `hierarchical`: the declared dependencies, and what the task's super-agent knew.
   */
  readonly strategy: ContextStrategy;
  /** Tokens that a whole call may have; what other tasks wrote gives way (S3). */
  readonly pruningThreshold: number;
}

/** What a task is to be told about. */
export interface KnownTasks {
  /** The declared dependencies. */
  readonly inputs: readonly TaskInput[];
  /** Other tasks that have ended. */
  readonly others: readonly TaskInput[];
  /** The super-agents above the task and what they were told. Default: none. */
  readonly inherited?: readonly TaskInput[];
}

/** The call that a context is made for. */
export interface ContextCall {
  /** Texts that go with it as they stand, the prompt last. */
  readonly texts: readonly { readonly text: string; readonly name: string }[];
  /** True: of long outputs their digests. False: all of them as long as they fit. */
  readonly digests: boolean;
  /** Tokens of the results of other tasks. Default: what the threshold leaves. */
  readonly maxTokens?: number;
  /** Loads the tokenizer; only asked for where lengths alone cannot decide. */
  counter(): Promise<CountTokens>;
}

/** What a task knows of the others, as the text before its prompt; empty when there is nothing to tell. */
export async function renderTaskContext(
  known: KnownTasks,
  settings: ContextSettings,
  call: ContextCall,
): Promise<string> {
  const { inputs } = known;
  const above = settings.strategy === 'hierarchical' ? without(known.inherited ?? [], inputs) : [];
  const results = await renderResults([...above, ...inputs], settings, call);
  const parts: string[] = [];
  if (above.length > 0) parts.push('# What the task was planned from', ...results.slice(0, above.length));
  if (inputs.length > 0) parts.push('# Results of earlier tasks', ...results.slice(above.length));
  const gists = settings.strategy === 'shared' ? renderGists(known.others) : [];
  if (gists.length > 0) parts.push('# Other tasks that have ended', gists.join('\n'));
  return parts.join('\n\n');
}

/** An answer as text: a structured one as JSON. */
export function outputText(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output, null, 2);
}

async function renderResults(
  tasks: readonly TaskInput[],
  { pruningThreshold }: ContextSettings,
  call: ContextCall,
): Promise<string[]> {
  if (tasks.length === 0) return [];
  const filter = new RepetitionFilter();
  for (const { text, name } of call.texts) filter.add(text, name);
  const texts: string[] = [];
  for (const task of tasks) {
    const text = task.status === 'completed' ? outputText(task.output) : '';
    const short = call.digests ? await handover(text, task, call) : text;
    texts.push(filter.reduce(short, `in the result of ${task.taskId}`));
  }
  const fitting = await shorten(texts, pruningThreshold, call);
  return tasks.map((task, index) => renderInput(task, fitting[index] ?? ''));
}

/** What is handed on of an output: all of a short one, else its digest, else what matters most in it. */
async function handover(text: string, { digest }: TaskInput, { counter }: ContextCall): Promise<string> {
  if (digest !== undefined) return digest;
  if (surelyFits(text, HANDOVER_TOKENS)) return text;
  return condense(text, HANDOVER_TOKENS, await counter());
}

/** Shortens the longest of the texts until all of them go into one call with what else is in it. */
async function shorten(
  texts: readonly string[],
  threshold: number,
  { texts: fixed, maxTokens, counter }: ContextCall,
): Promise<readonly string[]> {
  const limit = Math.min(threshold, maxTokens ?? threshold);
  if (surelyFits([...texts, ...fixed.map(({ text }) => text)].join('\n'), limit)) return texts;
  const count = await counter();
  const taken = fixed.reduce((sum, { text }) => sum + count(text), 0);
  const room = Math.min(maxTokens ?? threshold, Math.max(FEWEST_TOKENS, threshold - taken));
  const shares = shareTokens(texts.map(count), room);
  return texts.map((text, index) => condense(text, shares[index] ?? 0, count));
}

function renderInput(input: TaskInput, text: string): string {
  const heading = `## ${input.taskId} (${input.agent}): ${oneLine(input.description)}`;
  if (input.status === 'completed') return `${heading}\n\n${asData(text)}`;
  const what = input.status === 'failed' ? 'failed' : 'was skipped';
  return `${heading}\n\nThis task ${what} and has no result. Go on without it and say where that matters.`;
}

/** A line about each task, as far as there is room with what its result says. Lengths are estimated: it is only an index. */
function renderGists(others: readonly TaskInput[]): string[] {
  const tokens = Math.min(GIST_TOKENS, Math.floor(ALL_GISTS_TOKENS / Math.max(1, others.length)));
  return others.map((other) => {
    const line = `- ${other.taskId} (${other.agent}, ${other.status}): ${oneLine(other.description)}`;
    // A structured answer, such as a plan, says nothing in a few of its lines.
    if (typeof other.output !== 'string' || tokens < FEWEST_GIST_TOKENS) return line;
    const text = (other.digest ?? other.output).slice(0, GIST_SOURCE);
    return `${line}\n${asData(condense(text, tokens, estimateTokens))}`;
  });
}

function without(tasks: readonly TaskInput[], known: readonly TaskInput[]): readonly TaskInput[] {
  return tasks.filter(({ taskId }) => known.every((one) => one.taskId !== taskId));
}

/**
 * Marks a text as data. The tag carries a hash of the text, so that the text cannot hold its own closing tag and go on as
 * if it were an instruction.
 */
export function asData(text: string): string {
  const tag = `data-${shortHash(text).slice(0, 8)}`;
  return `<${tag}>\n${text}\n</${tag}>`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
