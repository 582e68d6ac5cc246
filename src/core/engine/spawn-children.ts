import { validateGraph } from '../graph/validate.ts';
import type { ExecutionContext, SpawnedTask } from '../ports.ts';
import { hadChildren, spawnedTask } from './children.ts';
import { runEntry } from './entries.ts';
import { hasEnded, type TaskState } from './state.ts';
import type { MailHost, MailScope } from './task-mail.ts';
import { waitInRoom } from './wait-in-room.ts';

/** What {@link ExecutionContext.spawn} is given. */
export type MakeTasks = Parameters<NonNullable<ExecutionContext['spawn']>>[0];

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
  if (ended() === null) await waiting(() => waitInRoom(room, ended, { timeoutMs: null, clock, signal }));
  return task.children.map(spawnedTask);
}
