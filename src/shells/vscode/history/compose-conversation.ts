import type { TaskProjection } from '../../../core/engine/journal-entry.ts';
import { type SentMessage, sentMessages } from '../../../core/history/replay-steps.ts';
import type { AttemptRecord } from '../../../core/model.ts';
import type { ConversationRecord } from '../../../core/ports.ts';
import { formatCost, formatDuration, formatTokens } from '../views/format.ts';
import { answerText, factList, fenced } from './markdown-text.ts';

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
    factList(facts),
    ...turnsOf(sentMessages(messages)),
    '## Answer',
    response === null ? `_There is no answer: the call is ${status}._` : answerText(response),
    ...attemptsOf(task?.attempts ?? []),
  ].join('\n\n')}\n`;
}

/** Messages as they were sent, each below its role. */
export function turnsOf(messages: readonly SentMessage[]): string[] {
  return messages.map(({ role, content }) => `## ${headingOf(role)}\n\n${fenced(content, 'text')}`);
}

function headingOf(role: string): string {
  return `${role.charAt(0).toUpperCase()}${role.slice(1)}`;
}

function attemptsOf(attempts: readonly AttemptRecord[]): string[] {
  return attempts.length === 0 ? [] : [`## Attempts of this task\n\n${attemptLines(attempts)}`];
}

/** Attempts as a numbered list. */
export function attemptLines(attempts: readonly AttemptRecord[]): string {
  const lines = attempts.map(({ account, model, outcome, tokens, costUSD, latencyMs }, index) => {
    const sum = tokens.input + tokens.output;
    const cost = costUSD === null ? 'unknown cost' : formatCost(costUSD);
    return `${index + 1}. ${outcome} on ${account} with ${model}, ${formatDuration(latencyMs)}, ${formatTokens(sum)} tokens, ${cost}`;
  });
  return lines.join('\n');
}
