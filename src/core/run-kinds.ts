import type { AccountConfig, EnsembleConfig } from './config.ts';
import type { Conclude } from './engine/conclusion.ts';
import type { RunSnapshot } from './engine/journal-entry.ts';
import { EnsembleError } from './errors.ts';
import type { TaskSpec } from './graph/types.ts';
import type { PastCalls } from './history/past-calls.ts';
import type { Json, JsonObject } from './json.ts';
import type { Policy } from './policy/decide.ts';
import type { Stores, Workspace } from './ports.ts';
import type { RunOptions, RunRequest } from './requests.ts';
import { PIPELINE_KIND } from './run-kinds/pipeline.ts';
import { REFACTOR_KIND } from './run-kinds/refactor.ts';
import { RERUN_KIND } from './run-kinds/rerun.ts';
import { REVIEW_KIND } from './run-kinds/review.ts';
import type { RunKind } from './run-kinds/run-kind.ts';
import { TASK_KIND } from './run-kinds/task.ts';
import { TEST_GENERATION_KIND } from './run-kinds/test-generation.ts';
import { WORKFLOW_KIND } from './run-kinds/workflow.ts';
import { requestOfWorkflow, workflowOf } from './workflows/catalogue.ts';

/** A pool waits two minutes for the first sign of an answer, so this is a call or a tool that hangs. */
const SILENCE_MS = 180_000;

/** A run that only has to be started. */
export interface PreparedRun {
  readonly snapshot: RunSnapshot;
  readonly tasks: readonly TaskSpec[];
  /** Model calls to expect, for the estimate; later tasks may add to the graph. */
  readonly expectedCalls: number;
  /** What is read, for the estimate, such as `12 files`. Default: not told. */
  readonly scope?: string;
  /** Agents may read files of the workspace that were not chosen, with tools. Default: false. */
  readonly mayReadFiles?: boolean;
  /** Large by its nature, so the estimate is always shown. Default: false. */
  readonly alwaysConfirm?: boolean;
}

/** What preparation may look at. */
export interface PrepareContext {
  readonly config: EnsembleConfig;
  /** Accounts that may receive prompts now. */
  readonly eligible: readonly AccountConfig[];
  readonly options: RunOptions;
  readonly signal: AbortSignal;
}

/** What runs are made from. */
export interface RunKindParts {
  readonly workspace: Workspace | null;
  readonly stores: Pick<Stores, 'documents' | 'findings'>;
  /** Calls that were made before. */
  readonly past: PastCalls;
  readonly policy: Policy;
  /** Values that must be neither stored nor sent. */
  knownSecrets(): readonly string[];
}

const KINDS: { readonly [K in RunRequest['kind']]: RunKind<Extract<RunRequest, { readonly kind: K }>> } = {
  run: TASK_KIND,
  review: REVIEW_KIND,
  refactor: REFACTOR_KIND,
  'test-gen': TEST_GENERATION_KIND,
  rerun: RERUN_KIND,
  workflow: WORKFLOW_KIND,
  pipeline: PIPELINE_KIND,
};

/** All kinds of runs: what is the same for them around what {@link RunKind} distinguishes. */
export class RunKinds {
  readonly #parts: RunKindParts;

  constructor(parts: RunKindParts) {
    this.#parts = parts;
  }

  /** Rejects with what is wrong with the request (unknown workflow, nothing to review, ...). */
  async prepare(request: RunRequest, context: PrepareContext): Promise<PreparedRun> {
    this.#requireTrust();
    const plain = request.kind === 'workflow' ? requestOfWorkflow(request.workflow, request.params) : request;
    const workflow = request.kind === 'workflow' ? request.workflow : workflowOf(plain.kind);
    const { workspace, stores, past, knownSecrets } = this.#parts;
    // The key and the request belong together by the type of the table.
    const kind = KINDS[plain.kind] as RunKind;
    const prepared = await kind.prepare(plain, { ...context, workspace, stores, past, knownSecrets: knownSecrets() });
    const { title, stored, ...rest } = prepared;
    return {
      ...rest,
      snapshot: this.#snapshot(request.kind, workflow, title, { kind: plain.kind, ...stored }, context),
    };
  }

  /** The conclusion that belongs to a stored run. Only a run that has ended for good leaves a document and findings. */
  conclusionOf(snapshot: RunSnapshot): Conclude {
    const stored = snapshot.request as JsonObject & { readonly kind: RunRequest['kind'] };
    return async (ended) => {
      const { runId, status, tasks } = ended;
      const { documents, findings } = this.#parts.stores;
      const llm = tasks.some((task) => task.attempts.some((attempt) => !attempt.model.startsWith('offline/')));
      const {
        keepsDocument,
        documentKind: kind,
        artifacts = [],
        ...concluded
      } = KINDS[stored.kind].conclude(stored, { ...ended, llm });
      const keep = status === 'completed' || status === 'partial' || status === 'failed';
      if (keep && concluded.findings) await findings.save(runId, concluded.findings as unknown as Json[]);
      const note = { author: 'Ensemble', reason: `run ${runId}` };
      const { title, workspace } = snapshot;
      for (const { name, taskId, ...artifact } of keep ? artifacts : []) {
        const made = { taskId: taskId === undefined ? runId : `${runId}/${taskId}`, artifact: name };
        await documents.save({ title, ...artifact, ...made, workspace, note });
      }
      // Last, so that it stands first; and under a name, so that a run that is concluded twice keeps it once.
      const result = { content: concluded.result, format: 'markdown' as const, artifact: 'result' };
      const documentId =
        keep && keepsDocument ? await documents.save({ taskId: runId, title, kind, workspace, note, ...result }) : null;
      return { ...concluded, llm, documentId };
    };
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

  #snapshot(
    kind: string,
    workflow: string | null,
    title: string,
    stored: object,
    { config, options }: PrepareContext,
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
        silenceMs: SILENCE_MS,
      },
    };
  }
}

/** What a stored run was asked to do; null: it is stored in a way that this version does not know. */
export function requestOf(snapshot: RunSnapshot): RunRequest | null {
  return (snapshot.request as unknown as { readonly request?: RunRequest } | null)?.request ?? null;
}
