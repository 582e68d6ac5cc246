import { ruleLanguage } from '../review/languages.ts';
import { goSymbols } from './go-symbols.ts';
import { pythonSymbols } from './python-symbols.ts';
import { scriptSymbols } from './script-symbols.ts';
import type { ExportedSymbol } from './symbol.ts';

/** The names that a file exports, in their order; empty for languages that are not known. Never throws. */
export function exportedSymbols(languageId: string, text: string): readonly ExportedSymbol[] {
  const language = ruleLanguage(languageId);
  if (language === 'script') return scriptSymbols(text).symbols;
  if (language === 'python') return pythonSymbols(text);
  return languageId === 'go' ? goSymbols(text) : [];
}

/** {@link exportedSymbols} by name. */
export function exportedNames(languageId: string, text: string): ReadonlySet<string> {
  return new Set(exportedSymbols(languageId, text).map(({ name }) => name));
}
