import { createHash } from 'node:crypto';
import type { RunBehaviour } from '../../../src/core/engine/engine.ts';
import type { TaskSpec } from '../../../src/core/graph/types.ts';
import type { Json } from '../../../src/core/json.ts';
import type { ApprovalAction } from '../../../src/core/policy/approval.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome } from '../../../src/core/ports.ts';
import { task } from '../engine-fixture.ts';

// A run with everything that a crash could spoil: a fan-out and its join, messages, questions to people in two forms, retries,
// a condition, and effects that leave a trace outside of the journal. Its result is the same however often it is cut off.

const FILES = Array.from({ length: 18 }, (_, index) => `file-${index}.ts`);
const WORKERS = 20;
/** The first half is answered by whoever runs the run, the second by another process. */
const GATES = 8;

/** Questions that the process itself answers. */
export function answersItself(taskId: string): boolean {
  return /^gate-\d+$/.test(taskId) && Number(taskId.slice(5)) < GATES / 2;
}

/** 50 tasks, 18 of which are copies. */
export function durableTasks(): TaskSpec[] {
  const worker = (index: number) => `work-${index}`;
  const workers = Array.from({ length: WORKERS }, (_, index) =>
    task(worker(index), index < 3 ? ['plan'] : [worker(index - 3)], {
      retry: { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 2 },
      ...(index === 7 ? { when: '["work-4"].name == "work-4"' } : {}),
    }),
  );
  const gates = Array.from({ length: GATES }, (_, index) =>
    task(`gate-${index}`, [worker(index)], index % 2 === 0 ? { approval: `Open gate ${index}?` } : {}),
  );
  const all = [...workers, ...gates].map(({ id }) => id);
  return [
    task('plan'),
    task('review', ['plan'], { fanOut: { over: 'plan.files' } }),
    ...workers,
    ...gates,
    task('merge', ['review']),
    task('end', ['merge', ...all]),
  ];
}

/** What effects and executions leave behind outside of the journal. */
export type Trace = (what: 'start' | 'effect', taskId: string, key: string) => void;

/** Does the tasks; each effect leaves a trace and takes a moment. */
export class DurableExecutor implements TaskExecutor {
  readonly #trace: Trace;
  readonly #pause: () => Promise<void>;

  constructor(trace: Trace, pause: () => Promise<void>) {
    this.#trace = trace;
    this.#pause = pause;
  }

  async execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    const { id, copy } = execution.task;
    this.#trace('start', id, String(execution.attempt));
    const first = await this.#effect(execution, context, 'turn-1', copy?.item ?? id);
    const told = (context.mail?.take('turn-1') ?? []).map(({ from, content }) => `${from}: ${content}`).sort();
    if (id === 'plan') return completed({ files: FILES });
    const allowed = /^gate-\d*[13579]$/.test(id) ? await context.approve(actionOf(id)) : null;
    if (/^work-\d*[05]$/.test(id) && execution.attempt === 1) return failedOnce();
    const next = `work-${Number(id.slice(5)) + 3}`;
    if (id.startsWith('work-') && Number(id.slice(5)) + 3 < WORKERS)
      context.mail?.send('turn-1', [{ to: next, kind: 'data', content: `from ${id}`, inReplyTo: null }]);
    const second = await this.#effect(execution, context, 'turn-2', first);
    const inputs = execution.inputs.map(({ taskId, status, output }): Json => [taskId, status, digest(output)]);
    return completed({ name: id, second, told, allowed, inputs });
  }

  async #effect({ task: { id }, attempt }: TaskExecution, context: ExecutionContext, key: string, from: Json) {
    return context.effect(key, { from }, async () => {
      this.#trace('effect', id, `${attempt}/${key}`);
      await this.#pause();
      return digest([id, key, from]);
    });
  }
}

export const concludeDurably: RunBehaviour['conclude'] = async ({ tasks }) => {
  const ended = [...tasks]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, status, output }): Json => [id, status, output]);
  return { result: digest(ended), llm: false, documentId: null };
};

function actionOf(id: string): ApprovalAction {
  return { title: `Run ${id}`, details: ['in /work'], action: { program: id } };
}

function completed(output: Json): TaskOutcome {
  return { status: 'completed', output, attempts: [] };
}

function failedOnce(): TaskOutcome {
  const error = { code: 'task-failed' as const, message: 'once more', hint: null };
  return { status: 'failed', error, attempts: [], retryable: true };
}

function digest(value: Json): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
