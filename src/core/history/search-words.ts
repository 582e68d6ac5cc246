/** Runs of letters and digits with their accents: what SQLite's unicode61 tokenizer counts as words. */
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Characters before and behind the first hit that a snippet shows. */
const SNIPPET_MARGIN = 60;

/** A piece of a text around what was searched for; `hits` are the places of the words in it. */
export interface Snippet {
  readonly text: string;
  readonly hits: readonly { readonly start: number; readonly end: number }[];
}

/** Lower case without accents, as the tokenizer compares. */
export function wordsOf(text: string): string[] {
  return (text.normalize('NFC').match(WORD) ?? []).map(plain).filter((word) => word !== '');
}

/**
 * The phrases that a person's search means: all of them must occur, each as words in this order, the last of them as a
 * beginning (`revi` finds "review"). A part without any letter or digit is an empty phrase, which nothing matches.
 */
export function phrasesOf(search: string): string[][] {
  return search
    .split(/\s+/)
    .filter((part) => part !== '')
    .map(wordsOf);
}

/** Whether every phrase occurs in one of the texts. */
export function matchesPhrases(phrases: readonly (readonly string[])[], texts: readonly string[]): boolean {
  const words = texts.map(wordsOf);
  return phrases.every((phrase) => words.some((list) => list.some((_, start) => occursAt(phrase, list, start))));
}

/** The first place in the texts at which a phrase occurs, on one line; null: none of them occurs. */
export function snippetOf(phrases: readonly (readonly string[])[], texts: readonly string[]): Snippet | null {
  for (const text of texts) {
    const found = firstHit(phrases, text);
    if (found !== null) return cutAround(phrases, text, found);
  }
  return null;
}

function firstHit(phrases: readonly (readonly string[])[], text: string): number | null {
  const longest = Math.max(0, ...phrases.map((phrase) => phrase.length));
  const seen: { readonly word: string; readonly index: number }[] = [];
  for (const match of text.matchAll(WORD)) {
    seen.push({ word: plain(match[0]), index: match.index });
    if (seen.length > longest) seen.shift();
    const words = seen.map(({ word }) => word);
    const start = seen.findIndex((_, from) =>
      phrases.some((phrase) => from + phrase.length === words.length && occursAt(phrase, words, from)),
    );
    const first = seen[start];
    if (first) return first.index;
  }
  return null;
}

function cutAround(phrases: readonly (readonly string[])[], text: string, found: number): Snippet {
  const from = Math.max(0, found - SNIPPET_MARGIN);
  const to = Math.min(text.length, found + SNIPPET_MARGIN * 2);
  const inside = text
    .slice(from, to)
    .replace(/[\s\p{Cc}]/gu, ' ')
    .trim();
  const shown = `${from > 0 ? '…' : ''}${inside}${to < text.length ? '…' : ''}`.replace(/ {2,}/g, ' ');
  const wanted = new Set(phrases.flat());
  const beginnings = phrases.flatMap((phrase) => phrase.slice(-1));
  const hits = [...shown.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const known = plain(word);
    const isHit = wanted.has(known) || beginnings.some((beginning) => known.startsWith(beginning));
    return isHit ? [{ start: index, end: index + word.length }] : [];
  });
  return { text: shown, hits };
}

/** Whether the phrase stands at this place: its words in a row, the last as a beginning. An empty one stands nowhere. */
function occursAt(phrase: readonly string[], words: readonly string[], start: number): boolean {
  const last = phrase.length - 1;
  if (last < 0) return false;
  return phrase.every((word, index) => {
    const candidate = words[start + index];
    return index === last ? candidate?.startsWith(word) : candidate === word;
  });
}

function plain(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
