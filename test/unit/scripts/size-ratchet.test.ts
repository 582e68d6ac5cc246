import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkSizes } from '../../../scripts/check-sizes.mjs';

const lines = (count: number, text = 'export const x = 1;'): string => `${Array(count).fill(text).join('\n')}\n`;
const longFunction = (count: number): string => `export function long() {\n${lines(count - 2, '  void 0;')}}\n`;

describe('size ratchet', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-sizes-'));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: string): void {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  function allow(...exceptions: readonly object[]): void {
    write('scripts/size-exceptions.json', JSON.stringify({ exceptions }));
  }

  const found = (): string[] =>
    checkSizes(folder).problems.map(({ file, kind, name, actual }) => `${file} ${kind} ${name} ${actual}`);

  it('accepts what is exactly at the limits', () => {
    write('src/core/a.ts', lines(400));
    write('src/core/b.ts', longFunction(60));
    write('src/core/c.ts', 'export class C { constructor(a: 1, b: 1, c: 1, d: 1, e: 1) { void [a, b, c, d, e]; } }\n');
    write('src/extension.ts', lines(60));
    assert.deepEqual(found(), []);
    assert.equal(checkSizes(folder).files, 4);
  });

  it('catches a file that is one line too long', () => {
    write('src/core/a.ts', lines(401));
    assert.deepEqual(found(), ['src/core/a.ts file-lines  401']);
  });

  it('catches a function, a method, an arrow function that is one line too long', () => {
    write('src/core/a.ts', longFunction(61));
    write('src/core/b.ts', `export class B {\n  method() {\n${lines(59, '    void 0;')}  }\n}\n`);
    write('src/core/c.ts', `export const arrow = () => {\n${lines(59, '  void 0;')}};\n`);
    assert.deepEqual(found(), [
      'src/core/a.ts function-lines long 61',
      'src/core/b.ts function-lines method 61',
      'src/core/c.ts function-lines arrow 61',
    ]);
  });

  it('catches a constructor with six parameters', () => {
    write(
      'src/core/a.ts',
      'export class A { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) { void [a, b, c, d, e, f]; } }\n',
    );
    assert.deepEqual(found(), ['src/core/a.ts constructor-parameters A 6']);
  });

  it('holds the activation file to 60 lines', () => {
    write('src/extension.ts', lines(61));
    assert.deepEqual(found(), ['src/extension.ts file-lines  61']);
  });

  it('lets a test be one long describe, but not an endless file', () => {
    write('test/unit/a.test.ts', longFunction(300));
    write('test/unit/b.test.ts', lines(501));
    write('test/fixtures/c.ts', lines(2000));
    assert.deepEqual(found(), ['test/unit/b.test.ts file-lines  501']);
  });

  it('accepts an exception up to the size that it names, and only with a reason', () => {
    write('src/core/a.ts', lines(410));
    allow({ file: 'src/core/a.ts', kind: 'file-lines', allowed: 410, reason: 'one table' });
    assert.deepEqual(found(), []);
    allow({ file: 'src/core/a.ts', kind: 'file-lines', allowed: 409, reason: 'one table' });
    assert.deepEqual(found(), ['src/core/a.ts file-lines  410']);
    allow({ file: 'src/core/a.ts', kind: 'file-lines', allowed: 410 });
    assert.deepEqual(found(), ['src/core/a.ts file-lines  410']);
  });

  it('asks for an exception that is not needed any more to be deleted', () => {
    write('src/core/a.ts', lines(10));
    allow({ file: 'src/core/a.ts', kind: 'file-lines', allowed: 410, reason: 'one table' });
    assert.deepEqual(found(), ['src/core/a.ts unused-exception file-lines 0']);
  });
});
