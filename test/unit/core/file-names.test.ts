import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clipBytes, meansDevice, UniqueNames } from '../../../src/core/file-names.ts';

describe('file names', () => {
  it('are given out once, also where case does not count', () => {
    const names = new UniqueNames();
    assert.deepEqual(
      [names.take('a', '.md'), names.take('A', '.md'), names.take('a', '.md'), names.take('a', '.txt')],
      ['a.md', 'A-2.md', 'a-3.md', 'a.txt'],
    );
  });

  it('mean a device on Windows whatever comes behind the first dot', () => {
    for (const name of ['con', 'NUL.txt', 'com1.tar.gz', 'LPT³']) assert.ok(meansDevice(name), name);
    for (const name of ['console', '_con', 'com', 'lpt10', 'a.con']) assert.ok(!meansDevice(name), name);
  });

  it('are cut to bytes, never inside of a character', () => {
    assert.equal(clipBytes('a😀b', 4), 'a');
    assert.equal(clipBytes('a😀b', 5), 'a😀');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, limit) => {
        const kept = clipBytes(text, limit);
        assert.ok(text.startsWith(kept) && Buffer.byteLength(kept) <= limit);
        assert.doesNotMatch(kept, /\p{Surrogate}/u);
      }),
    );
  });
});
