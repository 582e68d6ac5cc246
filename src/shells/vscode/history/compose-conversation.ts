import type { TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { Json } from '../../../core/json.ts';
import type { AttemptRecord } from '../../../core/model.ts';
import type { ConversationRecord } from '../../../core/ports.ts';
import { formatCost, formatDuration, formatTokens } from '../views/format.ts';

/** All that the document of a conversation is made of. */
export interface ConversationParts {
  readonly conversation: ConversationRecord;
  /** The task that the call belongs to, and its run; null where they are gone. */
  readonly task: Pick<TaskProjection, 'agent' | 'description' | 'attempts'> | null;
  readonly runTitle: string | null;
  /** When it began, as people write it. */
  readonly began: string;
}

/** A conversation with a model as a Markdown document: facts, what was asked, what was answered, the attempts. */
export function composeConversation({ conversation, task, runTitle, began }: ConversationParts): string {
  const { type, model, account, status, tokens, costUSD, messages, response, taskId } = conversation;
  const facts: readonly (readonly [string, string])[] = [
    ['Run', runTitle ?? conversation.runId],
    ['Task', task ? `${task.description} (${taskId})` : taskId],
    ...(task ? [['Agent', task.agent] as const] : []),
    ['Kind', type],
    ['Model', model],
    ['Account', account],
    ['Status', status],
    ['Began', began],
    ['Tokens', tokens === null ? 'unknown' : formatTokens(tokens)],
    ['Cost', costUSD === null ? 'unknown' : formatCost(costUSD)],
  ];
  return `${[
    `# Conversation ${conversation.id}: ${task?.description || type}`,
    facts.map(([name, value]) => `- **${name}**: ${oneLine(value)}`).join('\n'),
    ...turnsOf(messages),
    '## Answer',
    response === null ? `_There is no answer: the call is ${status}._` : answer(response),
    ...attemptsOf(task?.attempts ?? []),
  ].join('\n\n')}\n`;
}

function turnsOf(messages: Json): string[] {
  if (!Array.isArray(messages)) return [`## Request\n\n${fenced(JSON.stringify(messages, null, 2), 'json')}`];
  return messages.map((message) => {
    const { role, content } = message as { readonly role?: Json; readonly content?: Json };
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? null, null, 2);
    return `## ${headingOf(String(role ?? 'message'))}\n\n${fenced(text, 'text')}`;
  });
}

function headingOf(role: string): string {
  return role === '' ? 'Message' : `${role.charAt(0).toUpperCase()}${role.slice(1)}`;
}

/** Prose as it is; data so that it can be read. */
function answer(response: string): string {
  try {
    const value: unknown = JSON.parse(response);
    if (typeof value === 'object' && value !== null) return fenced(JSON.stringify(value, null, 2), 'json');
  } catch {
    // No JSON: text for people.
  }
  return response;
}

function attemptsOf(attempts: readonly AttemptRecord[]): string[] {
  if (attempts.length === 0) return [];
  const lines = attempts.map(({ account, model, outcome, tokens, costUSD, latencyMs }, index) => {
    const sum = tokens.input + tokens.output;
    const cost = costUSD === null ? 'unknown cost' : formatCost(costUSD);
    return `${index + 1}. ${outcome} on ${account} with ${model}, ${formatDuration(latencyMs)}, ${formatTokens(sum)} tokens, ${cost}`;
  });
  return [`## Attempts of this task\n\n${lines.join('\n')}`];
}

/** A code block whose fence is longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
