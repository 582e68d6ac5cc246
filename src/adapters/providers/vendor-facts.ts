import { isLoopbackURL } from '../../core/accounts/base-url.ts';
import type { VendorFacts } from '../../core/accounts/models.ts';
import type { AccountConfig } from '../../core/config.ts';
import type { ProviderId } from '../../core/model.ts';
import { VENDORS } from './catalogue.ts';

/** Vendors that bill the repeated beginning of a prompt at a lower price. */
const PROMPT_CACHES: ReadonlySet<ProviderId> = new Set(['xai', 'openai', 'anthropic', 'gemini', 'openrouter']);

/** The catalogue as the pool asks it. */
export const VENDOR_FACTS: VendorFacts = {
  defaultModel: (provider, tier) => VENDORS[provider].models[tier],
  startLimits: (provider) => VENDORS[provider].startLimits,
  isLocal: (provider) => VENDORS[provider].isLocal,
  endpoint: endpointOf,
  cachesPrompts: (provider) => PROMPT_CACHES.has(provider),
  takesTools: ({ provider }) => provider !== 'offline',
  reasoningOnTop: (provider) => VENDORS[provider].reasoningOnTop,
  vendorOfModel: (name) =>
    Object.values(VENDORS).find((vendor) => vendor.modelPrefixes.some((prefix) => name.startsWith(prefix)))?.id ?? null,
};

/** True when nothing that is sent to the account leaves this machine. */
export function staysLocal(account: AccountConfig): boolean {
  if (account.provider === 'offline') return true;
  const url = account.baseURL ?? VENDORS[account.provider].defaultBaseURL;
  return url !== null && isLoopbackURL(url);
}

function endpointOf(account: AccountConfig): string {
  if (account.provider === 'offline') return 'in this process';
  const url = account.baseURL ?? VENDORS[account.provider].defaultBaseURL;
  return url === null ? VENDORS[account.provider].label : new URL(url).host;
}
