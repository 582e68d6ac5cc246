import { ruleLanguage } from '../review/languages.ts';
import { maskPython } from '../source/mask-python.ts';
import { maskScript } from '../source/mask-script.ts';

const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/**
 * What a change breaks that can be seen without a compiler: brackets that matched before and no longer do. Null: nothing,
 * or the language is not known, or the code was not in order before (a part of a file).
 */
export function syntaxProblem(languageId: string, before: string, after: string): string | null {
  if (bracketProblem(languageId, before) !== null) return null;
  const problem = bracketProblem(languageId, after);
  return problem === null ? null : `${problem} after it`;
}

/** The first bracket that has no partner, in comments and texts not looked at; null: all match, or not known. */
export function bracketProblem(languageId: string, text: string): string | null {
  const language = ruleLanguage(languageId);
  if (language === null) return null;
  const { code } = language === 'python' ? maskPython(text) : maskScript(text);
  const open: string[] = [];
  for (const character of code) {
    if ('([{'.includes(character)) open.push(character);
    else if (character in CLOSING && open.pop() !== CLOSING[character]) return `a "${character}" has no partner`;
  }
  const left = open.at(-1);
  return left === undefined ? null : `a "${left}" is not closed`;
}
