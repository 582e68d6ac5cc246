import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { readableText } from '../documents/document-rules.ts';
import { EnsembleError } from '../errors.ts';
import type { ConversationRecord } from '../ports.ts';
import type { Replay } from './replay-steps.ts';

/** One side of a comparison. Null: not known. */
export interface ComparedCall {
  readonly conversation: number;
  readonly runId: string;
  readonly model: string;
  readonly account: string;
  readonly status: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly tokens: number | null;
  readonly costUSD: number | null;
  /** Of all attempts, ms. */
  readonly latencyMs: number | null;
  readonly attempts: number;
  /** Characters of the answer. */
  readonly characters: number;
  readonly answer: string | null;
}

/** Two answers to the same call, side by side. */
export interface AnswerComparison {
  readonly original: ComparedCall;
  readonly again: ComparedCall;
  /** True: both were asked with the same messages. */
  readonly sameRequest: boolean;
  /** A unified diff from the original to the other one; empty: they are equal; null: they are too long and too different for one. */
  readonly diff: string | null;
}

/** Lines that a diff may remove and add together: the time that it takes grows with their square. */
const MOST_DIFFERENCES = 2_000;
const CONTEXT_LINES = 3;

/**
 * Compares a call with the one that it repeats, or with any other. Rejects `invalid-input` where `other` is left out and the call
 * repeats none, `not-found` where one of them is gone.
 */
export async function compareAnswers(
  replay: Replay,
  conversations: { get(id: number): Promise<ConversationRecord | null> },
  id: number,
  other?: number,
): Promise<AnswerComparison> {
  const again = await found(conversations, id);
  const originalId = other ?? again.rerunOf;
  if (originalId === null) {
    throw new EnsembleError('invalid-input', `Conversation ${id} repeats no other one.`, {
      hint: 'Name the conversation to compare it with, or run it again first.',
    });
  }
  const original = await found(conversations, originalId);
  return {
    original: await sideOf(replay, original),
    again: await sideOf(replay, again),
    sameRequest: JSON.stringify(original.messages) === JSON.stringify(again.messages),
    diff: diffOf(original, again),
  };
}

/** An answer as people compare it: of JSON each value has its line. */
export function readableAnswer({ response }: Pick<ConversationRecord, 'response'>): string {
  return /^\s*[[{]/.test(response ?? '') ? readableText(response ?? '', 'json') : (response ?? '');
}

function diffOf(original: ConversationRecord, again: ConversationRecord): string | null {
  const [before, after] = [readableAnswer(original), readableAnswer(again)];
  if (before === after) return '';
  const options = { context: CONTEXT_LINES, headerOptions: FILE_HEADERS_ONLY, maxEditLength: MOST_DIFFERENCES };
  const [from, to] = [`conversation ${original.id}`, `conversation ${again.id}`];
  return createTwoFilesPatch(from, to, before, after, undefined, undefined, options) ?? null;
}

async function found(
  conversations: { get(id: number): Promise<ConversationRecord | null> },
  id: number,
): Promise<ConversationRecord> {
  const conversation = await conversations.get(id);
  if (conversation) return conversation;
  throw new EnsembleError('not-found', `There is no conversation ${id}.`, {
    hint: 'Look into the history to see which there are.',
  });
}

async function sideOf(replay: Replay, conversation: ConversationRecord): Promise<ComparedCall> {
  const { id, runId, model, account, status, tokens, costUSD, response } = conversation;
  const outline = runId === '' ? null : await replay.outline({ conversation: id });
  const attempts = outline ? (await replay.step(outline, outline.start)).attempts : [];
  const sum = (of: (attempt: (typeof attempts)[number]) => number) =>
    attempts.length === 0 ? null : attempts.reduce((all, attempt) => all + of(attempt), 0);
  return {
    conversation: id,
    ...{ runId, model, account, status },
    inputTokens: sum(({ tokens: { input } }) => input),
    outputTokens: sum(({ tokens: { output } }) => output),
    ...{ tokens, costUSD },
    latencyMs: sum(({ latencyMs }) => latencyMs),
    attempts: attempts.length,
    characters: response?.length ?? 0,
    answer: response,
  };
}
