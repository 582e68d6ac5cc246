import { redact } from './redaction.ts';

/** Properties that are called like a key and are none. */
const NOT_KEYS: ReadonlySet<string> = new Set(['apiKeyEnv']);
const LIKE_A_KEY = /^(?:api[_-]?)?key$|secret|password|credential|^(?:auth|access|bearer|api)?[_-]?token$/i;
/** Settings of an account are flat; what lies deeper than this is no account. */
const MAX_DEPTH = 4;

/**
 * Paths of what looks like a key in the settings of an account: by the property's name, or by the shape of its text, also
 * within an address. Settings are copied and synchronised, so no key belongs there.
 */
export function keysInSettings(value: unknown, depth = 0): readonly (readonly (string | number)[])[] {
  if (typeof value === 'string') return redact(value, []).redactions > 0 ? [[]] : [];
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const part = Array.isArray(value) ? Number(name) : name;
    if (!NOT_KEYS.has(name) && LIKE_A_KEY.test(name)) return [[part]];
    return keysInSettings(each, depth + 1).map((path) => [part, ...path]);
  });
}

/** The start of our accounts in a settings file, with or without comments around it. */
const OUR_ACCOUNTS = /"ensemble\.accounts"\s*:/;
/** How much of the file belongs to our accounts at most, characters. */
const ACCOUNTS_LENGTH = 20_000;

/** True when the text of a settings file (JSON with comments) has a key among our accounts. */
export function textKeepsKey(text: string): boolean {
  const start = OUR_ACCOUNTS.exec(text);
  if (!start) return false;
  const after = text.slice(start.index + start[0].length);
  const end = after.search(/\n?\s*\]\s*(?:,\s*"[\w.]+"\s*:|\})/);
  const ours = after.slice(0, end < 0 ? ACCOUNTS_LENGTH : Math.min(end, ACCOUNTS_LENGTH));
  return redact(ours, []).redactions > 0;
}
