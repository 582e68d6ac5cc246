import type { AccountConfig } from '../config.ts';
import type { CallOutcome, ModelRequest } from '../model.ts';
import type { ExecutionNote } from '../ports.ts';

/** How a call is made; all of it optional for the library's user. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Streamed text; `reset` true: a new attempt replaces what was shown. */
  readonly onText?: (text: string, reset: boolean) => void;
  readonly onNote?: (note: ExecutionNote) => void;
  /** Wraps every wait for quota or budget, so that the engine can give the slot back. Default: just awaits. */
  readonly waiting?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Health of an account as views and `accounts list` show it. */
export interface AccountStatus {
  readonly name: string;
  readonly provider: string;
  /** Host that receives prompts, or `in this process`. */
  readonly endpoint: string;
  readonly enabled: boolean;
  readonly state: 'ready' | 'cooling' | 'disabled' | 'key-refused' | 'out-of-credits';
  /** Cause and end of the present cooldown; null when ready. */
  readonly cooldown: { readonly cause: string; readonly until: string } | null;
  readonly inFlight: number;
  /** Calls that wait and could go here; one that could go to several accounts counts at each. */
  readonly queued: number;
}

/** Several accounts as one. */
export interface Pool {
  /**
   * Makes the call at whichever account can serve it first: waits while waiting helps, paces, fails over. Resolves with
   * an outcome for everything that providers do; rejects only when `signal` aborts (reason) or for a bug.
   */
  call(request: ModelRequest, options?: CallOptions): Promise<CallOutcome>;
  status(): readonly AccountStatus[];
  /** Accounts that may receive prompts now, for the privacy question before the first send. */
  eligible(): readonly AccountConfig[];
  /** Worst case and expected cost of a request, USD; null where a price is unknown. */
  estimate(request: Pick<ModelRequest, 'messages' | 'tier' | 'model' | 'maxTokens'>): {
    readonly costUSD: number | null;
    readonly inputTokens: number;
  };
  /** Replaces the accounts (added, removed, changed in settings) without losing calls in flight. */
  setAccounts(accounts: readonly AccountConfig[]): void;
}
