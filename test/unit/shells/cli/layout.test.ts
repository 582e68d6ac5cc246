import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clip, displayWidth, pad, table, wrap } from '../../../../src/shells/cli/layout.ts';

describe('layout', () => {
  it('counts columns, not code units', () => {
    assert.equal(displayWidth('abc'), 3);
    assert.equal(displayWidth('日本'), 4);
    assert.equal(displayWidth('e\u0301'), 1);
  });

  it('clips to the width and says so', () => {
    assert.equal(clip('abcdef', 4), 'abc…');
    assert.equal(clip('abcd', 4), 'abcd');
    assert.equal(clip('日本語', 4), '日…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        assert.ok(displayWidth(clip(text, width)) <= width);
      }),
    );
  });

  it('pads on either side', () => {
    assert.equal(pad('日', 4), '日  ');
    assert.equal(pad('7', 3, 'right'), '  7');
  });

  it('wraps at spaces and keeps all words', () => {
    assert.deepEqual(wrap('one two three', 8), ['one two', 'three']);
    assert.deepEqual(wrap('a\n\nb', 8), ['a', '', 'b']);
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 9 })), (words) => {
        const lines = wrap(words.join(' '), 10);
        assert.ok(lines.every((line) => displayWidth(line) <= 10));
        assert.equal(lines.join(' ').replace(/\s+/g, ' ').trim(), words.join(' ').replace(/\s+/g, ' ').trim());
      }),
    );
  });

  it('makes a table whose flexible column takes what is left', () => {
    const rows = [
      { id: 1, title: 'a title that is much too long for this' },
      { id: 23, title: 'short' },
    ];
    const lines = table(
      rows,
      [
        { title: 'Id', text: ({ id }) => String(id), align: 'right' },
        { title: 'Title', text: ({ title }) => title, flexible: true, paint: (cell) => `<${cell}>` },
      ],
      20,
    );
    assert.deepEqual(lines, ['ID  TITLE', ' 1  <a title that is…>', '23  <short           >']);
  });
});
