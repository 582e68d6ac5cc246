import type { SpawnedTask } from '../ports.ts';
import { inputOf } from './execution.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';

/** True when the children of a task are those of an earlier attempt, so that this one plans nothing. */
export function hadChildren({ children, startedSeq }: TaskState): boolean {
  return children.some(({ addedSeq }) => addedSeq < startedSeq);
}

/** A child as its parent sees it. */
export function spawnedTask(task: TaskState): SpawnedTask {
  return { spec: task.spec, input: inputOf(task), costUSD: task.costUSD, tokens: task.tokens };
}

/** Open tasks below a task that has ended: nobody waits for them any more. */
export function orphansOf(task: TaskState): TaskState[] {
  return hasEnded(task) ? task.children.flatMap(openBelow) : [];
}

/** All of them, as a crash may have come before they were cancelled. */
export function allOrphans({ tasks }: RunState): TaskState[] {
  return [...tasks.values()].filter((task) => !hasEnded(task) && ancestors(task).some(hasEnded));
}

/** What spawned the task, what spawned that, and so on. */
export function ancestors(task: TaskState): TaskState[] {
  return task.parent === null ? [] : [task.parent, ...ancestors(task.parent)];
}

function openBelow(task: TaskState): TaskState[] {
  const below = task.children.flatMap(openBelow);
  return hasEnded(task) ? below : [task, ...below];
}
