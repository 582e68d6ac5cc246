import { EnsembleError, toErrorInfo } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { Approver, Clock, Logger, Random, RunJournal, RunOwner, TaskExecutor } from '../ports.ts';
import type { RunHandle } from '../requests.ts';
import type { RunResult } from '../results.ts';
import { advance, apply } from './apply.ts';
import { CommitLog, type EntryObserver } from './commit-log.ts';
import { type Conclude, concludeRun, interruptedResult, withoutConclusion } from './conclusion.ts';
import { runEntry } from './entries.ts';
import { ExecutorPerformer } from './executor-performer.ts';
import { type EntryDraft, JOURNAL_VERSION, type JournalEntry, type RunSnapshot } from './journal-entry.ts';
import { type Ledger, lostCalls } from './lost-calls.ts';
import { createRun, guarded, type RunPlan } from './new-run.ts';
import { projectRun, projectTask, snapshotOf } from './projections.ts';
import { type Endings, RunDriver } from './run-driver.ts';
import { initialState, type RunState, type TaskState } from './state.ts';
import { cancelled, interruption, processEnded } from './stop-reasons.ts';
import type { Teamwork } from './teamwork.ts';

export type { Conclude, Conclusion, EndedRun } from './conclusion.ts';

/** Times a run may be taken up again without getting any further. */
const MAX_FRUITLESS = 3;

/** How long `close` waits for runs to stop orderly, ms (design, decision 15). */
const CLOSE_TIMEOUT_MS = 2_000;

/** What an engine works with. */
export interface EngineDependencies {
  /** Null: runs are not kept and cannot be resumed (a bare graph). */
  readonly journal: RunJournal | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly owner: RunOwner;
  /** Through what tasks ask people, write to one another and spawn others. */
  readonly teamwork: Teamwork;
  /** What the calls of runs have cost, so that totals hold those that were cut off. Default: totals are of calls that came to an end. */
  readonly ledger?: Ledger;
  /** Follows what all runs do, for traces; one that throws is logged and hurts no run. Default: nobody. */
  readonly observer?: RunObserver;
}

/** Follows runs by their journal. */
export interface RunObserver {
  /** Entries of a run that have become durable, in order; `at` is their time (ISO-8601 UTC). */
  committed(runId: string, entries: readonly EntryDraft[], at: string): void;
  /** All entries so far of a run that is taken over and goes on. */
  resumed(entries: readonly JournalEntry[]): void;
}

/** What makes a run the kind of run it is. */
export interface RunBehaviour {
  readonly executor: TaskExecutor;
  readonly conclude: Conclude;
  /** Hears the run's events in order; one that throws is logged and does not hurt the run. Null: nobody listens. */
  readonly onEvent: EventListener | null;
  /** Asks somebody here to allow an action; default: nobody is here, and a run that needs an answer is suspended. */
  readonly ask?: NonNullable<Approver['askDuring']> | undefined;
}

/**
 * Starts and resumes runs on a journal. All runs of all kinds go through here, `runGraph` included. An engine stands for
 * one owner of runs; `close` gives them all up, resumable.
 */
export class Engine {
  readonly #deps: EngineDependencies;
  readonly #drivers = new Map<string, Driver>();
  #closed = false;

  constructor(deps: EngineDependencies) {
    this.#deps = deps;
  }

  /**
   * Makes a run durable and lets it go. Rejects `invalid-graph`, `invalid-input` for impossible limits or a known id, or
   * with a storage error. `signal` stops the run orderly, so that it can be resumed.
   */
  async start(plan: RunPlan, behaviour: RunBehaviour, signal?: AbortSignal): Promise<RunHandle> {
    this.#checkOpen();
    const state = initialState(plan.runId);
    const log = this.#logOf(state, behaviour.onEvent);
    await createRun(log, this.#deps.owner, plan);
    return this.#drive(this.#driverOf(state, log, behaviour), state, signal);
  }

  /**
   * Takes over a run that nobody owns and goes on where its journal ends. One that has ended resolves with its stored
   * result. Rejects `not-found`, `run-owned-elsewhere`, `storage-newer-version`, and `crash-loop` for a run that has ended three
   * processes without getting any further, unless `force` is true.
   */
  async resume(
    runId: string,
    behaviourFor: (snapshot: RunSnapshot) => RunBehaviour,
    { signal, force = false }: { readonly signal?: AbortSignal | undefined; readonly force?: boolean | undefined } = {},
  ): Promise<RunHandle> {
    const state = await this.#claim(runId);
    return this.#orRelease(state, async () => {
      if (state.fruitless >= MAX_FRUITLESS && !force) throw crashLoop(runId);
      if (state.result !== null) {
        await this.#release(state);
        return endedHandle(state);
      }
      const behaviour = behaviourFor(snapshotOf(state));
      const log = this.#logOf(state, behaviour.onEvent);
      const { owner } = this.#deps;
      await log.append([
        ...(await this.#lostCalls(state)),
        runEntry({ kind: 'run-resumed', payload: { owner: owner.nonce } }),
      ]);
      return this.#drive(this.#driverOf(state, log, behaviour), state, signal);
    });
  }

  /**
   * Tells the journal that a run is interrupted whose process has ended without a word; anything else stays as it is. The time since
   * its last entry does not count. Rejects as {@link resume} does.
   */
  async markInterrupted(runId: string): Promise<void> {
    const state = await this.#claim(runId);
    await this.#orRelease(state, async () => {
      if (state.status === 'running' && state.lastAt !== null) {
        const interrupted = runEntry({ kind: 'run-interrupted', payload: { error: processEnded(), crashed: true } });
        const at = state.lastAt;
        const { epoch } = state;
        const entries = [...(await this.#lostCalls(state)), interrupted];
        const changed = new Set<TaskState>();
        for (const entry of entries) advance(state, entry, at, changed);
        const tasks = Array.from(changed, projectTask);
        await this.#deps.journal?.append(runId, epoch, { at, entries, run: projectRun(state), tasks });
      }
      await this.#release(state);
    });
  }

  /** Ends a run that nobody owns as `cancelled`; one that has ended stays as it is. Rejects as {@link resume} does. */
  async cancelStored(runId: string): Promise<void> {
    const state = await this.#claim(runId);
    await this.#orRelease(state, async () => {
      if (state.result !== null) return this.#release(state);
      const driver = this.#driverOf(state, this.#logOf(state, null), CANCELLED_BEHAVIOUR);
      const { cancel, result } = this.#handleOf(driver, state);
      await cancel(true);
      await result;
    });
  }

  /** Lets a run of this engine look at once for answers of people; it does so by itself as well. */
  lookForAnswers(runId: string): void {
    this.#drivers.get(runId)?.lookForAnswers();
  }

  /** Stops all runs orderly (`interrupted`), within two seconds; starts none any more. */
  async close(): Promise<void> {
    this.#closed = true;
    const drivers = [...this.#drivers.values()];
    for (const driver of drivers) driver.stop('interrupted', interruption());
    const stopped = Promise.allSettled(drivers.map((driver) => driver.result));
    const timer = new AbortController();
    await Promise.race([stopped, this.#deps.clock.sleep(CLOSE_TIMEOUT_MS, timer.signal).catch(() => undefined)]);
    timer.abort();
  }

  async #claim(runId: string): Promise<RunState> {
    this.#checkOpen();
    if (this.#drivers.has(runId)) {
      throw new EnsembleError('run-owned-elsewhere', `Run ${runId} is going on here already.`);
    }
    const { journal, owner } = this.#deps;
    if (journal === null) throw new EnsembleError('not-found', `Run ${runId} was not kept: it had no journal.`);
    const { epoch, entries } = await journal.claim(runId, owner);
    const state = initialState(runId);
    return this.#orRelease({ runId, epoch }, async () => {
      fold(state, entries);
      state.epoch = epoch;
      const { observer, logger } = this.#deps;
      if (observer && state.result === null) unharmed(() => observer.resumed(entries), logger);
      return state;
    });
  }

  /** Does something with a claimed run; one that cannot be gone on with is not kept from others. */
  async #orRelease<T>(run: Pick<RunState, 'runId' | 'epoch'>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#release(run);
      throw error;
    }
  }

  async #release({ runId, epoch }: Pick<RunState, 'runId' | 'epoch'>): Promise<void> {
    try {
      await this.#deps.journal?.release(runId, epoch);
    } catch (error) {
      // What is left is an owner that will be found dead; the run's outcome does not depend on it.
      const { code, message } = toErrorInfo(error);
      this.#deps.logger.warn('A run was not released', { runId, code, message });
    }
  }

  async #lostCalls(state: RunState): Promise<readonly EntryDraft[]> {
    const { ledger, logger } = this.#deps;
    return ledger === undefined ? [] : lostCalls(state, ledger, logger);
  }

  #logOf(state: RunState, onEvent: EventListener | null): CommitLog {
    const { journal, clock, logger, observer = null } = this.#deps;
    const observe: EntryObserver | null =
      observer && ((entries, at) => unharmed(() => observer.committed(state.runId, entries, at), logger));
    return new CommitLog({
      state,
      journal,
      clock,
      listener: onEvent && guarded(onEvent, logger),
      observer: observe,
    });
  }

  #driverOf(state: RunState, log: CommitLog, { executor, conclude, ask }: Behind): Driver {
    const { limits } = snapshotOf(state);
    const { journal, clock, random, logger, teamwork } = this.#deps;
    const performer = new ExecutorPerformer(executor, state);
    const endings: Endings<RunResult> = {
      ended: (status, now) => concludeRun(state, status, now, conclude),
      paused: (now) => interruptedResult(state, now),
      before: () => this.#lostCalls(state),
    };
    const behind = { performer, endings, ask: ask ?? null };
    return new RunDriver({ state, log, limits, journal, ...behind, teamwork, clock, random, logger });
  }

  #drive(driver: Driver, state: RunState, signal: AbortSignal | undefined): RunHandle {
    const handle = this.#handleOf(driver, state);
    if (this.#closed) driver.stop('interrupted', interruption());
    else driver.begin(signal);
    return handle;
  }

  #handleOf(driver: Driver, state: RunState): RunHandle {
    const { runId } = state;
    this.#drivers.set(runId, driver);
    const result = driver.result.finally(() => {
      this.#drivers.delete(runId);
      return this.#release(state);
    });
    result.catch(() => undefined);
    const cancel = async (final: boolean) => {
      driver.stop(final ? 'cancelled' : 'interrupted', final ? cancelled() : interruption());
      const status = await result.then(
        (ended) => ended.status,
        () => null,
      );
      // The request came while the run was already being interrupted.
      if (final && (status === 'interrupted' || status === 'suspended')) await this.cancelStored(runId);
    };
    return { runId, result, cancel };
  }

  #checkOpen(): void {
    if (this.#closed) throw new EnsembleError('cancelled', 'Ensemble is closing.');
  }
}

type Driver = RunDriver<RunResult>;

type Behind = Omit<RunBehaviour, 'onEvent'>;

/** A run that nobody runs is cancelled without looking at what its tasks have done. */
const CANCELLED_BEHAVIOUR: Behind = {
  executor: { execute: () => Promise.reject(new EnsembleError('internal', 'A cancelled run executes nothing.')) },
  conclude: async ({ tasks }) => withoutConclusion(tasks),
};

/** A bug in what follows a run must not hurt it. */
function unharmed(follow: () => void, logger: Logger): void {
  try {
    follow();
  } catch (error) {
    logger.error('A trace could not be made', { message: toErrorInfo(error).message });
  }
}

function endedHandle({ runId, result }: RunState): RunHandle {
  return { runId, result: Promise.resolve(result as unknown as RunResult), cancel: async () => undefined };
}

/** Folds a journal. Rejects a newer version: what we cannot read we must not continue. */
function fold(state: RunState, entries: readonly JournalEntry[]): void {
  for (const entry of entries) {
    if (entry.v > JOURNAL_VERSION) {
      throw new EnsembleError(
        'storage-newer-version',
        `Run ${state.runId} was written by a newer version of Ensemble.`,
        {
          hint: 'Update Ensemble to resume it; it can still be read.',
        },
      );
    }
    apply(state, entry);
  }
}

function crashLoop(runId: string): EnsembleError {
  const message = `Run ${runId} has ended ${MAX_FRUITLESS} processes in a row without getting any further.`;
  return new EnsembleError('crash-loop', message, {
    hint: 'Look at what it was doing; resume it by force, or end it.',
  });
}
