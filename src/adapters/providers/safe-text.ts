import { bytesToHex } from '@noble/hashes/utils.js';

/** Longest message of a vendor that is passed on, characters. */
const MAX_LENGTH = 500;

/** A vendor's words without the key, in any form an echo may have it, and without control characters. */
export function safeText(text: string, key: string | null): string {
  let safe = withoutKey(text, key);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  safe = safe.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH - 1)}…` : safe;
}

/** A text with `[key]` for the key, in any form an echo may have it. */
export function withoutKey(text: string, key: string | null): string {
  return formsOf(key).reduce((safe, form) => safe.replaceAll(form, '[key]'), text);
}

function formsOf(key: string | null): readonly string[] {
  if (key === null || key.length < 4) return [];
  const bytes = new TextEncoder().encode(key);
  const base64 = btoa(String.fromCharCode(...bytes));
  const base64url = base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return [key, encodeURIComponent(key), base64, base64url, bytesToHex(bytes)];
}
