import type { ExportedSymbol } from './symbol.ts';

const DECLARATION = /^(func|type|var|const)\s+(?:\([^)]*\)\s*)?([A-Z]\w*)\s*(?:\[[^\]]*\])?(\(([^)]*)\))?/gm;

/** The exported top-level names of a Go file; methods are not listed. */
export function goSymbols(text: string): ExportedSymbol[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return [...code.matchAll(DECLARATION)].flatMap((match) => {
    const [whole, word, name = '', , params = ''] = match;
    if (word === 'func' && /^func\s+\(/.test(whole)) return [];
    const kind = word === 'func' ? 'function' : word === 'type' ? 'type' : 'value';
    return [{ name, kind, params: word === 'func' ? params.trim() : '', line: lineOf(code, match.index) } as const];
  });
}

/** The name in the `package` clause; null: there is none. */
export function goPackage(text: string): string | null {
  return /^package\s+(\w+)/m.exec(text)?.[1] ?? null;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
