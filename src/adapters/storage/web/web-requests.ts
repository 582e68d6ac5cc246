import { EnsembleError } from '../../../core/errors.ts';
import type { Operations } from '../worker/operations.ts';
import type { RequestOf } from '../worker/request.ts';

/** One call of an operation. */
export type WebRequest = RequestOf<Operations>;

/** How large a database in the browser may get, bytes: all of it is in memory, and each save writes all of it. */
export interface WebLimits {
  /** From here on no new run starts; those that go on can end. Default 20 MB. */
  readonly newRuns: number;
  /** From here on nothing is added. Default 24 MB. */
  readonly everything: number;
}

export const WEB_LIMITS: WebLimits = { newRuns: 20_000_000, everything: 24_000_000 };

/**
 * Changes of a run on its way and of figures: they can wait for the next save, at most two seconds. All others, such as what
 * people write and decide, are saved before their callers go on.
 */
const SAVED_LATER: ReadonlySet<keyof Operations> = new Set([
  'beginConversation',
  'finishConversation',
  'saveDocument',
  'saveFindings',
  'saveSpans',
  'recordUsage',
  'drawSlots',
  'learn',
  'takeQuotaTokens',
  'reportQuotaTokens',
  'settleQuotaTokens',
  'reserve',
  'settle',
  'identifyWorkspace',
] satisfies (keyof Operations)[]);

/** Entries before which, or after which, something outside happens that must not happen twice or be forgotten. */
const SAVED_ENTRIES: ReadonlySet<string> = new Set([
  'effect-intent',
  'approval-asked',
  'run-resumed',
  'run-interrupted',
  'run-suspended',
  'run-ended',
]);

/** Make room, or end what has begun: allowed however full it is. */
const ALWAYS_ALLOWED: ReadonlySet<keyof Operations> = new Set([
  'releaseRun',
  'settle',
  'settleQuotaTokens',
  'deletePrompt',
  'deleteRuns',
  'deleteBefore',
  'deleteDocuments',
  'forgetDecisions',
] satisfies (keyof Operations)[]);

/** Whether much room may be free after it. */
export function isDeletion(name: WebRequest['name']): boolean {
  return name === 'deleteRuns' || name === 'deleteBefore';
}

/** Whether the caller of a change waits until it is saved. */
export function isSavedAtOnce(request: WebRequest): boolean {
  if (request.name !== 'appendToRun') return !SAVED_LATER.has(request.name);
  const [, , write] = request.args;
  return write.entries.some(({ kind }) => SAVED_ENTRIES.has(kind));
}

/** Why a request that made the database `bytes` large is not taken; null: it is. */
export function refusal(name: WebRequest['name'], bytes: number, limits: WebLimits): EnsembleError | null {
  const limit = name === 'createRun' ? limits.newRuns : limits.everything;
  if (bytes <= limit || ALWAYS_ALLOWED.has(name)) return null;
  const what = name === 'createRun' ? 'No new run is started' : 'Nothing more is stored';
  const megabytes = (size: number) => (size / 1_000_000).toFixed(1);
  return new EnsembleError(
    'storage-failed',
    `${what}: the history in this browser would take ${megabytes(bytes)} MB, and ${megabytes(limit)} MB is its limit.`,
    { hint: 'Delete old history, or work on the desktop, where there is no limit.' },
  );
}
