import type { EntryDraft, JournalWrite, RunProjection, TaskProjection } from '../../src/core/engine/journal-entry.ts';
import { type AttemptRecord, NO_USAGE } from '../../src/core/model.ts';

// Complete, made-up values of the journal's types, with every optional part present somewhere.

export const RUN: RunProjection = {
  status: 'running',
  title: 'Review of src/engine',
  kind: 'review',
  workflow: 'code-review',
  workspace: '/home/someone/project',
  taskCount: 2,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  tokens: { input: 1_200, output: 340, cached: 100, reasoning: 40, estimated: true },
  costUSD: 0.123457,
  error: null,
};

export const ATTEMPT: AttemptRecord = {
  account: 'grok-1',
  model: 'xai/grok-4',
  outcome: 'completed',
  tokens: { input: 10, output: 5, cached: 0, reasoning: 0, estimated: false },
  costUSD: 0.000105,
  latencyMs: 412,
};

export function task(instanceId: string, changes: Partial<TaskProjection> = {}): TaskProjection {
  return {
    instanceId,
    taskId: instanceId,
    parentId: null,
    agent: 'security',
    description: 'Looks for injections',
    status: 'pending',
    dependencies: [],
    attempt: 0,
    attempts: [],
    tokens: NO_USAGE,
    costUSD: null,
    startedAt: null,
    durationMs: null,
    output: null,
    error: null,
    ...changes,
  };
}

export function started(request: string | object = 'src'): EntryDraft {
  return {
    kind: 'run-started',
    instanceId: null,
    attempt: 0,
    payload: {
      kind: 'review',
      workflow: 'code-review',
      title: RUN.title,
      workspace: RUN.workspace,
      request: JSON.parse(JSON.stringify(request)),
      config: { strategy: 'adaptive' },
      limits: { maxParallel: 3, runTimeoutMs: 300_000, taskTimeoutMs: 300_000 },
    },
  };
}

export function outcome(key: string, result = 'done'): EntryDraft {
  return { kind: 'effect-outcome', instanceId: 'security', attempt: 1, payload: { key, result } };
}

export function write(entries: readonly EntryDraft[], changes: Partial<JournalWrite> = {}): JournalWrite {
  return { entries, run: null, tasks: [], ...changes };
}

export const FIRST: JournalWrite = { entries: [started()], run: RUN, tasks: [task('security'), task('tests')] };
