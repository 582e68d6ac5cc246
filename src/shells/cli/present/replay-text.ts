import type { ReplayOutline, ReplayStep } from '../../../core/history/replay-steps.ts';
import type { UsageRecord } from '../../../core/ports.ts';
import { compact, duration, localTime, tokenSum, usd } from '../format.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** One step of a replay for a terminal: what was asked, what came back, and at what price. */
export function stepText(
  { conversation, task, messages, repeated, attempts, again }: ReplayStep,
  outline: Pick<ReplayOutline, 'steps'>,
  index: number,
  { style }: Pick<Session, 'style'>,
): string[] {
  const { id, type, agent, model, account, status, tokens, costUSD, createdAt, response, rerunOf } = conversation;
  const isTool = type === 'tool';
  const who = [agent, task].filter((part) => part !== null && part !== '').map((part) => oneLine(String(part)));
  const call = isTool ? `tool ${model}` : `${model}${account === '' ? '' : ` on ${account}`}`;
  const cost = isTool ? '' : `, ${tokens === null ? 'unknown' : compact(tokens)} tokens, ${usd(costUSD)}`;
  const turn = (role: string, text: string) => ['', style.cyan(`${role}:`), stripControls(text)];
  const above = repeated ? ['', style.dim(`(${repeated.count} messages as in step ${repeated.step + 1})`)] : [];
  return [
    style.bold(
      `Step ${index + 1} of ${outline.steps.length}: ${oneLine(type)}, ${oneLine(status)}, conversation ${id}`,
    ),
    ...(who.length > 0 ? [style.dim(who.join(': '))] : []),
    style.dim(`${localTime(createdAt)}, ${oneLine(call)}${cost}`),
    ...(rerunOf === null ? [] : [style.dim(`Repeats conversation ${rerunOf}.`)]),
    ...above,
    ...messages.flatMap(({ role, content }) => turn(isTool ? 'arguments' : oneLine(role), content)),
    ...(response === null ? ['', style.dim('There is no answer.')] : turn(isTool ? 'result' : 'answer', response)),
    ...(attempts.length > 0 ? ['', style.cyan('attempts:'), ...attempts.map(attemptLine)] : []),
    ...(again.length > 0
      ? ['', style.dim(`Made again as conversation ${again.map((one) => one.id).join(', ')}.`)]
      : []),
  ];
}

function attemptLine({ account, model, outcome, tokens, costUSD, latencyMs }: UsageRecord): string {
  const facts = [`${tokenSum(tokens)} tokens`, usd(costUSD), duration(latencyMs)].join(', ');
  return `  ${outcome} on ${oneLine(account)} with ${oneLine(model)}: ${facts}`;
}
