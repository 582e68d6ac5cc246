import { cancelledError, EnsembleError, toErrorInfo } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { TaskSpec } from '../graph/types.ts';
import { validateGraph } from '../graph/validate.ts';
import type { Clock, Logger, Random, RunJournal, RunOwner, TaskExecutor } from '../ports.ts';
import type { RunHandle } from '../requests.ts';
import type { RunResult } from '../results.ts';
import { apply } from './apply.ts';
import { CommitLog } from './commit-log.ts';
import type { Conclude } from './conclusion.ts';
import { JOURNAL_VERSION, type JournalEntry, type RunSnapshot } from './journal-entry.ts';
import { snapshotOf } from './projections.ts';
import { RunDriver, runEntry } from './run-driver.ts';
import { initialState, type RunState } from './state.ts';

/** How long `close` waits for runs to stop orderly, ms (design, decision 15). */
const CLOSE_TIMEOUT_MS = 2_000;

/** What an engine works with. */
export interface EngineDependencies {
  readonly journal: RunJournal;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly owner: RunOwner;
}

/** A run to start. */
export interface RunPlan {
  readonly runId: string;
  readonly snapshot: RunSnapshot;
  readonly tasks: readonly TaskSpec[];
}

/** What makes a run the kind of run it is. */
export interface RunBehaviour {
  readonly executor: TaskExecutor;
  readonly conclude: Conclude;
  readonly onEvent: EventListener;
}

/** Starts and resumes runs on a journal. All runs of all kinds go through here. */
export class Engine {
  readonly #deps: EngineDependencies;
  readonly #drivers = new Map<string, RunDriver>();

  constructor(deps: EngineDependencies) {
    this.#deps = deps;
  }

  /**
   * Makes a run durable and lets it go. Rejects `invalid-graph`, or with a storage error. `signal` stops it orderly, so
   * that it can be resumed.
   */
  async start(plan: RunPlan, behaviour: RunBehaviour, signal?: AbortSignal): Promise<RunHandle> {
    validateGraph(plan.tasks);
    const state = initialState(plan.runId);
    const log = new CommitLog(state, this.#deps.journal, this.#deps.clock, this.#guarded(behaviour.onEvent));
    await log.create(this.#deps.owner, [
      runEntry({ kind: 'run-started', payload: plan.snapshot }),
      runEntry({ kind: 'graph-extended', payload: { by: null, tasks: plan.tasks } }),
    ]);
    return this.#drive(state, log, behaviour, signal);
  }

  /**
   * Takes over a run that nobody owns and goes on where its journal ends. One that has ended resolves with its stored
   * result. Rejects `not-found`, `run-owned-elsewhere`, `storage-newer-version`.
   */
  async resume(
    runId: string,
    behaviourFor: (snapshot: RunSnapshot) => RunBehaviour,
    signal?: AbortSignal,
  ): Promise<RunHandle> {
    const state = await this.#claim(runId);
    if (hasResult(state)) {
      await this.#deps.journal.release(runId, state.epoch);
      return { runId, result: Promise.resolve(state.result as unknown as RunResult), cancel: async () => undefined };
    }
    const behaviour = behaviourFor(snapshotOf(state));
    const log = new CommitLog(state, this.#deps.journal, this.#deps.clock, this.#guarded(behaviour.onEvent));
    await log.append([runEntry({ kind: 'run-resumed', payload: { owner: this.#deps.owner.nonce } })]);
    return this.#drive(state, log, behaviour, signal);
  }

  /** Ends a run that nobody owns as `cancelled`; one that has ended stays as it is. */
  async cancelStored(runId: string): Promise<void> {
    const conclude: Conclude = async () => ({ result: 'The run was cancelled.', llm: false, documentId: null });
    const executor: TaskExecutor = {
      execute: () => Promise.reject(new EnsembleError('internal', 'A cancelled run executes nothing.')),
    };
    const state = await this.#claim(runId);
    if (hasResult(state)) return this.#deps.journal.release(runId, state.epoch);
    const log = new CommitLog(state, this.#deps.journal, this.#deps.clock, () => undefined);
    const handle = this.#driverOf(state, log, { executor, conclude, onEvent: () => undefined });
    handle.stop('cancelled', toErrorInfo(cancelledError()));
    await handle.result;
    await this.#deps.journal.release(runId, state.epoch);
  }

  /** Stops all runs orderly (`interrupted`), within two seconds. */
  async close(): Promise<void> {
    const drivers = [...this.#drivers.values()];
    for (const driver of drivers) driver.stop('interrupted', interruption());
    const stopped = Promise.allSettled(drivers.map((driver) => driver.result));
    const timer = new AbortController();
    await Promise.race([stopped, this.#deps.clock.sleep(CLOSE_TIMEOUT_MS, timer.signal).catch(() => undefined)]);
    timer.abort();
  }

  async #claim(runId: string): Promise<RunState> {
    if (this.#drivers.has(runId))
      throw new EnsembleError('run-owned-elsewhere', `Run ${runId} is going on in this window.`);
    const { epoch, entries } = await this.#deps.journal.claim(runId, this.#deps.owner);
    const state = fold(runId, entries);
    state.epoch = epoch;
    return state;
  }

  #driverOf(state: RunState, log: CommitLog, { executor, conclude }: RunBehaviour): RunDriver {
    const { limits } = snapshotOf(state);
    const { clock, random, logger } = this.#deps;
    return new RunDriver({ state, log, limits, executor, conclude, clock, random, logger });
  }

  #drive(state: RunState, log: CommitLog, behaviour: RunBehaviour, signal: AbortSignal | undefined): RunHandle {
    const { runId, epoch } = state;
    const driver = this.#driverOf(state, log, behaviour);
    const interrupt = () => driver.stop('interrupted', interruption());
    const result = driver.result.finally(async () => {
      signal?.removeEventListener('abort', interrupt);
      this.#drivers.delete(runId);
      await this.#deps.journal
        .release(runId, epoch)
        .catch((error: unknown) =>
          this.#deps.logger.warn('A run was not released', { runId, error: toErrorInfo(error).message }),
        );
    });
    result.catch(() => undefined);
    this.#drivers.set(runId, driver);
    driver.begin();
    if (signal?.aborted) interrupt();
    else signal?.addEventListener('abort', interrupt, { once: true });
    const cancel = async (final: boolean) => {
      driver.stop(final ? 'cancelled' : 'interrupted', final ? toErrorInfo(cancelledError()) : interruption());
      await result.catch(() => undefined);
    };
    return { runId, result, cancel };
  }

  /** A listener's bug must not hurt the run. */
  #guarded(listener: EventListener): EventListener {
    return (event) => {
      try {
        listener(event);
      } catch (error) {
        this.#deps.logger.error('An event listener failed', { event: event.type, error: toErrorInfo(error).message });
      }
    };
  }
}

function interruption() {
  return {
    code: 'cancelled' as const,
    message: 'The run was interrupted.',
    hint: 'Resume it to go on where it stopped.',
  };
}

function hasResult(state: RunState): boolean {
  return state.result !== null;
}

/** Folds a journal. Rejects a newer version: what we cannot read we must not continue. */
function fold(runId: string, entries: readonly JournalEntry[]): RunState {
  const state = initialState(runId);
  for (const entry of entries) {
    if (entry.v > JOURNAL_VERSION) {
      throw new EnsembleError('storage-newer-version', `Run ${runId} was written by a newer version of Ensemble.`, {
        hint: 'Update Ensemble to resume it; it can still be read.',
      });
    }
    apply(state, entry);
  }
  return state;
}
