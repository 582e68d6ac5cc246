import type { AccountOverview } from '../../../core/accounts/configured-accounts.ts';
import type { QuotaLimits } from '../../../core/config.ts';
import type { FailureCause, Tier } from '../../../core/model.ts';
import type { AccountSetting } from './account-settings.ts';

/** How an account does, as the person sees it. */
export type AccountState =
  | 'unused'
  | 'ready'
  | 'test-failed'
  | 'cooling'
  | 'disabled'
  | 'key-refused'
  | 'out-of-credits'
  | 'key-missing'
  | 'misconfigured';

/** What the last test of an account said. `at` is ISO-8601 UTC, as in all of this. */
export interface TestNote {
  readonly at: string;
  readonly ok: boolean;
  readonly models: number;
  readonly latencyMs: number;
  /** Null when it went well. */
  readonly message: string | null;
}

/** The last attempt at an account that failed. */
export interface ErrorNote {
  readonly at: string;
  readonly cause: FailureCause | 'partial';
}

/** What is known of an account. Null: not known (yet), such as everything but `setting` before the product is open. */
export interface AccountFacts {
  readonly setting: AccountSetting;
  readonly status: AccountOverview | null;
  /** Host that receives what is sent. */
  readonly endpoint: string | null;
  readonly models: Readonly<Record<Tier, string>> | null;
  /** Limits that the settings name; those at work are in `status`. */
  readonly limits: QuotaLimits | null;
  /** Accounts that share the limits, itself not among them. */
  readonly sharedWith: readonly string[];
  readonly keyMissing: boolean;
  /** Why the settings keep it out. */
  readonly problem: string | null;
  readonly lastTest: TestNote | null;
  readonly lastError: ErrorNote | null;
}

/** The state of an account, the most urgent one first. */
export function stateOf({ setting, status, keyMissing, problem, lastTest }: AccountFacts): AccountState {
  if (problem !== null) return 'misconfigured';
  if (setting.enabled === false) return 'disabled';
  if (status && status.state !== 'ready') return status.state;
  if (keyMissing) return 'key-missing';
  if (lastTest && !lastTest.ok) return 'test-failed';
  return status ? 'ready' : 'unused';
}

const WAITING: ReadonlySet<AccountState> = new Set(['key-refused', 'out-of-credits', 'key-missing', 'misconfigured']);

/** True when only the person can help. */
export function needsPerson(facts: AccountFacts): boolean {
  return WAITING.has(stateOf(facts));
}

/** How much of something is used. `limit` null: unlimited. Same unit on both sides. */
export interface Share {
  readonly used: number;
  readonly limit: number | null;
}

/** Part of a limit that is left, 0 to 1; null: there is no limit. */
export function leftOf({ used, limit }: Share): number | null {
  if (limit === null) return null;
  if (limit <= 0) return 0;
  return Math.min(1, Math.max(0, 1 - used / limit));
}

/** What an account has spent against its own budget, USD. */
export function spendOf({ setting, status }: AccountFacts): { readonly day: Share; readonly month: Share } {
  const { budget } = setting;
  return {
    day: { used: status?.spending.todayUSD ?? 0, limit: budget?.perDayUSD ?? null },
    month: { used: status?.spending.monthUSD ?? 0, limit: budget?.perMonthUSD ?? null },
  };
}

/** What limits an account first, and how much of that is left. */
export interface Headroom {
  /** 0 to 1. */
  readonly left: number;
  readonly by: 'limits' | 'day' | 'month';
}

/** The least of what is left of the limits and budgets of an account that can work; null while none is known. */
export function headroomOf(facts: AccountFacts): Headroom | null {
  if (!facts.status || stateOf(facts) !== 'ready') return null;
  const { day, month } = spendOf(facts);
  const shares: readonly (readonly [Headroom['by'], number | null])[] = [
    ['limits', facts.status.headroom],
    ['day', leftOf(day)],
    ['month', leftOf(month)],
  ];
  const known = shares.flatMap(([by, left]) => (left === null ? [] : [{ by, left }]));
  return known.reduce<Headroom | null>((least, each) => (least && least.left <= each.left ? least : each), null);
}

const CELLS = 5;

/** A bar of five cells, such as `▰▰▰▱▱`; empty only when there is nothing at all. */
export function textBar(fraction: number): string {
  const part = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0));
  const filled = part > 0 ? Math.max(1, Math.round(part * CELLS)) : 0;
  return '▰'.repeat(filled) + '▱'.repeat(CELLS - filled);
}

/** Whole percent; more than 99 only when it is all, 0 only when it is nothing. */
export function percent(fraction: number): number {
  const rounded = Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  if (rounded === 100 && fraction < 1) return 99;
  return rounded === 0 && fraction > 0 ? 1 : rounded;
}

/** A time span as people wait for it, in ms: `45 s`, `3 min`, `2 h 5 min`, `3 d`. Never less than a second. */
export function formatWait(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) {
    const rest = minutes % 60;
    return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
  }
  return `${Math.round(minutes / (24 * 60))} d`;
}
