/** Limits that an agent's input and answers must keep (S2). */
export interface Guardrails {
  readonly input?: TextRules;
  readonly output?: TextRules;
}

/** Rules for one text. Patterns are regular expressions of JavaScript with the `u` flag; no rule is checked by default. */
export interface TextRules {
  /** UTF-16 units. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Each has to be found. */
  readonly mustMatch?: readonly string[];
  /** None may be found. */
  readonly mustNotMatch?: readonly string[];
  /** Paths, or folders ending in `/`, that may not be named. */
  readonly forbiddenPaths?: readonly string[];
}

/** Sentences about the rules that a text breaks, without any of the text; a pattern that is none breaks its rule. */
export function brokenRules(text: string, rules: TextRules): readonly string[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rules;
  return [
    ...(text.length < minLength ? [`It has ${text.length} characters; at least ${minLength} are needed.`] : []),
    ...(text.length > maxLength ? [`It has ${text.length} characters; at most ${maxLength} are allowed.`] : []),
    ...(rules.mustMatch ?? [])
      .filter((pattern) => !found(pattern, text, false))
      .map((one) => `It has to match /${one}/.`),
    ...(rules.mustNotMatch ?? [])
      .filter((pattern) => found(pattern, text, true))
      .map((one) => `It may not match /${one}/.`),
    ...(rules.forbiddenPaths ?? []).filter((path) => names(path, text)).map((path) => `It may not name ${path}.`),
  ];
}

function found(pattern: string, text: string, otherwise: boolean): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return otherwise;
  }
}

/** The path as a whole: `src/a` is not named by `src/ab`, nor by `lib/src/a`; a folder is by everything below it. */
function names(path: string, text: string): boolean {
  const wanted = path.toLowerCase();
  const folded = text.toLowerCase().replaceAll('\\', '/');
  for (let at = folded.indexOf(wanted); wanted !== '' && at !== -1; at = folded.indexOf(wanted, at + 1)) {
    const before = folded.slice(Math.max(0, at - 2), at);
    const startsHere = !/[\w./-]$/.test(before) || /(?:^|[^\w.])\.\/$/.test(before);
    const endsHere =
      wanted.endsWith('/') || !/^[\w-]|^\.\w|^\//.test(folded.slice(at + wanted.length, at + wanted.length + 2));
    if (startsHere && endsHere) return true;
  }
  return false;
}
