import type { AttemptRecord, ConversationType, Message } from '../model.ts';
import type { Correspondence } from './correspondence.ts';
import type { ModelTurns, Turn } from './model-turns.ts';
import type { NextAgent, ToolCalls } from './tool-calls.ts';

/** Model calls of one agent before it has to answer: in the last one no tool is offered. */
export const MAX_STEPS = 20;

/** What a conversation works with. */
export interface LoopScope {
  readonly turns: ModelTurns;
  /** Null: there is nobody to write to. */
  readonly mail: Correspondence | null;
  /** Null: there are no tools. */
  readonly tools: ToolCalls | null;
  readonly purpose: ConversationType;
  /** Gets the attempts of every turn, also where a later one fails. */
  readonly attempts: AttemptRecord[];
}

/** The answer of a conversation, and what led to it. */
export interface Conversation {
  readonly turn: Turn;
  /** Without the answer. */
  readonly messages: readonly Message[];
  /** Number of its last turn in the attempt. */
  readonly steps: number;
  /** Who goes on instead of an answer; null: this is the answer. */
  readonly handedOver: NextAgent | null;
}

/**
 * Takes turns until the agent has answered or handed its task over: it may use tools before, and messages of other agents may call
 * for another answer. `firstStep`: number of its first turn in the attempt. Each model turn and each tool call is an effect of the journal, so that a resumed attempt goes on where it was.
 *
 * Ends in any case: tools end as {@link ToolCalls} says or with the last step, messages after a few turns.
 */
export async function converse(scope: LoopScope, start: readonly Message[], firstStep = 1): Promise<Conversation> {
  const { turns, mail, tools, purpose, attempts } = scope;
  const messages = tools ? tools.introduced(start) : [...start];
  let news = mail?.arrived(keyOf(firstStep)) ?? '';
  for (let step = firstStep; ; step++) {
    if (news !== '') messages.push({ role: 'user', content: news });
    if (step - firstStep + 1 === MAX_STEPS) tools?.end('There are no more tool calls.');
    const reminder = tools?.reminder() ?? null;
    if (reminder !== null) messages.push({ role: 'user', content: reminder });
    const turn = await turns.take(keyOf(step), [...messages], purpose, tools?.offered() ?? []);
    attempts.push(...turn.attempts);
    const { text, toolCalls = [] } = turn;
    if (tools && toolCalls.length > 0 && tools.offered().length > 0) {
      mail?.wroteMeanwhile(keyOf(step), text);
      messages.push({ role: 'assistant', content: text, toolCalls }, ...(await tools.results(step, toolCalls)));
      if (tools.handedOver) return { turn, messages, steps: step, handedOver: tools.handedOver };
      news = mail?.arrived(keyOf(step + 1)) ?? '';
      continue;
    }
    if (mail === null) return { turn, messages, steps: step, handedOver: null };
    mail.answered(keyOf(step), text);
    const next = await mail.next(keyOf(step + 1));
    if (next === null) return { turn: { ...turn, text: mail.result }, messages, steps: step, handedOver: null };
    messages.push({ role: 'assistant', content: text });
    news = next;
  }
}

function keyOf(step: number): string {
  return `turn-${step}`;
}
