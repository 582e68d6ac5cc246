import type { CallSettings } from './agents/types.ts';
import type { EnsembleConfig } from './config.ts';
import type { Conclude } from './engine/conclusion.ts';
import type { RunSnapshot } from './engine/journal-entry.ts';
import { EnsembleError } from './errors.ts';
import type { TaskSpec } from './graph/types.ts';
import type { Json } from './json.ts';
import { concludeTask } from './planning/conclude-task.ts';
import { planTask } from './planning/plan-task.ts';
import type { Policy } from './policy/decide.ts';
import { redact } from './policy/redaction.ts';
import type { Stores, Workspace } from './ports.ts';
import type { ReviewRequest, RunOptions, RunRequest, TaskRequest } from './requests.ts';
import { concludeReview } from './review/conclude-review.ts';
import { dismissalsFor } from './review/dismissals.ts';
import { type Gathered, type GatherReport, gatherTarget, reportOf } from './review/gather.ts';
import { planReview } from './review/plan-review.ts';
import { requestOfWorkflow } from './workflows/catalogue.ts';

/** A run that only has to be started. */
export interface PreparedRun {
  readonly snapshot: RunSnapshot;
  readonly tasks: readonly TaskSpec[];
  /** Model calls to expect, for the estimate; later tasks may add to the graph. */
  readonly expectedCalls: number;
  /** What is read, for the estimate, such as `12 files`. Default: not told. */
  readonly scope?: string;
  /** Large by its nature, so the estimate is always shown. Default: false. */
  readonly alwaysConfirm?: boolean;
}

/** What preparation may look at. */
export interface PrepareContext {
  readonly config: EnsembleConfig;
  readonly options: RunOptions;
  readonly signal: AbortSignal;
}

/** The request as the snapshot keeps it: enough to conclude the run after a resume, without the workspace. */
type StoredRequest =
  | { readonly kind: 'run'; readonly request: TaskRequest }
  | { readonly kind: 'review'; readonly request: ReviewRequest; readonly gathered: GatherReport };

/** What runs are made from. */
export interface RunKindParts {
  readonly workspace: Workspace | null;
  readonly stores: Pick<Stores, 'documents' | 'findings'>;
  readonly policy: Policy;
  /** Values that must be neither stored nor sent. */
  knownSecrets(): readonly string[];
}

/**
 * What distinguishes the kinds of runs: how a request becomes the first tasks, and what is made of the ended ones.
 * A workflow is a name for one of them.
 */
export class RunKinds {
  readonly #parts: RunKindParts;

  constructor(parts: RunKindParts) {
    this.#parts = parts;
  }

  /** Rejects with what is wrong with the request (unknown workflow, nothing to review, ...). */
  async prepare(request: RunRequest, context: PrepareContext): Promise<PreparedRun> {
    this.#requireTrust();
    if (request.kind === 'run') return this.#prepareTask(request, context);
    if (request.kind === 'review')
      return this.#prepareReview(request, { kind: 'review', workflow: 'code-review' }, context);
    const inner = requestOfWorkflow(request.workflow, request.params);
    return this.#prepareReview(inner, { kind: 'workflow', workflow: request.workflow }, context);
  }

  /** The conclusion that belongs to a stored run. Only a run that has ended for good leaves a document and findings. */
  conclusionOf(snapshot: RunSnapshot): Conclude {
    const stored = snapshot.request as unknown as StoredRequest;
    return async (ended) => {
      const { runId, status, tasks, specs } = ended;
      const keep = status === 'completed' || status === 'partial' || status === 'failed';
      const llm = tasks.some((task) => task.attempts.some((attempt) => !attempt.model.startsWith('offline/')));
      const save = (content: string) => this.#saveDocument(runId, snapshot.title, content);
      if (stored.kind === 'run') {
        const { markdown } = concludeTask(tasks);
        const documentId = keep && stored.request.saveDocument ? await save(markdown) : null;
        return { result: markdown, llm, documentId };
      }
      const { findings, dismissed, coverage, markdown } = concludeReview({
        tasks,
        specs,
        gathered: stored.gathered,
        llm,
      });
      if (keep) await this.#parts.stores.findings.save(runId, findings as unknown as Json[]);
      const documentId = keep ? await save(markdown) : null;
      return { result: markdown, llm, documentId, findings, dismissed, coverage, partial: !coverage.complete };
    };
  }

  #saveDocument(runId: string, title: string, content: string): Promise<number> {
    return this.#parts.stores.documents.save({ taskId: runId, title, content, format: 'markdown' });
  }

  /** Rejects `untrusted-workspace` where the surface lets nothing leave a folder that nobody has trusted. */
  #requireTrust(): void {
    const { workspace, policy } = this.#parts;
    if (!workspace || workspace.trusted || policy.sendFromUntrusted) return;
    throw new EnsembleError(
      'untrusted-workspace',
      'This workspace is not trusted, so nothing of it is sent to a model.',
      {
        hint: 'Trust the workspace first.',
      },
    );
  }

  #prepareTask(typed: TaskRequest, { config, options }: PrepareContext): PreparedRun {
    if (typed.task.trim() === '') {
      throw new EnsembleError('invalid-input', 'The task is empty.', { hint: 'Say what the agents should do.' });
    }
    // The journal keeps the request for ever, so a key that was pasted into it goes first.
    const clean = (text: string) => redact(text, this.#parts.knownSecrets()).text;
    const request = {
      ...typed,
      task: clean(typed.task),
      context: typed.context === null ? null : clean(typed.context),
    };
    const strategy = request.strategy ?? config.strategy;
    const maxSubTasks = request.maxSubTasks ?? config.engine.maxSubTasks;
    const call = callSettings(config, options, strategy === 'balanced' ? 'balanced' : null);
    const stored: StoredRequest = { kind: 'run', request };
    return {
      snapshot: this.#snapshot('run', null, firstLine(request.task), stored, config, options),
      tasks: planTask(request, { strategy, maxSubTasks, call }),
      expectedCalls: maxSubTasks + 2,
    };
  }

  async #prepareReview(
    request: ReviewRequest,
    name: { readonly kind: string; readonly workflow: string },
    { config, options, signal }: PrepareContext,
  ): Promise<PreparedRun> {
    const { workspace } = this.#parts;
    if (!workspace) {
      throw new EnsembleError('nothing-to-review', 'There is no folder to review.', { hint: 'Open a folder first.' });
    }
    const gathered = await gatherTarget(request.target, workspace, signal, this.#parts.knownSecrets());
    const decisions = await this.#parts.stores.findings.decisions(workspace.root);
    const tasks = planReview(gathered, {
      depth: request.depth,
      call: callSettings(config, options, null),
      dismissals: dismissalsFor(
        decisions,
        gathered.files.map(({ path }) => path),
      ),
    });
    // The text of a selection is in the tasks already; the snapshot keeps only what the conclusion needs.
    const target = withoutText(request.target);
    const stored: StoredRequest = { kind: 'review', request: { ...request, target }, gathered: reportOf(gathered) };
    return {
      snapshot: this.#snapshot(name.kind, name.workflow, reviewTitle(request), stored, config, options),
      tasks,
      expectedCalls: tasks.length,
      scope: scopeOf(gathered),
      alwaysConfirm: reviewsEverything(request),
    };
  }

  #snapshot(
    kind: string,
    workflow: string | null,
    title: string,
    stored: StoredRequest,
    config: EnsembleConfig,
    options: RunOptions,
  ): RunSnapshot {
    return {
      kind,
      workflow,
      title,
      workspace: this.#parts.workspace?.root ?? null,
      request: stored as unknown as Json,
      config: config as unknown as Json,
      limits: {
        maxParallel: Math.min(50, Math.max(1, options.maxParallel ?? config.engine.maxParallelAgents)),
        runTimeoutMs: config.engine.globalTimeoutMs,
        taskTimeoutMs: config.engine.globalTimeoutMs,
      },
    };
  }
}

function withoutText(target: ReviewRequest['target']): ReviewRequest['target'] {
  if (target.type !== 'text') return target;
  const lines = target.text.replace(/(?:\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/).length;
  return { ...target, text: '', endLine: target.startLine + lines - 1 };
}

/** What a review reads and leaves out, for the estimate. */
function scopeOf({ files, skipped }: Gathered): string {
  const left = skipped.length === 0 ? '' : `, ${skipped.length} left out`;
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}${left}`;
}

/** True for a review of everything that is open: it may cost more than it looks. */
function reviewsEverything({ target }: ReviewRequest): boolean {
  return target.type === 'paths' && target.paths.some((path) => path === '' || path === '.' || path === './');
}

/** What a stored run was asked to do; null: it is stored in a way that this version does not know. */
export function requestOf(snapshot: RunSnapshot): RunRequest | null {
  return (snapshot.request as unknown as Partial<StoredRequest> | null)?.request ?? null;
}

function callSettings(config: EnsembleConfig, options: RunOptions, byStrategy: 'balanced' | null): CallSettings {
  const usd = options.budgetUSD === undefined ? config.budget.perRunUSD : options.budgetUSD;
  return { budget: { usd, tokens: config.budget.perRunTokens }, loadBalancing: options.loadBalancing ?? byStrategy };
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function reviewTitle({ target }: ReviewRequest): string {
  if (target.type === 'diff')
    return target.base === null ? 'Review of uncommitted changes' : `Review of changes since ${target.base}`;
  if (target.type === 'text') return `Review of ${target.file}`;
  const [first] = target.paths;
  if (target.paths.length !== 1 || first === undefined) return `Review of ${target.paths.length} paths`;
  return `Review of ${first === '' ? 'the workspace' : first}`;
}
