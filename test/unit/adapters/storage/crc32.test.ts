import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { crc32 } from '../../../../src/adapters/storage/crc32.ts';

describe('crc32', () => {
  it('is what zlib says, whole and in parts', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
        assert.equal(crc32(first), zlib.crc32(first));
        assert.equal(crc32(second, crc32(first)), zlib.crc32(Buffer.concat([first, second])));
      }),
    );
  });
});
