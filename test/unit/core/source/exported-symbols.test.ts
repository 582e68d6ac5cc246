import assert from 'node:assert/strict';
import { exportedSymbols } from '../../../../src/core/source/exported-symbols.ts';
import { scriptSymbols } from '../../../../src/core/source/script-symbols.ts';

const kinds = (languageId: string, text: string) =>
  Object.fromEntries(exportedSymbols(languageId, text).map(({ name, kind }) => [name, kind]));

describe('exported symbols of TypeScript and JavaScript', () => {
  it('finds declarations of every kind', () => {
    const text = `
export function one(a: number, b = 2): number { return a; }
export async function* two() {}
export class Three {}
export abstract class Four {}
export const five = (a: string): string => a, six = 6;
export let seven: Map<string, () => void> = new Map();
export enum Eight { A }
export const enum Nine { A }
export interface Ten { a: string }
export type Eleven = string;
export default function () {}
export declare function twelve(): void;
`;
    assert.deepEqual(kinds('typescript', text), {
      one: 'function',
      two: 'function',
      Three: 'class',
      Four: 'class',
      five: 'function',
      six: 'value',
      seven: 'value',
      Eight: 'value',
      Nine: 'type',
      Ten: 'type',
      Eleven: 'type',
      default: 'function',
      twelve: 'function',
    });
    assert.equal(exportedSymbols('typescript', text)[0]?.params, 'a: number, b = 2');
  });

  it('finds lists, names under another name, and what they are', () => {
    const text =
      'function a() {}\nclass B {}\nconst c = () => 1;\ntype D = 1;\nexport { a, B as default, c as see, type D };\n';
    assert.deepEqual(kinds('typescript', text), { a: 'function', default: 'class', see: 'function', D: 'type' });
  });

  it('does not take comments, texts and properties for exports', () => {
    const text = '// export const a = 1;\nconst s = "export const b = 2";\nconst o = { export: 1 };\no.export = 2;\n';
    assert.deepEqual(kinds('javascript', text), {});
  });

  it('reads CommonJS', () => {
    const text = 'function a() {}\nmodule.exports = { a, b: class {}, c() {}, d: 1, ...more };\nexports.e = () => 1;\n';
    assert.deepEqual(kinds('javascript', text), {
      a: 'function',
      b: 'class',
      c: 'function',
      d: 'value',
      e: 'function',
    });
    assert.equal(scriptSymbols(text).module, 'commonjs');
    assert.deepEqual(kinds('javascript', 'module.exports = function run() {};\n'), { default: 'function' });
    assert.deepEqual(kinds('javascript', 'const run = () => 1;\nmodule.exports = run;\n'), { default: 'function' });
  });

  it('tells the module kind, and that there may be more names', () => {
    assert.equal(scriptSymbols("import a from 'a';\n").module, 'esm');
    assert.equal(scriptSymbols("const a = require('a');\n").module, 'commonjs');
    assert.equal(scriptSymbols('let a = 1;\n').module, null);
    assert.equal(scriptSymbols("export * from './a.js';\n").hasMore, true);
  });

  it('ends on names that are each other', () => {
    assert.deepEqual(kinds('javascript', 'const a = b;\nconst b = a;\nexport { a, b };\n'), { a: 'value', b: 'value' });
  });
});

describe('exported symbols of Python and Go', () => {
  it('takes public top-level names, or those of __all__', () => {
    const text =
      'import os\nLIMIT = 3\n_own = 1\nasync def run(a, b=1):\n    x = 2\n\nclass Job:\n    def go(self): ...\n';
    assert.deepEqual(kinds('python', text), { LIMIT: 'value', run: 'function', Job: 'class' });
    assert.deepEqual(kinds('python', `__all__ = ["_own"]\n${text}`), { _own: 'value' });
  });

  it('takes exported Go names, no methods', () => {
    const text =
      'package a\n\n/* func Old() {} */\nfunc Add(a, b int) int { return a }\nfunc (s *S) Do() {}\ntype S struct{}\nfunc own() {}\nvar Max = 1\n';
    assert.deepEqual(kinds('go', text), { Add: 'function', S: 'type', Max: 'value' });
  });
});
