import type { ExportedSymbol } from './symbol.ts';

const DECLARATION = /^(func|type|var|const)\s+(?:\([^)]*\)\s*)?([A-Z]\w*)\s*(\[[^\]]*\])?(?:\(([^)]*)\))?/gm;

/** The exported top-level names of a Go file; methods are not listed. */
export function goSymbols(text: string): ExportedSymbol[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return [...code.matchAll(DECLARATION)].flatMap((match) => {
    const [whole, word, name = '', generic = '', params = ''] = match;
    if (word === 'func' && /^func\s+\(/.test(whole)) return [];
    const kind = word === 'func' ? 'function' : word === 'type' ? 'type' : 'value';
    // `type A []int` has no parameters; `type A[T any]` has.
    const typed = /^\[\w+\s/.test(generic) ? generic : '';
    return [
      { name, kind, params: typed + (word === 'func' ? params.trim() : ''), line: lineOf(code, match.index) } as const,
    ];
  });
}

/** The name in the `package` clause; null: there is none. */
export function goPackage(text: string): string | null {
  return /^package\s+(\w+)/m.exec(text)?.[1] ?? null;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
