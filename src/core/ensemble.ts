import { ConfiguredAccounts, type PoolSource } from './accounts/configured-accounts.ts';
import type { Pool } from './accounts/types.ts';
import { withBudget } from './agents/with-budget.ts';
import { Approvals } from './approvals.ts';
import { auditedStores } from './audit/audited-stores.ts';
import { type AgentSettings, ASK_ABOVE_USD, agentSettingsOf, type EnsembleConfig } from './config.ts';
import type { Engine, RunBehaviour } from './engine/engine.ts';
import { eventsOf } from './engine/replay-events.ts';
import { type ReplayReport, replayRun } from './engine/replay-run.ts';
import { EnsembleError, toErrorInfo } from './errors.ts';
import type { EnsembleEvent, EventListener } from './events.ts';
import { shortHash } from './hash.ts';
import type { HistoryStore } from './history/history.ts';
import { Replay } from './history/replay-steps.ts';
import { newRunId } from './ids.ts';
import { authoriseSend } from './policy/authorise-send.ts';
import type {
  Approver,
  Clock,
  Logger,
  Page,
  Random,
  RunJournal,
  RunRecord,
  Stores,
  TaskExecutor,
  Workspace,
} from './ports.ts';
import type { PromptLibrary } from './prompts/library.ts';
import type { ReviewRequest, RunHandle, RunOptions, RunRequest, TaskRequest, WorkflowRequest } from './requests.ts';
import type { RunResult } from './results.ts';
import { type PreparedRun, type RunKinds, requestOf } from './run-kinds.ts';
import { readStoredRun, type StoredRun, unknownRun } from './stored-run.ts';
import type { Traces } from './tracing/traces.ts';
import type { WorkflowDefinition } from './workflows/catalogue.ts';

/** What the facade is wired from; compose.ts is the only place that does it. */
export interface EnsembleParts {
  readonly config: EnsembleConfig;
  readonly engine: Engine;
  readonly journal: RunJournal;
  readonly stores: Stores;
  readonly pools: PoolSource;
  readonly kinds: RunKinds;
  readonly prompts: PromptLibrary;
  readonly history: HistoryStore;
  readonly traces: Traces;
  readonly workflows: readonly WorkflowDefinition[];
  readonly workspace: Workspace | null;
  readonly approver: Approver;
  /**
   * `workspace`: of the run; what is remembered of another one stays there. `settings`: of its start; default: today's.
   */
  executorFor(pool: Pool, workspace: string | null, settings?: AgentSettings): TaskExecutor;
  closeStorage(): Promise<void>;
  /** Told of a changed configuration before the pool is. */
  onReconfigured(config: EnsembleConfig): void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * The product behind every shell: starts, watches, cancels and resumes runs, and reads what is kept. One instance per
 * process and database; `close` ends its runs orderly, so that they can be resumed.
 */
export class Ensemble {
  readonly stores: Stores;
  readonly prompts: PromptLibrary;
  readonly history: HistoryStore;
  readonly traces: Traces;
  readonly workflows: readonly WorkflowDefinition[];
  readonly approvals: Approvals;
  readonly replay: Replay;
  readonly accounts: ConfiguredAccounts;
  readonly #parts: EnsembleParts;
  readonly #listeners = new Set<EventListener>();
  readonly #active = new Map<string, { readonly handle: RunHandle; readonly target: string }>();

  constructor(parts: EnsembleParts) {
    this.#parts = parts;
    const { stores, prompts, history } = auditedStores(parts, parts.logger);
    this.stores = stores;
    this.prompts = prompts;
    this.history = history;
    this.traces = parts.traces;
    this.workflows = parts.workflows;
    this.accounts = new ConfiguredAccounts({ ...parts, usage: stores.usage, audit: stores.audit });
    this.replay = new Replay({ history: parts.history, stores: parts.stores, journal: parts.journal });
    this.approvals = new Approvals(parts.journal, parts.engine, parts.clock);
  }

  get config(): EnsembleConfig {
    return this.accounts.config;
  }

  /**
   * Prepares a run (reads the files, plans the first tasks, asks before code is sent), makes it durable and lets it go.
   * Rejects with the reason when it cannot start; from then on everything is in the handle's result.
   */
  async start(request: RunRequest, options: RunOptions = {}): Promise<RunHandle> {
    const { approver, clock, random, engine, stores, pools, workspace } = this.#parts;
    const signal = options.signal ?? new AbortController().signal;
    signal.throwIfAborted();
    const pool = await pools.get();
    this.#requireAccounts(pool, options.requireLlm ?? false);
    const target = shortHash(JSON.stringify([workspace?.root ?? null, request]));
    await this.#confirmSecondRun(target, signal);
    const prepared = await this.#parts.kinds.prepare(request, {
      config: this.config,
      eligible: pool.eligible(),
      options,
      signal,
    });
    await authoriseSend({
      pool,
      tasks: prepared.tasks,
      calls: prepared.expectedCalls,
      scope: prepared.scope ?? null,
      mayReadFiles: prepared.mayReadFiles ?? false,
      always: options.alwaysConfirm ?? prepared.alwaysConfirm ?? false,
      askAboveUSD: askAboveUSD(this.config),
      isLocal: (account) => pools.isLocal(account),
      workspace: workspace?.root ?? null,
      approver,
      audit: stores.audit,
      signal,
    });
    const runId = newRunId(clock.now(), random);
    const plan = { runId, snapshot: prepared.snapshot, tasks: prepared.tasks };
    const handle = await engine.start(plan, this.#behaviour(pool, prepared, options.onEvent), options.signal);
    if (request.kind === 'run' && request.prompt) await stores.prompts.recordUse(runId, request.prompt);
    return this.#track(handle, target);
  }

  /** Runs a task with a super-agent and its sub-agents; resolves with the JSON result. */
  async run(request: TaskRequest, options?: RunOptions): Promise<RunResult> {
    return (await this.start(request, options)).result;
  }

  /** Reviews files, changes or a selection; the result has findings and coverage. */
  async review(request: ReviewRequest, options?: RunOptions): Promise<RunResult> {
    return (await this.start(request, options)).result;
  }

  /** Runs a workflow of the catalogue by its id. */
  async runWorkflow(request: WorkflowRequest, options?: RunOptions): Promise<RunResult> {
    return (await this.start(request, options)).result;
  }

  /**
   * Stops a run of this process, or ends one that nobody runs (interrupted, or its owner died). `final` false leaves it
   * resumable. Rejects `not-found`, or `run-owned-elsewhere` while another process runs it.
   */
  async cancel(runId: string, final = true): Promise<void> {
    const active = this.#active.get(runId);
    if (active) return active.handle.cancel(final);
    if (!final) return;
    await this.#parts.engine.cancelStored(runId);
  }

  /**
   * Takes an interrupted run up where its journal ends, under another budget if the options name one. A run that has ended
   * resolves with its stored result.
   */
  async resume(runId: string, options: RunOptions = {}): Promise<RunHandle> {
    const active = this.#active.get(runId);
    if (active) return active.handle;
    const pool = await this.#parts.pools.get();
    const behaviourFor = (snapshot: PreparedRun['snapshot']) =>
      this.#behaviour(pool, { snapshot }, options.onEvent, options.budgetUSD);
    const { signal, force } = options;
    const handle = await this.#parts.engine.resume(runId, behaviourFor, { signal, force });
    return this.#track(handle, '');
  }

  /** Marks runs as interrupted whose process has ended without a word, so that they are offered; resolves with how many. */
  async reconcile(): Promise<number> {
    const orphans = (await this.history.unfinished({})).filter(({ run, live }) => run.status === 'running' && !live);
    const marked = await Promise.allSettled(orphans.map(({ run }) => this.#parts.engine.markInterrupted(run.runId)));
    return marked.filter(({ status }) => status === 'fulfilled').length;
  }

  /** Hears the events of all runs of this process; returns how to stop. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is kept of runs. */
  readonly runs = {
    list: (query: { limit: number; offset?: number }): Promise<Page<RunRecord>> => this.#parts.journal.list(query),
    /** The run, its tasks, and the messages between them in the order of sending. */
    get: (runId: string): Promise<StoredRun> => readStoredRun(this.#parts.journal, runId),
    events: async (runId: string): Promise<readonly EnsembleEvent[]> => eventsOf(await this.#parts.journal.read(runId)),
    /** Ids of the runs that go on in this process. */
    active: (): readonly string[] => [...this.#active.keys()],
    /** What the run was asked to do; a text that an editor handed over is not kept. Null: it is not known. */
    request: async (runId: string): Promise<RunRequest | null> => {
      const [first] = await this.#parts.journal.read(runId);
      if (!first) throw unknownRun(runId);
      return first.kind === 'run-started' ? requestOf(first.payload) : null;
    },
    /**
     * Executes a run that has ended once more from its journal, without calling a model, and compares: each prompt is rendered
     * again. Rejects `replay-diverged` with the first difference.
     */
    replay: async (runId: string, signal: AbortSignal): Promise<ReplayReport> => {
      const entries = await this.#parts.journal.read(runId);
      if (entries.length === 0) throw unknownRun(runId);
      const [first] = entries;
      const settings = first?.kind === 'run-started' ? agentSettingsOf(first.payload) : undefined;
      return replayRun(entries, this.#parts.executorFor(await this.#parts.pools.get(), null, settings), signal);
    },
    /** The stored JSON result; null while the run has not ended. */
    result: async (runId: string): Promise<RunResult | null> => {
      const entries = await this.#parts.journal.read(runId);
      if (entries.length === 0) throw unknownRun(runId);
      const last = entries.findLast((entry) => entry.kind === 'run-ended');
      return last?.kind === 'run-ended' ? (last.payload.result as unknown as RunResult) : null;
    },
  };

  /** Ends this process's runs orderly (resumable) and closes the database. */
  async close(): Promise<void> {
    await this.#parts.engine.close();
    await this.traces.flush();
    await this.#parts.closeStorage();
  }

  #behaviour(
    pool: Pool,
    run: Pick<PreparedRun, 'snapshot'>,
    listener: EventListener | undefined,
    budgetUSD?: number | null,
  ): RunBehaviour {
    const executor = this.#parts.executorFor(pool, run.snapshot.workspace, agentSettingsOf(run.snapshot));
    const { approver } = this.#parts;
    return {
      ask: approver.askDuring?.bind(approver),
      executor: budgetUSD === undefined ? executor : withBudget(executor, budgetUSD),
      conclude: this.#parts.kinds.conclusionOf(run.snapshot),
      onEvent: (event) => {
        if (listener) this.#deliver(listener, event);
        for (const each of this.#listeners) this.#deliver(each, event);
      },
    };
  }

  #deliver(listener: EventListener, event: EnsembleEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#parts.logger.error('An event listener failed', { event: event.type, error: toErrorInfo(error).message });
    }
  }

  #track(handle: RunHandle, target: string): RunHandle {
    this.#active.set(handle.runId, { handle, target });
    const forget = () => this.#active.delete(handle.runId);
    handle.result.then(forget, forget);
    return handle;
  }

  #requireAccounts(pool: Pool, requireLlm: boolean): void {
    const eligible = pool.eligible();
    if (eligible.length === 0) {
      throw new EnsembleError('no-usable-account', 'No account can be used: each is disabled or its key was refused.', {
        hint: 'Enable an account or give it a valid key.',
      });
    }
    if (requireLlm && eligible.every((account) => account.provider === 'offline')) {
      throw new EnsembleError(
        'no-usable-account',
        'A language model is required, but only the offline provider is configured.',
        {
          hint: 'Add an account, or leave the requirement out to use the offline rules.',
        },
      );
    }
  }

  async #confirmSecondRun(target: string, signal: AbortSignal): Promise<void> {
    if (![...this.#active.values()].some((run) => run.target === target)) return;
    const question = {
      kind: 'second-run' as const,
      title: 'The same run is already going on. Start it once more?',
      details: ['Both share the accounts and the budget of the day.'],
      actionHash: target,
    };
    if (await this.#parts.approver.ask(question, signal)) return;
    throw new EnsembleError('approval-refused', 'The run was not started: the same one is going on.');
  }
}

function askAboveUSD({ budget }: EnsembleConfig): number | null {
  return budget.askAboveUSD === undefined ? ASK_ABOVE_USD : budget.askAboveUSD;
}
