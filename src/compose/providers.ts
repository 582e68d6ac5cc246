import { VENDORS } from '../adapters/providers/catalogue.ts';
import { requireUsableKey } from '../adapters/providers/checked-key.ts';
import { SystemClock } from '../adapters/system-clock.ts';
import { OFFLINE_ACCOUNT } from '../core/config.ts';
import type { ProviderId, Tier } from '../core/model.ts';
import { type AccountTest, tryProvider } from '../core/try-provider.ts';

/** A vendor as the form for a new account shows it. */
export interface ProviderChoice {
  readonly id: ProviderId;
  readonly label: string;
  readonly isLocal: boolean;
  readonly needsKey: boolean;
  /** Null: the account has to set one, or (`offline`) there is none. */
  readonly defaultBaseURL: string | null;
  readonly models: Readonly<Record<Tier, string>>;
}

/** The vendors that an account can be added for with a form: all but those that need none. */
export function providerChoices(): readonly ProviderChoice[] {
  return allProviders().filter(({ id }) => id !== 'offline' && id !== 'vscode-lm');
}

/** Every vendor, for views. */
export function allProviders(): readonly ProviderChoice[] {
  return Object.values(VENDORS).map(({ id, label, isLocal, needsKey, defaultBaseURL, models }) => ({
    id,
    label,
    isLocal,
    needsKey,
    defaultBaseURL,
    models,
  }));
}

/** An account that is tried before it is kept. */
export interface AccountDraft {
  readonly name: string;
  readonly provider: ProviderId;
  /** Null: the vendor's own. */
  readonly baseURL: string | null;
}

/**
 * Asks the provider of an account that is not configured yet for its models; a key that must not be sent there is not. Rejects
 * only with the signal's reason.
 */
export function tryAccount(draft: AccountDraft, key: string | null, signal: AbortSignal): Promise<AccountTest> {
  const account = { ...OFFLINE_ACCOUNT, ...draft, quotaGroup: draft.name };
  const bind = async () => {
    if (key !== null) requireUsableKey(draft, key);
    return VENDORS[draft.provider].create({ account, key });
  };
  return tryProvider(draft.name, bind, new SystemClock(), signal);
}
