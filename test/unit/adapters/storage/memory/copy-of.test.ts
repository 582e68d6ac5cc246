import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copyOf } from '../../../../../src/adapters/storage/memory/copy-of.ts';

describe('copyOf', () => {
  it('gives what a way through JSON text gives', () => {
    const leaf = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.double(), fc.date({ noInvalidDate: true }));
    const data = fc.oneof(fc.array(leaf), fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(leaf))));
    fc.assert(fc.property(data, (value) => assert.deepEqual(copyOf(value), JSON.parse(JSON.stringify(value)))));
  });

  it('shares nothing that can change with the original', () => {
    const original = { list: [{ text: 'a' }], when: new Date(0) };
    const copy = copyOf(original);
    assert.ok(original.list[0]);
    original.list[0].text = 'b';
    original.list.push({ text: 'c' });
    assert.deepEqual(copy, { list: [{ text: 'a' }], when: '1970-01-01T00:00:00.000Z' });
  });

  it('keeps a field named like a prototype as data', () => {
    const copy = copyOf(JSON.parse('{"__proto__":{"admin":true},"a":1}'));
    assert.equal(copy.admin, undefined);
    assert.deepEqual(Object.keys(copy), ['__proto__', 'a']);
  });
});
