import type { EventBody } from '../events.ts';
import { guardNoticesOf } from './guard-effects.ts';
import type { JournalBody } from './journal-entry.ts';
import type { TaskState } from './state.ts';
import { NAMES_TOOL, objectOf, outcomeOf } from './tool-effects.ts';

type EffectEntry = Extract<JournalBody, { kind: `effect-${string}` }>;

/** The name of the agent that works on the task now. */
export function agentOf({ spec, trace }: TaskState): string {
  return trace.agent ?? spec.agent;
}

/** The events of an effect that is a tool call or a check by guardrails, which the task's state has in it; none: it is neither. */
export function toolEventsOf(task: TaskState, entry: EffectEntry): readonly EventBody[] {
  const { key: callId } = entry.payload;
  if (!NAMES_TOOL.test(callId)) {
    if (entry.kind === 'effect-intent') return [];
    return guardNoticesOf(callId, entry.payload.result).map((message) => ({ type: 'notice', message }));
  }
  const taskId = task.spec.id;
  if (entry.kind === 'effect-intent') {
    const { tool, arguments: text } = objectOf(entry.payload.detail);
    if (typeof tool !== 'string' || typeof text !== 'string') return [];
    return [{ type: 'tool:call', taskId, agentName: agentOf(task), callId, tool, arguments: text }];
  }
  const outcome = outcomeOf(entry.payload.result);
  if (outcome === null) return [];
  const { tool, ok, content, handoff } = outcome;
  const agentName = handoff?.from ?? agentOf(task);
  const result = { taskId, agentName, callId, tool, ok, characters: content.length, error: ok ? null : content };
  return [
    { type: 'tool:result', ...result },
    ...(handoff ? [{ type: 'agent:handoff' as const, taskId, agentName, ...handoff }] : []),
  ];
}
