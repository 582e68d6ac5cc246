import { validateBaseURL } from '../../core/accounts/base-url.ts';
import type { AccountConfig } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { ProviderId } from '../../core/model.ts';
import { redact } from '../../core/policy/redaction.ts';
import { VENDORS } from '../providers/catalogue.ts';
import { parseJsonText } from './json-text.ts';
import { readSettingsText } from './regular-file.ts';

/** Account whose key is the `apiKey` of `~/.grok/user-settings.json`, where S1 keeps it; the secret store reads it there. */
export const GROK_SETTINGS_ACCOUNT = 'grok-settings';

/** Highest number of a variable such as `GROK_API_KEY_2`. */
const LAST_NUMBER = 9;

const OLLAMA_PORT = 11_434;
const MAX_SETTINGS_BYTES = 1024 * 1024;

/** Vendors in the order in which their accounts are listed. */
const DISCOVERED: readonly ProviderId[] = ['xai', 'openai', 'anthropic', 'gemini', 'openrouter', 'groq'];

/** What the environment offers. */
export interface DiscoveredAccounts {
  readonly accounts: readonly AccountConfig[];
  readonly notices: readonly string[];
}

/** Variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The accounts that the environment implies (contracts.md): one per key variable with a key of its own, Ollama where
 * `OLLAMA_HOST` names it, and S1's settings file. Rejects `invalid-config` for a base URL that must not receive a key.
 */
export async function discoverAccounts(env: Environment, home: string): Promise<DiscoveredAccounts> {
  const accounts = DISCOVERED.flatMap((provider) => accountsOfVendor(provider, env));
  const notices: string[] = [];
  const settings = await readGrokSettings(home, notices);
  const known = new Set(accounts.map(({ apiKeyEnv }) => env[apiKeyEnv ?? '']?.trim()));
  if (settings && !known.has(settings.apiKey)) {
    const baseURL = baseURLOf('xai', env) ?? settings.baseURL;
    accounts.push({ ...plainAccount(GROK_SETTINGS_ACCOUNT, 'xai'), baseURL });
  }
  const ollama = ollamaAccount(env, notices);
  if (ollama) accounts.push(ollama);
  return { accounts, notices };
}

/** Variables of known vendors that hold a key, for telling which of them a config file leaves unused. */
export function keyVariables(env: Environment): string[] {
  return DISCOVERED.flatMap((provider) => numberedVariables(provider).map(({ variable }) => variable)).filter(
    (variable) => env[variable]?.trim(),
  );
}

/** The key in S1's settings file; null where there is none. Notes what is wrong with the file. */
export async function readGrokSettings(
  home: string,
  notices: string[] = [],
): Promise<{ readonly apiKey: string; readonly baseURL: string | null } | null> {
  const file = `${home}/.grok/user-settings.json`;
  try {
    const text = await readSettingsText(file, MAX_SETTINGS_BYTES);
    if (text === null) return null;
    const { apiKey, baseURL } = (parseJsonText(text) ?? {}) as {
      readonly apiKey?: unknown;
      readonly baseURL?: unknown;
    };
    if (typeof apiKey !== 'string' || apiKey.trim() === '') return null;
    const address = typeof baseURL === 'string' && baseURL.trim() !== '' ? baseURL.trim() : null;
    const problem = address === null ? null : validateBaseURL(address);
    if (problem === null) return { apiKey: apiKey.trim(), baseURL: address };
    notices.push(`${file} is not used. ${redact(problem, []).text}`);
  } catch (error) {
    notices.push(`${file} is not used. ${error instanceof Error ? error.message : 'It cannot be read.'}`);
  }
  return null;
}

function accountsOfVendor(provider: ProviderId, env: Environment): AccountConfig[] {
  const { environmentKeys } = VENDORS[provider];
  const label = environmentKeys[0]?.replace(/_API_KEY$/, '').toLowerCase() ?? provider;
  const accounts: AccountConfig[] = [];
  const keys = new Set<string>();
  const names = new Set<string>();
  for (const { variable, number } of numberedVariables(provider)) {
    const key = env[variable]?.trim();
    if (!key || keys.has(key)) continue;
    keys.add(key);
    const name = freeName(label, number, names);
    accounts.push({ ...plainAccount(name, provider), apiKeyEnv: variable, baseURL: baseURLOf(provider, env) });
  }
  return accounts;
}

/** `GROK_API_KEY` counts as the first, then `GROK_API_KEY_2` to `_9`. */
function numberedVariables(provider: ProviderId): { readonly variable: string; readonly number: number }[] {
  return VENDORS[provider].environmentKeys.flatMap((prefix) =>
    Array.from({ length: LAST_NUMBER }, (_, index) => ({
      variable: index === 0 ? prefix : `${prefix}_${index + 1}`,
      number: index + 1,
    })),
  );
}

/** `grok-2` for `GROK_API_KEY_2`, so that names stay the same when another key comes or goes; the next free one if taken. */
function freeName(label: string, wanted: number, names: Set<string>): string {
  let number = wanted;
  while (names.has(`${label}-${number}`)) number++;
  const name = `${label}-${number}`;
  names.add(name);
  return name;
}

function baseURLOf(provider: ProviderId, env: Environment): string | null {
  const variable = VENDORS[provider].baseURLVariable;
  const url = variable === null ? undefined : env[variable]?.trim();
  if (variable === null || !url) return null;
  const problem = validateBaseURL(url);
  if (problem === null) return url;
  throw new EnsembleError('invalid-config', `${variable}: ${redact(problem, []).text}`, {
    hint: 'Correct the variable, or unset it.',
  });
}

/** `OLLAMA_HOST` is what the server listens on: often without scheme or port, or "every address". */
function ollamaAccount(env: Environment, notices: string[]): AccountConfig | null {
  const host = env.OLLAMA_HOST?.trim();
  if (!host) return null;
  const withScheme = /^[a-z]+:\/\//i.test(host) ? host : `http://${host}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url) {
    if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
    if (url.port === '' && withScheme !== host) url.port = String(OLLAMA_PORT);
    if (url.pathname === '/') url.pathname = '/v1';
  }
  const problem = url ? validateBaseURL(url.href) : 'It is not an address.';
  if (url && problem === null) return { ...plainAccount('ollama-1', 'ollama'), baseURL: url.href };
  notices.push(`OLLAMA_HOST is not used. ${problem}`);
  return null;
}

function plainAccount(name: string, provider: ProviderId): AccountConfig {
  return {
    name,
    provider,
    apiKeyEnv: null,
    baseURL: null,
    quotaGroup: name,
    enabled: true,
    weight: 1,
    budget: { perDayUSD: null, perMonthUSD: null },
    models: {},
  };
}
