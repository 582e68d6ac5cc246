import assert from 'node:assert/strict';
import fc from 'fast-check';
import { documentFileName, documentFileNames } from '../../../../src/core/documents/document-name.ts';
import { plainTitle, readableText, recogniseFormat } from '../../../../src/core/documents/document-rules.ts';

describe('the format of a document', () => {
  const cases: readonly (readonly [content: string, file: string, format: string])[] = [
    ['{"a": 1}', 'a.json', 'json'],
    ['{"a": 1', 'a.json', 'text'],
    ['[1, 2]', '', 'json'],
    ['[a link](b)', '', 'markdown'],
    ['{"a": 1}', 'a.md', 'markdown'],
    ['# Title', '', 'markdown'],
    ['# a comment', 'a.py', 'text'],
    ['- one\n- two\n', '', 'markdown'],
    ['| a | b |\n|---|---|\n', '', 'markdown'],
    ['```\ncode\n```', '', 'markdown'],
    ['plain words - and a dash', '', 'text'],
    ['# Title', 'a.TXT', 'text'],
    ['', '', 'text'],
  ];
  for (const [content, file, format] of cases) {
    it(`of ${JSON.stringify(content)} in ${file || 'no file'} is ${format}`, () => {
      assert.equal(recogniseFormat(content, file), format);
    });
  }

  it('decides how it is read: JSON with a line for each value, what is none as it stands', () => {
    assert.equal(readableText('{"a":[1]}', 'json'), '{\n  "a": [\n    1\n  ]\n}\n');
    assert.equal(readableText('{"a":', 'json'), '{"a":');
    assert.equal(readableText('{"a":[1]}', 'text'), '{"a":[1]}');
  });
});

describe('a title', () => {
  it('is one line of at most 500 characters, and never empty', () => {
    assert.equal(plainTitle(' a\n\tb\u0000 '), 'a b');
    assert.equal(plainTitle(' \n '), 'Untitled');
    assert.equal([...plainTitle('😀'.repeat(600))].length, 500);
  });
});

describe('file names of documents', () => {
  const named = (title: string, part: object = {}) =>
    documentFileName({ id: 7, title, format: 'markdown', kind: 'document', ...part });

  it('have the ending of what is in them', () => {
    assert.equal(named('Review of src/a.ts'), 'Review-of-src-a.ts.md');
    assert.equal(named('Data', { format: 'json' }), 'Data.json');
    assert.equal(named('Log', { format: 'text' }), 'Log.txt');
    assert.equal(named('Refactoring of a.ts', { format: 'text', kind: 'patch' }), 'Refactoring-of-a.ts.diff');
    assert.equal(named('src/a.test.ts', { format: 'text', kind: 'tests' }), 'src-a.test.ts');
    assert.equal(named('Makefile', { format: 'text', kind: 'tests' }), 'Makefile.txt');
    assert.equal(named('Review', { format: 'json', kind: 'findings' }), 'Review.sarif.json');
    assert.equal(named('...'), 'document-7.md');
    assert.equal(named('CON'), '_CON.md');
    assert.equal(named('🦊 a'), '🦊-a.md');
  });

  it('are safe on every system, and each another one', () => {
    const title = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('a', 'A', 'á', '..', 'nul', ''),
    );
    fc.assert(
      fc.property(fc.array(title, { maxLength: 6 }), (titles) => {
        const names = documentFileNames(
          titles.map((one, id) => ({ id, title: one, format: 'text', kind: id % 2 === 0 ? 'tests' : 'document' })),
        );
        assert.equal(new Set(names.map((name) => name.toLowerCase())).size, titles.length);
        for (const name of names) {
          assert.doesNotMatch(name, /[\\/:*?"<>|\p{Cc}\s]|^[.-]|[. ]$|^(?:con|nul|prn|aux)\./iu);
          assert.ok(Buffer.byteLength(name) <= 160, name);
        }
      }),
    );
  });
});
