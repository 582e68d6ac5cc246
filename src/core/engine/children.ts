import { validateGraph } from '../graph/validate.ts';
import type { ExecutionContext, SpawnedTask } from '../ports.ts';
import { runEntry } from './entries.ts';
import { inputOf } from './execution.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';
import type { MailHost, MailScope } from './task-mail.ts';

/** What {@link ExecutionContext.spawn} is given. */
type MakeTasks = Parameters<NonNullable<ExecutionContext['spawn']>>[0];

/**
 * Tasks that a task adds below itself and waits for. They are added once per instance, whatever crashes or fails: a later
 * attempt finds those of the earlier one.
 */
export async function spawnChildren(
  { state, room, clock, append }: MailHost,
  task: TaskState,
  { fence, waiting, signal }: MailScope,
  make: MakeTasks,
): Promise<readonly SpawnedTask[]> {
  fence();
  if (!hadChildren(task)) {
    const specs = await make();
    fence();
    if (task.children.length === 0 && specs.length > 0) {
      validateGraph(specs, state.tasks);
      append([runEntry({ kind: 'graph-extended', payload: { by: task.instanceId, tasks: specs } })]);
    }
  }
  const ended = () => (task.children.every(hasEnded) ? ('message' as const) : null);
  if (ended() === null) await waiting(() => room.wait(ended, { timeoutMs: null, clock, signal }));
  return task.children.map(spawnedTask);
}

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
