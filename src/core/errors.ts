/**
 * Stable machine-readable reasons. Shells decide by code (exit status, HTTP status, which button to offer), never by
 * message text. Add a code rather than reuse one with another meaning.
 */
export type ErrorCode =
  | 'usage'
  | 'invalid-input'
  | 'invalid-config'
  | 'invalid-graph'
  | 'not-found'
  | 'no-usable-account'
  | 'secret-store-failed'
  | 'storage-failed'
  | 'storage-locked'
  | 'storage-corrupt'
  | 'storage-newer-version'
  | 'run-owned-elsewhere'
  | 'run-lost'
  | 'crash-loop'
  | 'budget-refused'
  | 'approval-refused'
  | 'approval-required'
  | 'untrusted-workspace'
  | 'nothing-to-review'
  | 'all-accounts-rate-limited'
  | 'provider-failed'
  | 'invalid-model-output'
  | 'request-timeout'
  | 'task-timeout'
  | 'task-silent'
  | 'run-timeout'
  | 'task-failed'
  | 'replay-diverged'
  | 'cancelled'
  | 'internal';

/** Options of an {@link EnsembleError}; `hint` tells the person what to do next, as one sentence. */
export interface ErrorOptions {
  readonly hint?: string;
  readonly cause?: unknown;
  readonly difference?: TextDifference;
}

/** The first line in which a text differs from what it was: of `replay-diverged`, where that is known. Without secrets. */
export interface TextDifference {
  /** The text, such as `message 2 (user)`. */
  readonly part: string;
  /** 1-based. */
  readonly line: number;
  /** Null: there was no such line. */
  readonly before: string | null;
  /** Null: there is no such line any more. */
  readonly now: string | null;
}

/**
 * The one error type that crosses a module boundary. `message` says what happened, `hint` what to do next; neither
 * ever contains a key or file content. Expected failures of a model call are returned outcomes instead
 * (see `CallOutcome` in model.ts).
 */
export class EnsembleError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;
  /** Text of a prompt, so neither `message` nor `hint` has it. */
  readonly difference: TextDifference | null;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EnsembleError';
    this.code = code;
    this.hint = options.hint ?? null;
    this.difference = options.difference ?? null;
  }
}

/** An error as it is journaled, stored and printed: no stack, no cause. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** Absent where there is none. */
  readonly difference?: TextDifference;
}

/** Recognises an {@link EnsembleError} by its marker, also when it comes from another copy of this module. */
export function isEnsembleError(error: unknown): error is EnsembleError {
  return error instanceof Error && error.name === 'EnsembleError' && 'code' in error;
}

/** Reduces anything thrown to an {@link ErrorInfo}; an abort becomes `cancelled`, the unknown becomes `internal`. */
export function toErrorInfo(error: unknown): ErrorInfo {
  if (isEnsembleError(error)) {
    const { code, message, hint, difference } = error;
    return difference ? { code, message, hint, difference } : { code, message, hint };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'The run was cancelled.', hint: null };
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), hint: null };
}

/** The error that cancelled work rejects with; the reason of every AbortSignal of ours. */
export function cancelledError(message = 'The run was cancelled.'): EnsembleError {
  return new EnsembleError('cancelled', message);
}
