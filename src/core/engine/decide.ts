import type { RunStatus } from '../graph/types.ts';
import type { RunState, TaskState } from './state.ts';

/** The task that fans out or joins next, which takes no slot; null: none does. Tasks to be skipped are to be skipped first. */
export function nextFan({ fans, stopped, skips }: RunState): TaskState | null {
  if (fans.size === 0 || stopped !== null) return null;
  for (const task of fans) if (!skips.has(task)) return task;
  return null;
}

/**
 * The ready task that goes first, given a slot; null: none is ready. Drops tasks from the heap that are no longer ready, so it takes
 * the same time in a large run as in a small one.
 */
export function nextReady({ ready, stopped, skips }: RunState): TaskState | null {
  if (stopped !== null) return null;
  for (let top = ready.peek(); top !== undefined; top = ready.peek()) {
    if (top.status === 'ready' && !(skips.size > 0 && skips.has(top))) return top;
    ready.pop();
  }
  return null;
}

/** How the run ends; null while tasks are open. */
export function endOf({ counts, tasks, stopped }: RunState): RunStatus | null {
  if (counts.ended < tasks.size) return null;
  if (stopped !== null) return stopped.as;
  if (counts.succeeded + counts.declined === tasks.size) return 'completed';
  return counts.succeeded === 0 ? 'failed' : 'partial';
}
