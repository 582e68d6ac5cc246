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
