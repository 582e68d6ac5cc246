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
    today: null,
    month: null,
    keyMissing: false,
    problem: null,
    lastTest: null,
    lastError: null,
    ...known,
  };
}
