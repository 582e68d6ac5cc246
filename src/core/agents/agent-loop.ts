import type { AttemptRecord, ConversationType, Message } from '../model.ts';
import type { Correspondence } from './correspondence.ts';
import type { ModelTurns, Turn } from './model-turns.ts';
import type { ToolCalls } from './tool-calls.ts';

/** Model calls of one task before it has to answer: in the last one no tool is offered. */
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
  /** Model turns that it took. */
  readonly steps: number;
}

/**
 * Takes turns until the agent has answered: it may use tools before, and messages of other agents may call for another answer. Each
 * model turn and each tool call is an effect of the journal, so that a resumed attempt goes on where it was.
 *
 * Ends in any case: tools end as {@link ToolCalls} says or with the last step, messages after a few turns.
 */
export async function converse(scope: LoopScope, start: readonly Message[]): Promise<Conversation> {
  const { turns, mail, tools, purpose, attempts } = scope;
  const messages = tools ? tools.introduced(start) : [...start];
  let news = mail?.arrived(keyOf(1)) ?? '';
  for (let step = 1; ; step++) {
    if (news !== '') messages.push({ role: 'user', content: news });
    if (step === MAX_STEPS) tools?.end('There are no more tool calls.');
    const reminder = tools?.reminder() ?? null;
    if (reminder !== null) messages.push({ role: 'user', content: reminder });
    const turn = await turns.take(keyOf(step), [...messages], purpose, tools?.offered() ?? []);
    attempts.push(...turn.attempts);
    const { text, toolCalls = [] } = turn;
    if (tools && toolCalls.length > 0 && tools.offered().length > 0) {
      mail?.wroteMeanwhile(keyOf(step), text);
      messages.push({ role: 'assistant', content: text, toolCalls }, ...(await tools.results(step, toolCalls)));
      news = mail?.arrived(keyOf(step + 1)) ?? '';
      continue;
    }
    if (mail === null) return { turn, messages, steps: step };
    mail.answered(keyOf(step), text);
    const next = await mail.next(keyOf(step + 1));
    if (next === null) return { turn: { ...turn, text: mail.result }, messages, steps: step };
    messages.push({ role: 'assistant', content: text });
    news = next;
  }
}

function keyOf(step: number): string {
  return `turn-${step}`;
}
