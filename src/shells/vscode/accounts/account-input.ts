/** What is wrong with a new account's name; null: nothing. */
export function accountNameProblem(name: string, taken: readonly string[]): 'empty' | 'characters' | 'taken' | null {
  if (name === '') return 'empty';
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) return 'characters';
  return taken.includes(name) ? 'taken' : null;
}

/** A name that is still free: `xai-1`, `xai-2`, ... */
export function suggestName(provider: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = `${provider}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** What is wrong with the text of an optional number; null: nothing. An empty text means no limit. */
export function amountProblem(text: string, kind: 'count' | 'usd'): 'number' | 'range' | 'whole' | null {
  if (text === '') return null;
  if (!/^\d{1,12}(\.\d{1,6})?$/.test(text)) return 'number';
  if (kind === 'usd') return null;
  if (Number(text) === 0) return 'range';
  return Number.isInteger(Number(text)) ? null : 'whole';
}

/** The number of a text that {@link amountProblem} accepts; null: no limit. */
export function amountOf(text: string): number | null {
  return text === '' ? null : Number(text);
}
