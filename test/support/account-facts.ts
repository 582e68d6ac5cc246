import type { AccountOverview } from '../../src/core/accounts/configured-accounts.ts';
import { NO_USAGE } from '../../src/core/model.ts';
import type { AccountFacts } from '../../src/shells/vscode/accounts/account-facts.ts';

/** Facts of an account that has not been looked at, with some of them known. */
export function accountFacts(known: Partial<AccountFacts> = {}): AccountFacts {
  return {
    setting: { name: 'a', provider: 'xai' },
    status: null,
    endpoint: null,
    models: null,
    limits: null,
    sharedWith: [],
    keyMissing: false,
    problem: null,
    lastTest: null,
    lastError: null,
    ...known,
  };
}

/** What the pool and the ledger say of an account that is ready and has done nothing. */
export function overview(known: Partial<AccountOverview> = {}): AccountOverview {
  return {
    name: 'a',
    provider: 'xai',
    endpoint: 'api.x.ai',
    enabled: true,
    state: 'ready',
    cooldown: null,
    restingModels: [],
    freeAt: null,
    limits: [],
    headroom: null,
    inFlight: 0,
    queued: 0,
    spending: {
      todayUSD: 0,
      monthUSD: 0,
      unknownCosts: 0,
      callsToday: 0,
      failuresToday: 0,
      tokensToday: NO_USAGE,
      perDayUSD: null,
      perMonthUSD: null,
    },
    ...known,
  };
}
