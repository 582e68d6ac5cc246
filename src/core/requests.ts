import type { Strategy } from './config.ts';
import type { EventListener } from './events.ts';
import type { Json } from './json.ts';
import type { LoadBalancing } from './load-balancing.ts';
import type { PromptRef } from './prompts/prompt.ts';
import type { RunResult } from './results.ts';

/** What every kind of run may set. */
export interface RunOptions {
  /** Lower or higher than the configuration's `perRunUSD`; null: as configured. */
  readonly budgetUSD?: number | null;
  readonly loadBalancing?: LoadBalancing;
  /** 1-50; default: the configuration's `maxParallelAgents`. */
  readonly maxParallel?: number;
  /**
   * Show the estimate and ask before anything is sent to a language model, however small it is and whoever got code before.
   * Default: only where there is reason to (policy/authorise-send.ts).
   */
  readonly alwaysConfirm?: boolean;
  /**
   * Tell all agents what was done before in this workspace: last interactions, what they said, related answers. Default: the configuration's
   * `history.memory` for tasks, workflows and pipelines, else false.
   */
  readonly memory?: boolean;
  /** Refuse to run when only the offline provider is available. */
  readonly requireLlm?: boolean;
  /** Resume also a run that has ended several processes without getting any further. Default: false. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Events of this run, from the first on. */
  readonly onEvent?: EventListener;
}

/** `ensemble run`: a super-agent decomposes, sub-agents execute, an aggregator merges. */
export interface TaskRequest {
  readonly kind: 'run';
  readonly task: string;
  readonly context: string | null;
  readonly strategy: Strategy | null;
  /** At most this many sub-tasks, 1-50; null: as configured. */
  readonly maxSubTasks: number | null;
  readonly saveDocument: boolean;
  /** True: one agent answers the task as it stands, nothing is planned or merged. Default: false. */
  readonly direct?: boolean;
  /** What lists call the run. Default: the first line of the task. */
  readonly title?: string;
  /** The version of a prompt that the task was filled in from; its use is counted. Default: none. */
  readonly prompt?: RenderedPrompt;
}

/** A version of a prompt, and what it was filled in with; without that no other version can be asked in its place. */
export interface RenderedPrompt extends PromptRef {
  readonly values?: Readonly<Record<string, Json>>;
}

/** How hard a review looks: quick = correctness and security; standard = all five lenses; thorough = two passes each. */
export type ReviewDepth = 'quick' | 'standard' | 'thorough';

/** What to review. */
export type ReviewTarget =
  /** Files and folders, relative to the workspace root; `['']` is all of it. */
  | { readonly type: 'paths'; readonly paths: readonly string[] }
  /**
   * What has changed against a base (null: uncommitted changes): the changed lines in the context of their files. With
   * `paths` only those and what is below them.
   */
  | { readonly type: 'diff'; readonly base: string | null; readonly paths?: readonly string[] }
  /** Text handed over by an editor; `startLine` is where it begins in the file. Unsaved text counts as it stands. */
  | {
      readonly type: 'text';
      readonly file: string;
      readonly languageId: string;
      readonly startLine: number;
      readonly text: string;
      /** Last line of the text. Only in requests that are read back from a run, which keeps no text. */
      readonly endLine?: number;
    };

/** `ensemble review`. */
export interface ReviewRequest {
  readonly kind: 'review';
  readonly target: ReviewTarget;
  readonly depth: ReviewDepth;
}

/** `ensemble workflow run`. */
export interface WorkflowRequest {
  readonly kind: 'workflow';
  readonly workflow: string;
  readonly params: Readonly<Record<string, Json>>;
}

/** The code that agents shall change or test. */
export type CodeTarget =
  /** A file as it is stored, whole. */
  | { readonly type: 'file'; readonly path: string }
  /** A document as it stands in an editor (`text` is all of it), and the lines that are meant; null: all of them. */
  | {
      readonly type: 'document';
      readonly file: string;
      readonly languageId: string;
      readonly text: string;
      readonly lines: { readonly first: number; readonly last: number } | null;
    };

/** `ensemble refactor`: plan, edit and check; the result has `edits`. */
export interface RefactorRequest {
  readonly kind: 'refactor';
  readonly target: CodeTarget;
  /** What should become better, in the person's words; null: readability without a change of behaviour. */
  readonly goals: string | null;
}

/** `ensemble test-gen`: tests in the project's framework and style; the result has `edits` and `testPlan`. */
export interface TestGenerationRequest {
  readonly kind: 'test-gen';
  readonly target: CodeTarget;
  /** A name as in {@link TestPlan}; null: the project's own. */
  readonly framework: string | null;
}

/** `ensemble pipeline` (S2): product manager, architect, developer, QA engineer; the result has `pipeline` and `edits`. */
export interface PipelineRequest {
  readonly kind: 'pipeline';
  readonly requirement: string;
  /** Files that the team is shown and may change, relative to the workspace. */
  readonly paths: readonly string[];
  /** How often the QA engineer may send the work back, 0-5. */
  readonly rounds: number;
}

/** `ensemble replay ID --rerun`: one model call once more. */
export interface RerunRequest {
  readonly kind: 'rerun';
  /** Id of the conversation. */
  readonly conversation: number;
  /** `<provider>/<id>` or a bare id or alias; null: as it was. */
  readonly model: string | null;
  /** The only account that it may go to; null: any. */
  readonly account: string | null;
  /** Another version of the prompt that it was rendered from, filled in with the same values; null: as it was. */
  readonly promptVersion: number | null;
}

/** Anything that can be run. */
export type RunRequest =
  | TaskRequest
  | ReviewRequest
  | RefactorRequest
  | TestGenerationRequest
  | PipelineRequest
  | RerunRequest
  | WorkflowRequest;

/** A run that was started: it goes on until `result` settles, whoever watches. */
export interface RunHandle {
  readonly runId: string;
  /** Resolves with the JSON result, also for failed and cancelled runs; rejects `run-lost` or with a storage error. */
  readonly result: Promise<RunResult>;
  /** Orderly stop. `final` false leaves the run resumable (`interrupted`), true ends it (`cancelled`). */
  cancel(final: boolean): Promise<void>;
}
