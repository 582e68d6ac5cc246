import type { ExportedSymbol } from '../../../../core/source/symbol.ts';
import type { PromptFacts } from '../../../../core/test-generation/test-prompts.ts';

/** Names that a test says something of; one for each of more would only be noise. */
const MAX_SYMBOLS = 30;

/** The exported names that exist when the code runs. */
export function runTimeSymbols({ symbols, language }: PromptFacts): readonly ExportedSymbol[] {
  return symbols.filter(({ kind }) => language === 'go' || kind !== 'type').slice(0, MAX_SYMBOLS);
}
