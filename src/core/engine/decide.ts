import type { RunStatus } from '../graph/types.ts';
import type { RunState, Skip, TaskState } from './state.ts';

/** What the state calls for. Making it changes nothing that can be seen; the scheduler carries it out by journaling. */
export interface Decision {
  /** Tasks that can never run, with the reason. To be carried out first: it may skip or free others. */
  readonly skip: ReadonlyMap<TaskState, Skip>;
  /** The task that fans out or joins next, which takes no slot; null: none does. */
  readonly fan: TaskState | null;
  /** The task that starts next, given a slot; null: none is ready. */
  readonly start: TaskState | null;
  /** How the run ends; null while tasks are open. */
  readonly end: RunStatus | null;
}

/** Says what comes next; takes the same time for a large run as for a small one, apart from passing over what has left the heap. */
export function decide(state: RunState): Decision {
  return { skip: state.skips, fan: nextFan(state), start: nextReady(state), end: endOf(state) };
}

function nextFan({ fans, stopped, skips }: RunState): TaskState | null {
  if (fans.size === 0 || stopped !== null) return null;
  for (const task of fans) if (!skips.has(task)) return task;
  return null;
}

/**
 * The ready task that goes first. Drops tasks from the heap that are no longer ready.
 */
function nextReady({ ready, stopped, skips }: RunState): TaskState | null {
  if (stopped !== null) return null;
  for (let top = ready.peek(); top !== undefined; top = ready.peek()) {
    if (top.status === 'ready' && !skips.has(top)) return top;
    ready.pop();
  }
  return null;
}

function endOf({ counts, tasks, stopped }: RunState): RunStatus | null {
  if (counts.ended < tasks.size) return null;
  if (stopped !== null) return stopped.as;
  if (counts.succeeded + counts.declined === tasks.size) return 'completed';
  return counts.succeeded === 0 ? 'failed' : 'partial';
}
