import type { TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { RunMessage } from '../../../core/messages/run-message.ts';
import { EVERYBODY } from '../../../core/messages/types.ts';
import type { RunRecord } from '../../../core/ports.ts';
import type { RunResult } from '../../../core/results.ts';
import { formatCost, formatDuration, formatTokens } from '../views/format.ts';
import { type LinkTo, linkLines } from './link-lines.ts';

/** All that a result document is made of. */
export interface ResultParts {
  readonly record: Pick<RunRecord, 'title' | 'status' | 'error'>;
  readonly tasks: readonly TaskProjection[];
  /** Null: the run has not ended. */
  readonly result: RunResult | null;
  readonly linkTo: LinkTo;
  /** Between its tasks. Default none. */
  readonly messages?: readonly RunMessage[];
  /** What has happened since, as a paragraph at the top; null or left out: nothing. */
  readonly note?: string | null;
}

/** The document of a run, markdown: its result with links to the lines, then who did what. Also of a run that stopped. */
export function composeResult({ record, tasks, result, linkTo, note, messages = [] }: ResultParts): string {
  const files = [...new Set((result?.findings ?? []).map((finding) => finding.file))];
  const text = result?.result.trim() ?? '';
  const parts = [
    ...(text.startsWith('# ') ? [] : [`# ${record.title}`]),
    ...notes(record, result),
    note ?? '',
    ...(text === '' ? outputs(tasks) : [text]),
    agentsList(tasks),
    ...messagesList(messages),
  ];
  return `${linkLines(parts.filter((part) => part !== '').join('\n\n'), files, linkTo)}\n`;
}

function notes(record: ResultParts['record'], result: RunResult | null): string[] {
  const error = result ? result.error : record.error;
  const reason = error ? `: ${error.message}${error.hint === null ? '' : ` ${error.hint}`}` : '.';
  if (!result) return [`> This run is ${record.status}${reason} What its agents have done so far is below.`];
  if (result.status === 'completed') return [];
  return [`> This run is ${result.status}${reason}`];
}

/** What the agents have said, where no result has been made of it. */
function outputs(tasks: readonly TaskProjection[]): string[] {
  return tasks.flatMap((task) => {
    if (task.output === null) return [];
    const body = typeof task.output === 'string' ? task.output : fenced(JSON.stringify(task.output, null, 2));
    return [`## ${task.agent}: ${task.description}`, body];
  });
}

/** What agents wrote to one another. */
function messagesList(messages: readonly RunMessage[]): string[] {
  if (messages.length === 0) return [];
  const parts = messages.map(({ id, from, to, kind, inReplyTo, content, deliveries }) => {
    const answers = inReplyTo === null ? '' : ` to message ${inReplyTo}`;
    const read = deliveries.length === 0 ? ', not read' : '';
    return `### ${id}. ${from} → ${to === EVERYBODY ? 'everybody' : to}: ${kind}${answers}${read}\n\n${fenced(content, 'text')}`;
  });
  return ['## Messages', ...parts];
}

/** A code block whose fence is longer than any in the text. */
function fenced(text: string, language = 'json'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A list, not a table: beside the code there is no room for seven columns. Parts of a super-agent stand below it. */
function agentsList(tasks: readonly TaskProjection[]): string {
  if (tasks.length === 0) return '';
  const known = new Set(tasks.map(({ taskId }) => taskId));
  const parts = new Map<string | null, TaskProjection[]>();
  for (const task of tasks) {
    const parent = task.parentId !== null && known.has(task.parentId) ? task.parentId : null;
    parts.set(parent, [...(parts.get(parent) ?? []), task]);
  }
  const linesOf = (parent: string | null, indent: string): string[] =>
    (parts.get(parent) ?? []).flatMap((task) => [
      `${indent}- ${agentLine(task)}`,
      ...(task.notices ?? []).map((notice) => `${indent}  - ${notice}`),
      ...linesOf(task.taskId, `${indent}  `),
    ]);
  return ['## Agents', '', ...linesOf(null, '')].join('\n');
}

function agentLine(task: TaskProjection): string {
  const last = task.attempts.at(-1);
  const tokens = task.tokens.input + task.tokens.output;
  const calls = (task.tools ?? []).reduce((sum, use) => sum + use.calls, 0);
  const handed = (task.handoffs ?? []).filter(({ accepted }) => accepted);
  const facts = [
    task.status,
    ...(task.durationMs === null ? [] : [formatDuration(task.durationMs)]),
    ...(task.costUSD === null || tokens === 0 ? [] : [formatCost(task.costUSD)]),
    ...(tokens === 0 ? [] : [`${formatTokens(tokens)} tokens`]),
    [...handed.map(({ from }) => from), task.agent].join(' → '),
    ...(calls === 0 ? [] : [calls === 1 ? '1 tool call' : `${calls} tool calls`]),
    ...(last ? [last.account, last.model] : []),
  ];
  return `**${task.description || task.agent}**: ${facts.join(', ')}${task.error ? `. ${task.error.message}` : ''}`;
}
