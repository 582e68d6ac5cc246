import { phrasesOf } from '../../../core/history/search-words.ts';

/** A full-text expression in which nothing that a person types is an operator; `''`: matches nothing; null: no search. */
export function matchExpression(search: string): string | null {
  const phrases = phrasesOf(search);
  if (phrases.length === 0) return null;
  if (phrases.some((words) => words.length === 0)) return '';
  return phrases.map((words) => `"${words.join(' ')}*"`).join(' ');
}
