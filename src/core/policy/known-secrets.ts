import type { SecretSpan } from './secret-patterns.ts';

/** A shorter value would be found in ordinary text all over. */
const SHORTEST_SECRET = 8;

/** Places where one of these forms stands in `text`. */
export function knownSecretSpans(text: string, forms: readonly string[]): SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const form of forms) {
    for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + form.length)) {
      spans.push({ start, end: start + form.length, kind: 'secret' });
    }
  }
  return spans;
}

/** How known secrets can look: plain, URL-encoded, in hexadecimal, or inside something that was base64-encoded. */
export function secretForms(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    forms.add(secret);
    const encoded = urlEncoded(secret);
    forms.add(encoded);
    forms.add(encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
    const hex = hexOf(secret);
    forms.add(hex);
    forms.add(hex.toUpperCase());
    for (const form of base64Cores(secret)) {
      forms.add(form);
      forms.add(form.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return [...forms];
}

/** `encodeURIComponent` throws on half a surrogate pair; such a value is searched for as it stands. */
function urlEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}

function hexOf(secret: string): string {
  const bytes = new TextEncoder().encode(secret);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The base64 characters that depend on the secret alone, for each of the three places it can take in a group of three
 * bytes: so `user:secret` encoded as a whole is found too.
 */
function base64Cores(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  return [0, 1, 2].map((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const encoded = btoa(Array.from(padded, (byte) => String.fromCharCode(byte)).join(''));
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((padded.length * 8) / 6);
    return encoded.slice(first, last);
  });
}
