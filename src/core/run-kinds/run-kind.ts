import type { CallSettings } from '../agents/types.ts';
import type { AccountConfig, EnsembleConfig } from '../config.ts';
import type { DocumentFormat, DocumentKind } from '../documents/document.ts';
import { diffOfEdit } from '../edits/unified-diff.ts';
import type { Conclusion, EndedRun } from '../engine/conclusion.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { PastCalls } from '../history/past-calls.ts';
import type { Json, JsonObject } from '../json.ts';
import type { LoadBalancing } from '../load-balancing.ts';
import type { Stores, Workspace } from '../ports.ts';
import type { RunOptions, RunRequest } from '../requests.ts';
import type { FileEdit } from '../results.ts';

/** What preparation may look at. */
export interface KindContext {
  readonly workspace: Workspace | null;
  readonly stores: Pick<Stores, 'findings'>;
  readonly past: PastCalls;
  readonly config: EnsembleConfig;
  /** Accounts that may receive prompts now. */
  readonly eligible: readonly AccountConfig[];
  readonly options: RunOptions;
  readonly signal: AbortSignal;
  /** Values that must be neither stored nor sent. */
  readonly knownSecrets: readonly string[];
}

/** A request made ready: what the snapshot keeps of it, and the first tasks. */
export interface PreparedKind {
  /** One line for people. */
  readonly title: string;
  /** JSON: enough to conclude the run after a resume, without the workspace. Without secrets: the journal keeps it for ever. */
  readonly stored: { readonly request: RunRequest; readonly [more: string]: unknown };
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

/** A run that has ended, as its kind sees it. */
export interface EndedKind extends EndedRun {
  /** False when no language model took part (offline provider). */
  readonly llm: boolean;
}

/** What a kind makes of its ended tasks. */
export interface ConcludedKind extends Omit<Conclusion, 'llm' | 'documentId'> {
  /** True: the result is kept as a document when the run has ended for good. */
  readonly keepsDocument: boolean;
  /** What the result is as a document. */
  readonly documentKind: DocumentKind;
  /** What is kept beside it, as documents of their own. Default: none. */
  readonly artifacts?: readonly Artifact[];
}

/** Something that a run has made. */
export interface Artifact {
  /** Names it in the run, so that a run that is concluded twice keeps it once. */
  readonly name: string;
  /** The task that made it; default: the run. */
  readonly taskId?: string;
  /** Default: the run's. */
  readonly title?: string;
  readonly kind: DocumentKind;
  readonly format: DocumentFormat;
  readonly content: string;
}

/** What is proposed as one unified diff; `textOf` knows the files as they were, null: new. Nothing where nothing is proposed. */
export function patchOf(edits: readonly FileEdit[], textOf: (file: string) => string | null): Artifact[] {
  const content = edits.map((edit) => diffOfEdit(edit, textOf(edit.file))).join('');
  return content === '' ? [] : [{ name: 'patch', kind: 'patch', format: 'text', content }];
}

/** What distinguishes one kind of run: how a request becomes the first tasks, and what is made of the ended ones. */
export interface RunKind<Request extends RunRequest = RunRequest> {
  /** Rejects with what is wrong with the request. */
  prepare(request: Request, context: KindContext): Promise<PreparedKind>;
  /** Works from what is stored alone. */
  conclude(stored: JsonObject, ended: EndedKind): ConcludedKind;
}

/** The settings that each model call of a run carries. `remembers`: what is told of earlier runs where nobody says. */
export function callSettings(
  { config, options }: KindContext,
  byStrategy: LoadBalancing | null,
  remembers = false,
): CallSettings {
  const usd = options.budgetUSD === undefined ? config.budget.perRunUSD : options.budgetUSD;
  const budget = { usd, tokens: config.budget.perRunTokens };
  const memory = (options.memory ?? remembers) ? { memory: true } : {};
  return { budget, loadBalancing: options.loadBalancing ?? byStrategy, ...memory };
}

/** A stored value as what it was made from. */
export function storedAs<T>(stored: Json): T {
  return stored as unknown as T;
}
