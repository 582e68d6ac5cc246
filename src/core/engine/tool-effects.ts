import type { EventBody } from '../events.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ToolUse } from '../results.ts';
import type { JournalBody } from './journal-entry.ts';
import type { TaskState } from './state.ts';

/** How the keys of effects begin that are tool calls. */
export const TOOL_KEY = 'tool-';

/** Detail of the intent of a tool call. */
export interface ToolIntent {
  readonly tool: string;
  /** What it changes; null: there is no such tool. */
  readonly effect: 'none' | 'idempotent' | 'external' | null;
  /** Without secrets, cut where it is long. */
  readonly arguments: string;
  readonly argumentsHash: string;
}

/** Outcome of a tool call. */
export interface ToolOutcome {
  readonly tool: string;
  /** False: `content` says what went wrong. */
  readonly ok: boolean;
  /** Text for the model. */
  readonly content: string;
}

type EffectEntry = Extract<JournalBody, { kind: `effect-${string}` }>;

/** The event of an effect that is a tool call; null: it is none. */
export function toolEventOf({ spec }: TaskState, entry: EffectEntry): EventBody | null {
  const { key: callId } = entry.payload;
  if (!callId.startsWith(TOOL_KEY)) return null;
  const common = { taskId: spec.id, agentName: spec.agent, callId };
  if (entry.kind === 'effect-intent') {
    const { tool, arguments: text } = objectOf(entry.payload.detail);
    if (typeof tool !== 'string' || typeof text !== 'string') return null;
    return { type: 'tool:call', ...common, tool, arguments: text };
  }
  const outcome = outcomeOf(entry.payload.result);
  if (outcome === null) return null;
  const { tool, ok, content } = outcome;
  return { type: 'tool:result', ...common, tool, ok, characters: content.length, error: ok ? null : content };
}

/** The uses of tools after one more effect has ended. */
export function usesAfter(uses: readonly ToolUse[], key: string, result: Json): readonly ToolUse[] {
  const outcome = key.startsWith(TOOL_KEY) ? outcomeOf(result) : null;
  if (outcome === null) return uses;
  const { tool, ok } = outcome;
  const known = uses.find((use) => use.tool === tool) ?? { tool, calls: 0, failed: 0 };
  const next = { tool, calls: known.calls + 1, failed: known.failed + (ok ? 0 : 1) };
  return [...uses.filter((use) => use !== known), next];
}

/** Null for an effect of somebody else's executor whose key begins alike. */
function outcomeOf(result: Json): ToolOutcome | null {
  const { tool, ok, content } = objectOf(result);
  return typeof tool === 'string' && typeof ok === 'boolean' && typeof content === 'string'
    ? { tool, ok, content }
    : null;
}

function objectOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
