import { MemoryJournal } from '../../src/adapters/storage/memory/memory-journal.ts';
import { Engine, type RunBehaviour } from '../../src/core/engine/engine.ts';
import type { RunSnapshot } from '../../src/core/engine/journal-entry.ts';
import { TEAMWORK } from '../../src/core/engine/teamwork.ts';
import type { EnsembleEvent } from '../../src/core/events.ts';
import type { TaskSpec } from '../../src/core/graph/types.ts';
import type { Clock, Logger, RunJournal, RunOwner, TaskExecutor } from '../../src/core/ports.ts';
import type { RunHandle } from '../../src/core/requests.ts';
import type { RunResult } from '../../src/core/results.ts';
import { FakeClock } from './fake-clock.ts';

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

/** A living process; claims by it are never refused to itself. */
export const OWNER: RunOwner = { host: 'test', pid: process.pid, startTime: '', nonce: 'one' };

/** An engine on a journal and a clock. */
export function engineOn(journal: RunJournal | null, clock: Clock, logger: Logger = new MemoryLogger()): Engine {
  return new Engine({ journal, clock, random: () => 0.5, logger, owner: OWNER, teamwork: TEAMWORK });
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

/** Moves the clock on until the promise settles; then it is like the promise. */
export async function finish<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  promise.then(mark, mark);
  await clock.runUntil(() => settled);
  return promise;
}

/** A run on a fake clock, with everything that can be seen of it. */
export class TestRun {
  readonly clock = new FakeClock();
  readonly journal = new MemoryJournal();
  readonly logger = new MemoryLogger();
  readonly engine = engineOn(this.journal, this.clock, this.logger);
  readonly behaviour: RunBehaviour & { readonly events: EnsembleEvent[] };

  constructor(executor: TaskExecutor) {
    this.behaviour = behaviourOf(executor);
  }

  get events(): readonly EnsembleEvent[] {
    return this.behaviour.events;
  }

  /** Starts the run `R`. */
  start(tasks: readonly TaskSpec[], options: RunSnapshot = snapshot(), signal?: AbortSignal): Promise<RunHandle> {
    return this.engine.start({ runId: 'R', snapshot: options, tasks }, this.behaviour, signal);
  }

  /** Starts the run and sees it through to its result. */
  async run(tasks: readonly TaskSpec[], options: RunSnapshot = snapshot()): Promise<RunResult> {
    return finish(this.clock, (await this.start(tasks, options)).result);
  }

  async resume(): Promise<RunResult> {
    const handle = await this.engine.resume('R', () => this.behaviour);
    return finish(this.clock, handle.result);
  }

  /** Kinds of the journal's entries, of one task or of all. */
  async kinds(taskId: string | null = null): Promise<string[]> {
    const entries = await this.journal.read('R');
    return entries.filter((one) => taskId === null || one.instanceId === taskId).map((one) => one.kind);
  }
}

/** Ids and statuses, as the shortest picture of how a run went. */
export function statuses(result: RunResult): Record<string, string> {
  return Object.fromEntries(result.tasks.map(({ id, status }) => [id, status]));
}
