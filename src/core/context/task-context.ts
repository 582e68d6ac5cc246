import type { ContextStrategy } from '../config.ts';
import { shortHash } from '../hash.ts';
import type { Json } from '../json.ts';
import type { TaskInput } from '../ports.ts';
import { pruneText, shareTokens } from './prune.ts';
import { estimateTokens } from './token-estimate.ts';

/** How much of other tasks a task is told. */
export interface ContextSettings {
  /**
   * `shared`: the outputs of the declared dependencies and one line about each other task that has ended; `isolated` and
   * `hierarchical`: the dependencies alone (what comes from the parent stands in the prompt already).
   */
  readonly strategy: ContextStrategy;
  /** Estimated tokens that all of it may take together. */
  readonly pruningThreshold: number;
}

/** What a task knows of the others, as the text before its prompt; empty when there is nothing to tell. */
export function renderTaskContext(
  inputs: readonly TaskInput[],
  others: readonly TaskInput[],
  settings: ContextSettings,
): string {
  const texts = inputs.map((input) => (input.status === 'completed' ? outputText(input.output) : ''));
  const shares = shareTokens(texts.map(estimateTokens), settings.pruningThreshold);
  const results = inputs.map((input, index) => renderInput(input, pruneText(texts[index] ?? '', shares[index] ?? 0)));
  const index = settings.strategy === 'shared' ? others.map(renderIndexLine) : [];
  return [
    ...(results.length > 0 ? ['# Results of earlier tasks', ...results] : []),
    ...(index.length > 0 ? ['# Other tasks that have ended', index.join('\n')] : []),
  ].join('\n\n');
}

/** An answer as text: a structured one as JSON. */
export function outputText(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output, null, 2);
}

function renderInput(input: TaskInput, text: string): string {
  const heading = `## ${input.taskId} (${input.agent}): ${oneLine(input.description)}`;
  if (input.status === 'completed') return `${heading}\n\n${asData(text)}`;
  const what = input.status === 'failed' ? 'failed' : 'was skipped';
  return `${heading}\n\nThis task ${what} and has no result. Go on without it and say where that matters.`;
}

function renderIndexLine(input: TaskInput): string {
  return `- ${input.taskId} (${input.agent}, ${input.status}): ${oneLine(input.description)}`;
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
