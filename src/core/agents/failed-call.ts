import type { ErrorCode } from '../errors.ts';
import type { CallOutcome, FailureCause, ProviderFailure } from '../model.ts';
import type { TaskOutcome } from '../ports.ts';

/** A call that gave no complete answer. */
export type FailedCall =
  | Exclude<CallOutcome, { readonly status: 'completed' | 'partial' }>
  | (CallOutcome & { readonly status: 'partial' });

/** How an attempt ends that has failed. */
export type FailedOutcome = Extract<TaskOutcome, { readonly status: 'failed' }>;

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** No other task can succeed either: the run stops and can be resumed. */
  readonly stopsRun: boolean;
}

const LATER = 'The vendor has trouble: run it again later, or add an account of another vendor.';

/** What a failure means for the task. The pool has tried every account by then, so the engine repeats none of these. */
const MEANINGS: Readonly<Record<FailureCause, Meaning>> = {
  auth: {
    code: 'no-usable-account',
    message: 'No account can be used: keys are missing or were refused.',
    hint: 'Give an account a valid key, then resume the run.',
    stopsRun: true,
  },
  'out-of-credits': {
    code: 'no-usable-account',
    message: 'No account has credits left.',
    hint: 'Add credits at the vendor or another account, then resume the run.',
    stopsRun: true,
  },
  'rate-limited': {
    code: 'all-accounts-rate-limited',
    message: 'All accounts are rate limited.',
    hint: 'Resume the run later, or add an account with a quota of its own.',
    stopsRun: true,
  },
  'daily-quota': {
    code: 'all-accounts-rate-limited',
    message: 'All accounts have used up their quota of the day.',
    hint: 'Resume the run tomorrow, or add an account with a quota of its own.',
    stopsRun: true,
  },
  network: {
    code: 'provider-failed',
    message: 'No vendor could be reached.',
    hint: 'Check the network and proxy settings, then resume the run.',
    stopsRun: true,
  },
  overloaded: { code: 'provider-failed', message: 'The vendor is overloaded.', hint: LATER, stopsRun: false },
  'server-error': {
    code: 'provider-failed',
    message: 'The vendor answered with an error.',
    hint: LATER,
    stopsRun: false,
  },
  timeout: { code: 'provider-failed', message: 'The vendor did not answer in time.', hint: LATER, stopsRun: false },
  'cut-stream': { code: 'provider-failed', message: 'The answer broke off.', hint: LATER, stopsRun: false },
  'invalid-response': {
    code: 'provider-failed',
    message: 'The vendor answered with something that is no answer.',
    hint: LATER,
    stopsRun: false,
  },
  'model-not-found': {
    code: 'provider-failed',
    message: 'No account has the model, or may use it.',
    hint: 'Set a model that the account may use, see `ensemble accounts test`.',
    stopsRun: false,
  },
  'invalid-request': {
    code: 'provider-failed',
    message: 'The vendor refused the request as invalid.',
    hint: 'Choose another model, or see the log of the vendor.',
    stopsRun: false,
  },
  'too-large': {
    code: 'provider-failed',
    message: 'The request is larger than any account takes.',
    hint: 'Choose less to work on, or a model or plan that takes more tokens at once.',
    stopsRun: false,
  },
  refused: {
    code: 'provider-failed',
    message: 'The model refused to answer.',
    hint: 'Word the task differently, or use another vendor.',
    stopsRun: false,
  },
  cancelled: {
    code: 'cancelled',
    message: 'The call was cancelled.',
    hint: 'Resume the run to go on.',
    stopsRun: true,
  },
};

/** What has happened to a single account. */
const WHY_NOT: Partial<Readonly<Record<FailureCause, string>>> = {
  auth: 'its key is missing or was refused.',
  'out-of-credits': 'it has no credits left.',
  'rate-limited': 'it is rate limited.',
  'daily-quota': 'its quota of the day is used up.',
  network: 'it could not be reached.',
};

/**
 * The outcome of a task whose call gave no complete answer; partial text is never an answer. `account`: the only one that the task
 * may use, so that other tasks can go on without it.
 */
export function outcomeOfFailedCall(call: FailedCall, account?: string): Omit<FailedOutcome, 'attempts'> {
  // The pool has tried it several times by then, at every account.
  if (call.status === 'partial') return { status: 'failed', error: errorOf('cut-stream'), retryable: false };
  if (call.status === 'refused') {
    const hint = 'Raise the budget, or lower the work: fewer sub-tasks, fewer files.';
    return {
      status: 'failed',
      error: { code: 'budget-refused', message: call.reason, hint },
      retryable: false,
      // The share of one super-agent is used up; the others may have theirs.
      stopsRun: !/^share(-tokens)?:/.test(call.scope),
    };
  }
  const { cause, message, hint } = call.failure;
  const meant = errorOf(cause, detailOf(call.failure, message), call.retryAt);
  const error = hint === undefined ? meant : { ...meant, hint: `${hint} Then resume the run.` };
  if (account !== undefined && cause !== 'cancelled') {
    const message = `The account "${account}" could not do this: ${WHY_NOT[cause] ?? error.message}`;
    return { status: 'failed', error: { ...error, message }, retryable: false };
  }
  return { status: 'failed', error, retryable: false, stopsRun: MEANINGS[cause].stopsRun };
}

function errorOf(cause: FailureCause, detail = '', retryAt: number | null = null): FailedOutcome['error'] {
  const { code, message, hint } = MEANINGS[cause];
  const free = retryAt === null ? '' : ` An account is expected to be free at ${new Date(retryAt).toISOString()}.`;
  return { code, message: `${message}${detail}${free}`, hint };
}

function detailOf({ status }: ProviderFailure, message: string): string {
  const said = message.trim().replace(/[.\s]+$/, '');
  const parts = [...(status === null ? [] : [`HTTP ${status}`]), ...(said === '' ? [] : [said])];
  return parts.length === 0 ? '' : ` (${parts.join(': ')})`;
}
