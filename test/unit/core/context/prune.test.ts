import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pruneText, shareTokens } from '../../../../src/core/context/prune.ts';
import { estimateTokens } from '../../../../src/core/context/token-estimate.ts';

describe('estimateTokens', () => {
  it('counts four characters as a token, rounded up', () => {
    assert.deepEqual(['', 'a', 'abcd', 'abcde'].map(estimateTokens), [0, 1, 1, 2]);
  });
});

describe('pruneText', () => {
  it('leaves a text alone that fits', () => {
    assert.equal(pruneText('abcd', 1), 'abcd');
  });

  it('keeps beginning and end at line breaks and says how much is missing', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${String(index).padStart(3, '0')}`);
    const pruned = pruneText(lines.join('\n'), 100);
    const [, head, missing, tail] =
      /^([\s\S]*)\n\[\.\.\. (\d+) characters left out \.\.\.\]\n([\s\S]*)$/.exec(pruned) ?? [];
    assert.ok(head?.startsWith('line 000\n') && /line \d{3}$/.test(head));
    assert.ok(tail?.endsWith('\nline 199') && /^line \d{3}\n/.test(tail));
    assert.equal(Number(missing), lines.join('\n').length - (head?.length ?? 0) - (tail?.length ?? 0));
  });

  it('never exceeds the limit by more than the note, and never cuts a character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 3_000 }),
        fc.integer({ min: 0, max: 500 }),
        (text, limit) => {
          const pruned = pruneText(text, limit);
          assert.ok(estimateTokens(pruned) <= Math.max(limit, 25));
          assert.ok(!/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(pruned));
        },
      ),
    );
  });
});

describe('shareTokens', () => {
  it('keeps small texts whole and gives the large ones equal parts of the rest', () => {
    assert.deepEqual(shareTokens([10, 1_000, 20, 1_000], 130), [10, 50, 20, 50]);
    assert.deepEqual(shareTokens([10, 20], 1_000), [10, 20]);
    assert.deepEqual(shareTokens([], 10), []);
  });

  it('gives away no more than there is, and no text more than it needs', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 20 }), fc.nat(5_000), (sizes, total) => {
        const shares = shareTokens(sizes, total);
        const sum = shares.reduce((a, b) => a + b, 0);
        assert.ok(sum <= total && shares.every((share, index) => share <= (sizes[index] ?? 0)));
        assert.ok(sum === sizes.reduce((a, b) => a + b, 0) || total - sum < sizes.length);
      }),
    );
  });
});
