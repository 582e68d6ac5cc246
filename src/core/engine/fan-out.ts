import { EnsembleError, type ErrorInfo, toErrorInfo } from '../errors.ts';
import { parsePath, valueAt } from '../graph/condition.ts';
import type { TaskSpec } from '../graph/types.ts';
import { MAX_COPIES, MAX_GROWN_TASKS } from '../graph/validate.ts';
import type { Json } from '../json.ts';
import { NO_USAGE } from '../model.ts';
import { runEntry, taskEntry } from './entries.ts';
import type { EntryDraft } from './journal-entry.ts';
import type { RunState, TaskState } from './state.ts';

/**
 * What comes next for a task that fans out: when its dependencies have ended its copies, when those have ended their outputs in
 * order. Depends on the state alone. No executor sees such a task, and it takes no slot.
 */
export function fanStep(state: RunState, task: TaskState): EntryDraft {
  return task.children.length === 0 ? spread(state, task) : join(task, task.children);
}

/** The copies of a task, one per item. They wait for nothing; what becomes of a failed one is decided where they join. */
export function copiesOf(spec: TaskSpec, items: readonly Json[]): TaskSpec[] {
  const { fanOut: _, when: __, ...rest } = spec;
  return items.map((item, index) => ({
    ...rest,
    id: `${spec.id}[${index}]`,
    description: `${spec.description} (${index + 1} of ${items.length})`,
    onError: spec.onError === 'fail' ? 'fail' : 'continue',
    copy: { of: spec.id, index, count: items.length, item },
  }));
}

function spread(state: RunState, task: TaskState): EntryDraft {
  try {
    const items = itemsOf(task);
    if (items.length === 0) return completed(task, []);
    if (state.tasks.size + items.length > MAX_GROWN_TASKS) throw tooLarge(state.tasks.size + items.length);
    return runEntry({ kind: 'graph-extended', payload: { by: task.instanceId, tasks: [], items } });
  } catch (error) {
    return failed(task, toErrorInfo(error));
  }
}

function itemsOf({ spec, dependencies }: TaskState): readonly Json[] {
  const { fanOut } = spec;
  if (fanOut === undefined) throw new EnsembleError('internal', `Task "${spec.id}" does not fan out.`);
  if ('count' in fanOut) return Array.from({ length: fanOut.count }, () => null);
  const items = valueAt(parsePath(fanOut.over), (id) => dependencies.find((one) => one.spec.id === id)?.output ?? null);
  if (!Array.isArray(items)) {
    const what = items === null ? 'nothing' : `a ${typeof items}`;
    throw new EnsembleError('task-failed', `Task "${spec.id}" needs a list, and "${fanOut.over}" is ${what}.`, {
      hint: 'See the output of the task before it.',
    });
  }
  if (items.length <= MAX_COPIES) return items;
  const message = `Task "${spec.id}" would have ${items.length} copies; at most ${MAX_COPIES} are allowed.`;
  throw new EnsembleError('task-failed', message, { hint: 'Make the list shorter, or its items larger.' });
}

/** A list with gaps is a result only where the policy says so, and never one with nothing but gaps. */
function join(task: TaskState, copies: readonly TaskState[]): EntryDraft {
  const missing = copies.filter(({ status }) => status !== 'completed');
  const isEnough = task.spec.onError === 'continue' && missing.length < copies.length;
  if (missing.length === 0 || isEnough) {
    return completed(
      task,
      copies.map(({ status, output }) => (status === 'completed' ? output : null)),
    );
  }
  const first = missing[0];
  const because = first?.error?.message ?? first?.skipReason ?? 'it was cancelled';
  return failed(task, {
    code: 'task-failed',
    message: `${missing.length} of ${copies.length} copies of "${task.spec.id}" did not complete. "${first?.spec.id}": ${because}`,
    hint: first?.error?.hint ?? null,
  });
}

function completed(task: TaskState, output: readonly Json[]): EntryDraft {
  const payload = { output, attempts: [], tokens: NO_USAGE, costUSD: 0 };
  return taskEntry(task, { kind: 'task-completed', payload });
}

function failed(task: TaskState, error: ErrorInfo): EntryDraft {
  return taskEntry(task, { kind: 'task-failed', payload: { error, attempts: [] } });
}

/** Growth has a limit, so that a plan that adds plans comes to an end. */
export function tooLarge(tasks: number): EnsembleError {
  return new EnsembleError(
    'invalid-graph',
    `The run would grow to ${tasks} tasks; at most ${MAX_GROWN_TASKS} are allowed.`,
    { hint: 'Split the work into several runs.' },
  );
}
