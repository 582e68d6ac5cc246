import { Engine, type RunBehaviour } from '../../src/core/engine/engine.ts';
import type { RunSnapshot } from '../../src/core/engine/journal-entry.ts';
import type { EnsembleEvent } from '../../src/core/events.ts';
import type { TaskSpec } from '../../src/core/graph/types.ts';
import type { Clock, Logger, RunJournal, TaskExecutor } from '../../src/core/ports.ts';

/** A task with the usual settings. */
export function task(id: string, dependencies: readonly string[] = [], extra: Partial<TaskSpec> = {}): TaskSpec {
  return {
    id,
    agent: 'worker',
    description: `does ${id}`,
    dependencies,
    priority: 5,
    estimateMs: null,
    timeoutMs: null,
    retry: { maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0 },
    onError: 'skip-dependents',
    payload: null,
    ...extra,
  };
}

/** A snapshot with roomy limits. */
export function snapshot(maxParallel = 3, limits: Partial<RunSnapshot['limits']> = {}): RunSnapshot {
  return {
    kind: 'test',
    workflow: null,
    title: 'a test run',
    workspace: null,
    request: null,
    config: null,
    limits: { maxParallel, runTimeoutMs: 3_600_000, taskTimeoutMs: 600_000, ...limits },
  };
}

/** A logger that keeps what it was told. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];
  debug = (message: string) => void this.lines.push(`debug ${message}`);
  info = (message: string) => void this.lines.push(`info ${message}`);
  warn = (message: string) => void this.lines.push(`warn ${message}`);
  error = (message: string) => void this.lines.push(`error ${message}`);
}

/** A process that owns nothing anywhere. */
export const OWNER = { host: 'test', pid: process.pid, startTime: '', nonce: 'one' };

/** An engine on a journal and a clock. */
export function engineOn(journal: RunJournal, clock: Clock): Engine {
  return new Engine({ journal, clock, random: () => 0.5, logger: new MemoryLogger(), owner: OWNER });
}

/** A behaviour whose conclusion joins the outputs, with the events it was told. */
export function behaviourOf(executor: TaskExecutor): RunBehaviour & { readonly events: EnsembleEvent[] } {
  const events: EnsembleEvent[] = [];
  return {
    executor,
    conclude: async ({ tasks }) => ({
      result: tasks.map((one) => `${one.id}=${String(one.output)}`).join(' '),
      llm: false,
      documentId: null,
    }),
    onEvent: (event) => events.push(event),
    events,
  };
}
