/** Something in a text that nobody can guess who has not read it. */
export interface Fact {
  /** As it stands in the text, without the punctuation around it. */
  readonly text: string;
  /** How much it would be missed, 1 to 3. */
  readonly weight: number;
}

/** Kinds of facts, the most telling first: what one kind has taken is none of the next. */
const KINDS: readonly { readonly pattern: RegExp; readonly weight: number }[] = [
  // Quoted code.
  { pattern: /`[^`\n]{2,120}`/g, weight: 2 },
  { pattern: /\bhttps?:\/\/[^\s<>()[\]"'`]+/g, weight: 2 },
  // Markers, tickets and constants: REQ-12, ERR_TIMEOUT, FACT-api-3.
  { pattern: /\b[A-Z][A-Z0-9]+(?:[-_][A-Za-z0-9]+)+\b/g, weight: 3 },
  // Paths, routes and files, with a line.
  { pattern: /(?:~|\.{1,2})?\/?[\w@{}:*-]*[\w@{}-](?:\/[\w@.{}:*-]+)+(?::\d+)?/g, weight: 2 },
  { pattern: /\b[\w-]+\.(?:[a-z]{1,5}|[a-z]{1,4}\d)(?::\d+(?:-\d+)?)?\b/g, weight: 2 },
  // Hashes and ids with digits and letters.
  { pattern: /\b(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f]{7,}(?:-[0-9a-f]{4,})*\b/g, weight: 3 },
  // Names as code writes them: camelCase, snake_case, calls.
  { pattern: /\b[a-z_][A-Za-z0-9]*(?:[A-Z_][A-Za-z0-9]*)+\b(?:\(\))?|\b[A-Za-z_]\w*\(\)/g, weight: 1 },
  // Numbers with what they count, versions, dates, times.
  {
    pattern:
      /(?:[<>]=?\s?|[$€£]\s?)?(?<!\w)v?\d[\d.,:/-]*(?:\s?%|\s?(?:ms|s|min|h|d|[kKMGT]i?B|Hz|rps|USD|EUR|px)\b)?/g,
    weight: 1,
  },
];

/** The facts of a text in the order of their kinds: ids, paths, numbers, quoted code. Each once. */
export function factsIn(text: string): Fact[] {
  const facts = new Map<string, Fact>();
  let rest = text;
  for (const { pattern, weight } of KINDS) {
    rest = rest.replace(pattern, (match) => {
      const fact = match.trim().replace(/[.,:;/-]+$/, '');
      if (fact !== '' && !facts.has(fact)) facts.set(fact, { text: fact, weight });
      return ' '.repeat(match.length);
    });
  }
  return [...facts.values()];
}
