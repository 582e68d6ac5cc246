/** Runs of letters and digits: what SQLite's unicode61 tokenizer counts as words. */
const WORD = /[\p{L}\p{N}]+/gu;

/** Lower case without accents, as the tokenizer compares. */
export function wordsOf(text: string): string[] {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().match(WORD) ?? [];
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
