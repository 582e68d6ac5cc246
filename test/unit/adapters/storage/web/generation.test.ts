import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeGeneration, encodeGeneration, isSame } from '../../../../../src/adapters/storage/web/generation.ts';

const WRITER = '0123456789abcdef';
const generations = fc.record({
  number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  at: fc.integer({ min: 0, max: 8.64e15 }),
  writer: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 }),
  database: fc.uint8Array({ maxLength: 400 }),
});

describe('a generation in a file', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(generations, ({ database, ...generation }) => {
        assert.deepEqual(decodeGeneration(encodeGeneration(generation, database)), { ...generation, database });
      }),
    );
  });

  it('is nothing when it is cut off anywhere, or longer than it was', () => {
    const file = encodeGeneration(
      { number: 7, writer: WRITER, at: 1 },
      Uint8Array.from({ length: 300 }, (_, at) => at),
    );
    for (let length = 0; length < file.length; length++) assert.equal(decodeGeneration(file.subarray(0, length)), null);
    assert.equal(decodeGeneration(Uint8Array.from([...file, 0])), null);
    assert.notEqual(decodeGeneration(file), null);
  });

  it('is nothing when any of its bytes was changed', () => {
    fc.assert(
      fc.property(
        generations,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ database, ...generation }, at, change) => {
          const file = encodeGeneration(generation, database);
          const place = at % file.length;
          file[place] = (file[place] ?? 0) ^ change;
          assert.equal(decodeGeneration(file), null);
        },
      ),
    );
  });

  it('is read from the middle of other bytes', () => {
    const file = encodeGeneration({ number: 3, writer: WRITER, at: 5 }, Uint8Array.of(1, 2));
    const around = new Uint8Array(file.length + 20);
    around.set(file, 7);
    assert.deepEqual(decodeGeneration(around.subarray(7, 7 + file.length))?.database, Uint8Array.of(1, 2));
  });

  it("differs from another window's of the same number", () => {
    const one = { number: 2, writer: WRITER, at: 1 };
    assert.ok(isSame(one, { ...one, at: 9 }));
    assert.ok(!isSame(one, { ...one, writer: 'fedcba9876543210' }));
    assert.ok(!isSame(one, null));
    assert.ok(isSame(null, null));
  });
});
