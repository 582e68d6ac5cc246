import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileNamePart, monthOf } from '../../../../src/adapters/archive/names.ts';

describe('names in an archive', () => {
  it('are safe on every system, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = fileNamePart(text, 'fallback');
        assert.match(name, /^[\p{L}\p{N}\p{M}._-]+$/u);
        assert.ok(!name.startsWith('.') && !name.endsWith('.') && !name.includes('..'));
        assert.ok([...name].length <= 61);
      }),
    );
  });

  it('keep letters of all languages, and lose what has a meaning in paths', () => {
    assert.equal(fileNamePart('Größe: a/b\\c', 'x'), 'Größe-a-b-c');
    assert.equal(fileNamePart('../../etc/passwd', 'x'), 'etc-passwd');
    assert.equal(fileNamePart('🙂', 'x'), 'x');
    assert.equal(fileNamePart('con', 'x'), '_con');
    assert.equal(fileNamePart('NUL.txt', 'x'), '_NUL.txt');
  });

  it('know the month, or that there is none', () => {
    assert.deepEqual(
      [monthOf('2026-11-21T10:00:00Z'), monthOf(null), monthOf('../..')],
      ['2026-11', 'undated', 'undated'],
    );
  });
});
