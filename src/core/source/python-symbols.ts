import { PythonCode } from './python-code.ts';
import type { ExportedSymbol } from './symbol.ts';

const DECLARATION = /^(?:(async\s+)?def|class)\s+(\w+)/;
const ASSIGNMENT = /^(\w+)\s*(?::[^=]+)?=(?!=)/;

/** The public top-level names of a Python file: without an underscore in front, or in `__all__` where there is one. */
export function pythonSymbols(text: string): ExportedSymbol[] {
  const code = new PythonCode({ path: '', languageId: 'python', text, startLine: 1 });
  const listed = namesInAll(code);
  const found = new Map<string, ExportedSymbol>();
  for (const line of code.lines) {
    if (line.indent > 0) continue;
    const declared = DECLARATION.exec(line.code);
    const name = declared?.[2] ?? ASSIGNMENT.exec(line.code)?.[1];
    if (name === undefined || !(listed ? listed.has(name) : !name.startsWith('_'))) continue;
    const isClass = line.code.startsWith('class');
    const kind = declared ? (isClass ? 'class' : 'function') : 'value';
    const own = kind === 'function' ? code.functions.find(({ header }) => header === line) : undefined;
    const params = own ? code.textOf(own.params).replace(/\s+/g, ' ').trim() : '';
    found.set(name, { name, kind, params, line: code.lineAt(line.start) });
  }
  return [...found.values()];
}

function namesInAll(code: PythonCode): ReadonlySet<string> | null {
  const line = code.lines.find(({ indent, code: text }) => indent === 0 && /^__all__\s*=/.test(text));
  if (!line) return null;
  return new Set(code.literalsIn(line).map(({ content }) => code.textOf(content)));
}
