import type { AccountConfig, BudgetConfig, EnsembleConfig } from '../config.ts';
import type { LoadBalancing } from '../load-balancing.ts';
import type { CallOutcome, ModelRequest } from '../model.ts';
import type { ExecutionNote } from '../ports.ts';
import type { RestingModel } from './model-health.ts';
import type { PriceBook } from './pricing.ts';

/** How a call is made; all of it optional for the library's user. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Streamed text; `reset` true: a new attempt replaces what was shown. */
  readonly onText?: (text: string, reset: boolean) => void;
  readonly onNote?: (note: ExecutionNote) => void;
  /** Wraps every wait for quota or budget, so that the engine can give the slot back. Default: just awaits. */
  readonly waiting?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** One limit of an account's quota group and how much of it is used at this moment. */
export interface LimitStatus {
  readonly kind:
    | 'requests-per-minute'
    | 'requests-per-day'
    | 'tokens-per-minute'
    | 'input-tokens-per-minute'
    | 'output-tokens-per-minute'
    | 'concurrent';
  /** The vendor's model id where the limit is of one model; null: of the whole group. */
  readonly model: string | null;
  readonly limit: number;
  /** Used in the present window, as far as this process knows; accounts of one group show the same number. */
  readonly used: number;
  /** True: nobody configured it, the vendor's answers taught it. */
  readonly learned: boolean;
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
  /** Models that cool down while the account's others go on. */
  readonly restingModels: readonly RestingModel[];
  /** ISO time from which on a call could go here; null: now, or only the user can help. */
  readonly freeAt: string | null;
  readonly limits: readonly LimitStatus[];
  /** Free share of the limit that is used most, 0 to 1, and 0 while nothing can be sent; null: no limit is known. */
  readonly headroom: number | null;
  readonly inFlight: number;
  /** Calls that wait and could go here; one that could go to several accounts counts at each. */
  readonly queued: number;
}

/** What a pool is told again when the configuration changes. */
export interface PoolSettings {
  readonly accounts: readonly AccountConfig[];
  readonly quotaGroups: EnsembleConfig['quotaGroups'];
  readonly loadBalancing: LoadBalancing;
  readonly budget: BudgetConfig;
  readonly prices: PriceBook;
}

/** Several accounts as one. */
export interface Pool {
  /**
   * Makes the call at whichever account can serve it first: waits while waiting helps, paces, fails over. Resolves with
   * an outcome for everything that providers do; rejects only when `signal` aborts (reason) or for a bug.
   */
  call(request: ModelRequest, options?: CallOptions): Promise<CallOutcome>;
  /** Asks the store what all processes together have used, so that {@link status} tells it. */
  look(): Promise<void>;
  status(): readonly AccountStatus[];
  /** Accounts that may receive prompts now, for the privacy question before the first send. */
  eligible(): readonly AccountConfig[];
  /** Worst case and expected cost of a request, USD; null where a price is unknown. */
  estimate(request: Pick<ModelRequest, 'messages' | 'tier' | 'model' | 'maxTokens'>): {
    readonly costUSD: number | null;
    readonly inputTokens: number;
  };
  /**
   * Takes over what is given: accounts (added, removed, changed), limits, balancing, budgets, prices. Calls in flight finish as
   * they began; calls that wait go by the new settings.
   */
  reconfigure(settings: Partial<PoolSettings>): void;
}
