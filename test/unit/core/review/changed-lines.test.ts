import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changedLines, rangesWithin } from '../../../../src/core/review/changed-lines.ts';

const ranges = (base: string, text: string) =>
  changedLines(base, text)
    ?.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(' ');

describe('changedLines', () => {
  for (const [what, base, text, expected] of [
    ['a line that was replaced', 'a\nb\nc\n', 'a\nB\nc\n', '2'],
    ['lines that were added', 'a\nd\n', 'a\nb\nc\nd\n', '2-3'],
    ['both sides of a gap', 'a\nb\nc\nd\n', 'a\nd\n', '1-2'],
    ['the end where the last lines went', 'a\nb\nc\n', 'a\nb\n', '2'],
    ['the beginning where the first lines went', 'a\nb\nc\n', 'b\nc\n', '1'],
    ['several places', 'a\nb\nc\nd\ne\n', 'A\nb\nc\nd\nE\n', '1 5'],
    ['nothing where only line breaks differ', 'a\nb\n', 'a\r\nb', ''],
    ['a text that is new', '', 'a\nb\n', '1-2'],
  ] as const) {
    it(`finds ${what}`, () => assert.equal(ranges(base, text), expected));
  }

  it('covers every line that is not in the base, ascending, apart and inside the text', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (base, now) => {
        const found = changedLines(base.join('\n'), now.join('\n')) ?? [];
        for (const [index, { first, last }] of found.entries()) {
          assert.ok(first >= 1 && first <= last && last <= now.length);
          const next = found[index + 1];
          assert.ok(!next || next.first > last + 1);
        }
        for (const [index, line] of now.entries()) {
          if (!base.includes(line)) assert.ok(rangesWithin(found, index + 1, index + 1).length === 1);
        }
        assert.equal(found.length === 0, base.join() === now.join());
      }),
    );
  });

  it('gives up on texts that have nothing in common', () => {
    const text = (word: string) => Array.from({ length: 1_500 }, (_, line) => `${word} ${line}`).join('\n');
    assert.equal(changedLines(text('a'), text('b')), null);
  });
});

describe('rangesWithin', () => {
  it('cuts ranges to the lines that are asked for', () => {
    const all = [
      { first: 1, last: 3 },
      { first: 6, last: 9 },
      { first: 12, last: 12 },
    ];
    assert.deepEqual(rangesWithin(all, 3, 7), [
      { first: 3, last: 3 },
      { first: 6, last: 7 },
    ]);
    assert.deepEqual(rangesWithin(all, 4, 5), []);
  });
});
