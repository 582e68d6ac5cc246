import type { RunStatus } from '../graph/types.ts';
import type { RunState, TaskState } from './state.ts';

/** What the state calls for next. Reading it changes nothing; the scheduler carries it out by journaling. */
export interface Decision {
  /** Tasks that can never run, with the reason. */
  readonly skip: readonly { readonly task: TaskState; readonly reason: string }[];
  /** How the run ends; null while tasks are open. */
  readonly end: RunStatus | null;
}

/**
 * Says which tasks must be skipped and whether the run is over. Which ready task starts next is the top of `state.ready`
 * (see {@link nextReady}); that needs a slot, which the state knows nothing of.
 */
export function decide(state: RunState): Decision {
  if (state.stopped === 'failed') {
    const idle = [...state.tasks.values()].filter((task) => task.status === 'pending' || task.status === 'ready');
    return { skip: idle.map((task) => ({ task, reason: 'the run was stopped by a failed task' })), end: endOf(state) };
  }
  const skip = Array.from(state.skips, ([task, reason]) => ({ task, reason }));
  return { skip, end: endOf(state) };
}

/** Takes the ready task that goes first, passing over those that have ended meanwhile; null when none may start. */
export function nextReady(state: RunState): TaskState | null {
  if (state.stopped) return null;
  for (let top = state.ready.pop(); top !== undefined; top = state.ready.pop()) {
    const task = state.tasks.get(top.id);
    if (task?.status === 'ready') return task;
  }
  return null;
}

function endOf(state: RunState): RunStatus | null {
  const { ended, succeeded } = state.counts;
  if (ended < state.tasks.size) return null;
  if (state.stopped === 'cancelled') return 'cancelled';
  if (state.stopped === 'failed') return 'failed';
  if (succeeded === state.tasks.size) return 'completed';
  return succeeded === 0 ? 'failed' : 'partial';
}
