/** Words that stand for a secret instead of being one; only as whole words, since random text holds any short one. */
const PLACEHOLDER_WORD =
  /(?:^|[^a-z])(?:change[_-]?me|change[_-]?this|placeholder|example|dummy|your|my|insert|replace|todo|redacted|password|passwd|secret|pass|pwd|user|username|token|key|none|null|undefined|true|false|string|required|optional)(?:[^a-z]|$)/i;

/** Template syntax, variables, and rows of one character. */
const PLACEHOLDER_SHAPE = /\$\{|\{\{|\$\(|%\(|%[sdv]|^\$[A-Za-z_]|^%\w+%$|^\{[\w.]*\}$|^[<[]|^(.)\1*$/;

/** Addresses, paths and look-ups: where a secret is, not what it is. */
const REFERENCE = /^(?:[a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/|~\/|process\.env|os\.environ|env[.:])/i;

/** True for `changeme`, `your-key`, `${TOKEN}`, `****` and the like. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER_SHAPE.test(value) || PLACEHOLDER_WORD.test(value);
}

/**
 * A quoted value (6 characters or more) assigned to a name for passwords or for keys. Letters mixed with digits or symbols
 * are a password; a key must also be longer and more than words and small numbers (`db-credentials-v2`). Letters alone are a
 * secret only when they are long and do not look like words.
 */
export function isSecretLiteral(value: string, name: 'password' | 'key'): boolean {
  if (isPlaceholder(value) || REFERENCE.test(value)) return false;
  if (/^[A-Za-z]+$/.test(value)) return value.length >= 20 && looksRandom(value);
  if (isWords(value)) return false;
  if (/^[0-9.]+$/.test(value)) return name === 'password' ? value.length >= 8 : value.length >= 16;
  if (name === 'password') return true;
  return value.length >= 10 && /[A-Za-z]/.test(value) && /[0-9]/.test(value) && entropy(value) >= 2.5;
}

/** A value without quotes (8 characters or more) can be an expression of code, so it has to look random. */
export function isBareSecret(value: string): boolean {
  if (isPlaceholder(value) || REFERENCE.test(value) || isWords(value)) return false;
  const changes = value.match(/[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  if (/^[A-Za-z_$][\w$.]*$/.test(value)) return value.length >= 16 && changes >= 4 && entropy(value) >= 3;
  if (value.length >= 16) return changes >= 1 && entropy(value) >= 3;
  return changes >= 1 && /[!@#$%^*~+=]/.test(value);
}

/** Words and small numbers with separators: message keys, host names, versions, the name of a stored secret. */
function isWords(value: string): boolean {
  return /^[A-Za-z]{1,16}(?:[ ._:/-](?:[A-Za-z]{1,16}\d{0,2}|\d{1,3}))+$/.test(value);
}

/** The case changes often, or vowels are rare: not how words are written. Names of things that hold secrets are words. */
function looksRandom(letters: string): boolean {
  if (/token|password|secret|key|credential/i.test(letters)) return false;
  const changes = letters.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  const vowels = letters.match(/[aeiouy]/gi)?.length ?? 0;
  return entropy(letters) >= 3.5 && (changes >= letters.length / 4 || vowels < letters.length / 5);
}

/** Shannon entropy, bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
