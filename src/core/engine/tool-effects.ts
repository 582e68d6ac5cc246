import type { Json, JsonObject } from '../json.ts';
import type { FileEdit, HandoffResult, ToolUse } from '../results.ts';
import { guardNoticesOf } from './guard-effects.ts';

/** How the keys of effects begin that are tool calls. */
export const TOOL_KEY = 'tool-';
/** True of them also where a part of the task has put a name of its own before. */
export const NAMES_TOOL = /(?:^|-)tool-\d/;

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
  /** A change that the agent proposes. */
  readonly edit?: FileEdit;
  /** The agent wants to hand its task over. */
  readonly handoff?: HandoffResult;
}

/** What the tool calls of a task have come to, and the checks by guardrails. */
export interface ToolTrace {
  /** Over all attempts, and so are the handoffs. */
  readonly uses: readonly ToolUse[];
  readonly handoffs: readonly HandoffResult[];
  /** What guardrails had to say, over all attempts. */
  readonly notices: readonly string[];
  /** Changes that the present attempt proposes. */
  readonly edits: readonly FileEdit[];
  /** The agent that the present attempt was handed over to; null: it is with the task's own. */
  readonly agent: string | null;
}

/** Before the first call. */
export const NO_TRACE: ToolTrace = { uses: [], handoffs: [], notices: [], edits: [], agent: null };

/** What stays when another attempt begins. */
export function traceOfNextAttempt(trace: ToolTrace): ToolTrace {
  return trace === NO_TRACE ? trace : { ...trace, edits: [], agent: null };
}

/** The trace after one more effect has ended. */
export function traceAfter(trace: ToolTrace, key: string, result: Json): ToolTrace {
  const notices = guardNoticesOf(key, result);
  if (notices.length > 0) return { ...trace, notices: [...trace.notices, ...notices] };
  const outcome = NAMES_TOOL.test(key) ? outcomeOf(result) : null;
  if (outcome === null) return trace;
  const { tool, ok, edit, handoff } = outcome;
  const known = trace.uses.find((use) => use.tool === tool) ?? { tool, calls: 0, failed: 0 };
  const next = { tool, calls: known.calls + 1, failed: known.failed + (ok ? 0 : 1) };
  return {
    ...trace,
    uses: [...trace.uses.filter((use) => use !== known), next],
    handoffs: handoff ? [...trace.handoffs, handoff] : trace.handoffs,
    edits: edit ? [...trace.edits, trace.agent === null ? edit : { ...edit, agent: trace.agent }] : trace.edits,
    agent: handoff?.accepted ? handoff.to : trace.agent,
  };
}

/** Null for an effect of somebody else's executor whose key begins alike. */
export function outcomeOf(result: Json): ToolOutcome | null {
  const { tool, ok, content } = objectOf(result);
  if (typeof tool !== 'string' || typeof ok !== 'boolean' || typeof content !== 'string') return null;
  return result as unknown as ToolOutcome;
}

/** The value where it is an object, else an empty one. */
export function objectOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
