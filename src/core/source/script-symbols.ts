import { ScriptCode } from './script-code.ts';
import type { ExportedSymbol, ModuleKind } from './symbol.ts';

/** What a script exports, and how. */
export interface ScriptSymbols {
  readonly symbols: readonly ExportedSymbol[];
  /** Null: it exports nothing and says in no other way which kind it is. */
  readonly module: ModuleKind | null;
  /** True for `export * from`: there may be more names. */
  readonly hasMore: boolean;
}

type Kind = ExportedSymbol['kind'];

const NAME = String.raw`[A-Za-z_$][\w$]*`;
const EXPORT = /(?<![\w$.])export(?![\w$])/g;
const DECLARED = new RegExp(
  String.raw`^export\s+(default\s+)?(?:declare\s+)?(?:(?:async\s+)?(function)\b\s*\*?|(?:abstract\s+)?(class)\b|(const\s+enum|enum|interface|namespace|type(?=\s+${NAME}\s*[=<]))\b)\s*(${NAME})?`,
);
const VARIABLE = new RegExp(String.raw`^export\s+(?:declare\s+)?(?:const|let|var)\s+(${NAME})`);
const LIST = /^export\s+(type\s+)?\{/;
const ASSIGNED = new RegExp(String.raw`(?<![\w$.])(?:module\.)?exports\.(${NAME})\s*=(?!=)`, 'g');
const WHOLE = /(?<![\w$.])module\.exports\s*=(?!=)\s*/g;

/** Reads the exports of a TypeScript or JavaScript file, ESM and CommonJS. Never throws. */
export function scriptSymbols(text: string): ScriptSymbols {
  const code = new ScriptCode({ path: '', languageId: 'typescript', text, startLine: 1 });
  const found = new Map<string, ExportedSymbol>();
  const add = (name: string, kind: Kind, offset: number) => {
    const params = kind === 'function' ? paramsOf(code, name, offset) : '';
    if (!found.has(name)) found.set(name, { name, kind, params, line: code.lineAt(offset) });
  };
  const hasMore = readExports(code, add);
  const isEsm = found.size > 0 || hasMore || /(?:^|\n)\s*import\b\s*(?:[\w$*{"'])/.test(code.code);
  if (!isEsm) readCommonJs(code, add);
  const usesCommonJs = found.size > 0 || /(?<![\w$.])(?:module\.exports|exports\.|require\s*\()/.test(code.code);
  return { symbols: [...found.values()], module: isEsm ? 'esm' : usesCommonJs ? 'commonjs' : null, hasMore };
}

type Add = (name: string, kind: Kind, offset: number) => void;

/** Returns whether everything of another module is exported too. */
function readExports(code: ScriptCode, add: Add): boolean {
  let hasMore = false;
  for (const { index } of code.code.matchAll(EXPORT)) {
    if (!code.beginsStatement(index)) continue;
    const rest = code.code.slice(index);
    const declared = DECLARED.exec(rest);
    const variable = declared ? null : VARIABLE.exec(rest);
    if (declared) {
      const [, isDefault, isFunction, isClass, , name] = declared;
      const kind = isFunction ? 'function' : isClass ? 'class' : declared[4] === 'enum' ? 'value' : 'type';
      if (isDefault) add('default', kind, index);
      else if (name) add(name, kind, index);
    } else if (variable) addVariables(code, index + variable[0].length, variable[1] ?? '', index, add);
    else if (/^export\s*\*\s*(?!\s*as)/.test(rest)) hasMore = true;
    else if (LIST.test(rest)) addList(code, index, LIST.exec(rest)?.[1] !== undefined, add);
    else if (/^export\s+default\b/.test(rest)) {
      const value = code.skipSpace(index + (/^export\s+default\b/.exec(rest)?.[0].length ?? 0));
      add('default', kindOfValue(code, value), index);
    }
  }
  return hasMore;
}

/** The first name, and the others of the same statement. */
function addVariables(code: ScriptCode, after: number, first: string, index: number, add: Add): void {
  add(first, kindAfterName(code, after), index);
  const end = code.statementEnd(index);
  for (let at = after; at < end; at++) {
    const character = code.code[at] ?? '';
    if ('([{'.includes(character)) at = code.matching(at) ?? at;
    else if (character === ',') {
      const start = code.skipSpace(at + 1);
      const name = new RegExp(`^${NAME}`).exec(code.code.slice(start, start + 200))?.[0];
      if (name) add(name, kindAfterName(code, start + name.length), start);
    }
  }
}

function addList(code: ScriptCode, index: number, typesOnly: boolean, add: Add): void {
  const open = code.code.indexOf('{', index);
  for (const part of code.partsOf(open)) {
    const match = /^(type\s+)?([\w$]+)(?:\s+as\s+([\w$]+))?$/.exec(code.code.slice(part.start, part.end).trim());
    const local = match?.[2];
    if (!match || local === undefined) continue;
    add(match[3] ?? local, typesOnly || match[1] !== undefined ? 'type' : kindOfLocal(code, local), part.start);
  }
}

function readCommonJs(code: ScriptCode, add: Add): void {
  for (const { index, 0: whole } of code.code.matchAll(WHOLE)) {
    const value = index + whole.length;
    if (code.code[value] !== '{') {
      add('default', kindOfValue(code, value), index);
      continue;
    }
    for (const part of code.partsOf(value)) {
      const property = code.code.slice(part.start, part.end);
      const match = /^(?:async\s+)?\*?\s*([\w$]+)\s*(:|\(|$)/.exec(property);
      const name = match?.[1];
      if (!match || name === undefined || property.startsWith('...')) continue;
      const kind =
        match[2] === ':'
          ? kindOfValue(code, code.skipSpace(part.start + match[0].length))
          : match[2] === '('
            ? 'function'
            : kindOfLocal(code, name);
      add(name, kind, part.start);
    }
  }
  for (const { index, 0: whole, 1: name } of code.code.matchAll(ASSIGNED)) {
    if (name) add(name, kindOfValue(code, code.skipSpace(index + whole.length)), index);
  }
}

/** Kind by what stands after a name: a type annotation says nothing, so the value does. */
function kindAfterName(code: ScriptCode, offset: number): Kind {
  const end = code.statementEnd(offset);
  for (let at = offset; at < end; at++) {
    const character = code.code[at] ?? '';
    if ('([{'.includes(character)) at = code.matching(at) ?? at;
    else if (character === ',') return 'value';
    else if (character === '=' && code.code[at + 1] !== '>') return kindOfValue(code, code.skipSpace(at + 1));
  }
  return 'value';
}

function kindOfValue(code: ScriptCode, offset: number): Kind {
  const rest = code.code.slice(offset, offset + 400);
  if (/^class\b/.test(rest)) return 'class';
  if (/^(?:async\s+)?function\b/.test(rest) || new RegExp(`^(?:async\\s+)?${NAME}\\s*=>`).test(rest)) return 'function';
  const arrow = /^(?:async\s*)?(?:<[^>(]*>\s*)?\(/.exec(rest);
  const close = arrow ? code.matching(offset + arrow[0].length - 1) : null;
  if (close !== null && arrow) {
    const after = code.code.slice(close + 1, close + 300);
    return /^\s*(?::[^=;{]*)?=>/.test(after) ? 'function' : 'value';
  }
  const name = new RegExp(`^(${NAME})\\s*(?:[;,}\\n]|$)`).exec(rest)?.[1];
  return name === undefined ? 'value' : kindOfLocal(code, name);
}

/** The kind of a name that is declared in the file. */
function kindOfLocal(code: ScriptCode, name: string): Kind {
  const escaped = name.replace(/\$/g, '\\$');
  const declared = new RegExp(
    `(?<![\\w$.])(?:(function)\\s*\\*?|(class)|(interface|type)|(?:const|let|var))\\s+${escaped}(?![\\w$])`,
  ).exec(code.code);
  if (!declared) return 'value';
  if (declared[1]) return 'function';
  if (declared[2]) return 'class';
  if (declared[3]) return 'type';
  return kindOfInitialiser(code, declared.index + declared[0].length);
}

/** What follows the name in its declaration. Another name is not looked up: two that name each other would never end. */
function kindOfInitialiser(code: ScriptCode, offset: number): Kind {
  const rest = code.code.slice(offset, offset + 300);
  const value = /^\s*(?::[^=;]*)?=(?![=>])\s*/.exec(rest);
  if (!value) return 'value';
  const start = offset + value[0].length;
  return new RegExp(`^${NAME}\\s*(?:[;,}\\n]|$)`).test(code.code.slice(start)) ? 'value' : kindOfValue(code, start);
}

function paramsOf(code: ScriptCode, name: string, offset: number): string {
  const own =
    code.functions.find((one) => one.name === name) ??
    code.functions.find(({ start }) => start >= offset && start <= offset + 40);
  return own ? code.textOf(own.params).replace(/\s+/g, ' ').trim().replace(/,$/, '') : '';
}
