import type { ReplayOutline, ReplayStep } from '../../../core/history/replay-steps.ts';
import { formatCost, formatTokens } from '../views/format.ts';
import { attemptLines, turnsOf } from './compose-conversation.ts';
import { answerText, factList, fenced } from './markdown-text.ts';

/** A step of a replay as a Markdown document: what was asked, what came back, what it took. */
export function composeStep(outline: ReplayOutline, index: number, step: ReplayStep, began: string): string {
  const { conversation, task, messages, repeated, attempts, again } = step;
  const { id, type, agent, model, account, status, tokens, costUSD, response, rerunOf } = conversation;
  const isTool = type === 'tool';
  const facts: readonly (readonly [string, string] | null)[] = [
    ['Run', outline.title],
    task === null ? null : ['Task', task],
    agent === '' ? null : ['Agent', agent],
    isTool ? ['Tool', model] : ['Model', account === '' ? model : `${model} on ${account}`],
    ['Status', status],
    ['Began', began],
    isTool ? null : ['Tokens', tokens === null ? 'unknown' : formatTokens(tokens)],
    isTool ? null : ['Cost', costUSD === null ? 'unknown' : formatCost(costUSD)],
    rerunOf === null ? null : ['Repeats', `conversation ${rerunOf}`],
    again.length === 0 ? null : ['Made again as', again.map((one) => `conversation ${one.id}`).join(', ')],
  ];
  const asked = isTool
    ? messages.map(({ content }) => `## Arguments\n\n${fenced(content, 'json')}`)
    : [
        ...(repeated ? [`_${repeated.count} messages stand before these, as in step ${repeated.step + 1}._`] : []),
        ...turnsOf(messages),
      ];
  const answered = response === null ? `_There is no answer: the call is ${status}._` : answerText(response);
  return `${[
    `# Step ${index + 1} of ${outline.steps.length}: ${type} (conversation ${id})`,
    factList(facts.filter((fact) => fact !== null)),
    ...asked,
    `## ${isTool ? 'Result' : 'Answer'}`,
    answered,
    ...(attempts.length === 0 ? [] : [`## Attempts\n\n${attemptLines(attempts)}`]),
    ...(outline.leftOut > 0 && index === outline.steps.length - 1
      ? [`> ${outline.leftOut} later steps of this run are left out here. Replay one of their conversations.`]
      : []),
  ].join('\n\n')}\n`;
}
