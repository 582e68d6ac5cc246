import type { ProviderId } from '../model.ts';

/** How keys begin that only one vendor gives out. */
const BEGINNINGS: readonly (readonly [beginning: string, vendor: ProviderId])[] = [
  ['sk-ant-', 'anthropic'],
  ['sk-or-', 'openrouter'],
  ['sk-proj-', 'openai'],
  ['sk-svcacct-', 'openai'],
  ['xai-', 'xai'],
  ['gsk_', 'groq'],
  ['AIza', 'gemini'],
];

/** What is wrong with a key: it holds what no key does, or another vendor gave it out. */
export type KeyProblem =
  | { readonly what: 'characters' }
  | { readonly what: 'other-vendor'; readonly vendor: ProviderId };

/** True for text that can be a key: visible ASCII without quotes and backslashes, as keys travel in a header line. */
export function isKeyText(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key) && !/["'\\]/.test(key);
}

/**
 * What keeps a key from being used for an account; null: nothing. A key that another vendor gave out must not reach this one;
 * an endpoint of the person's own may be a gateway that takes it.
 */
export function keyProblem(
  key: string,
  { provider, baseURL }: { readonly provider: ProviderId; readonly baseURL: string | null },
): KeyProblem | null {
  if (!isKeyText(key)) return { what: 'characters' };
  if (baseURL !== null) return null;
  const vendor = BEGINNINGS.find(([beginning]) => key.startsWith(beginning))?.[1];
  return vendor === undefined || vendor === provider ? null : { what: 'other-vendor', vendor };
}
