import type { AccountOverview } from '../../../core/accounts/configured-accounts.ts';

/** What the status bar says. */
export interface StatusFacts {
  /** Runs that go on in this window. */
  readonly running: number;
  /** Spent today over all accounts, USD; null: not known, because nothing was opened yet. */
  readonly todayUSD: number | null;
  /** Questions of agents that are open. */
  readonly questions: number;
  /** Accounts that wait for the person. */
  readonly waiting: readonly string[];
}

/** Sums up what the product says of its accounts. */
export function statusOf(
  { running, questions }: Pick<StatusFacts, 'running' | 'questions'>,
  accounts: readonly AccountOverview[] | null,
): StatusFacts {
  return {
    running,
    questions,
    todayUSD: accounts?.reduce((sum, { spending }) => sum + spending.todayUSD, 0) ?? null,
    waiting: (accounts ?? [])
      .filter(({ state }) => state === 'key-refused' || state === 'out-of-credits')
      .map(({ name }) => name),
  };
}
