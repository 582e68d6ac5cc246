import assert from 'node:assert/strict';
import { RecentTexts } from '../../../../src/core/policy/redaction-memory.ts';

describe('RecentTexts', () => {
  const long = (name: string, length = 300) => name.padEnd(length, '.');

  it('makes once what it is asked for again', () => {
    const texts = new RecentTexts<number>();
    const made: string[] = [];
    const of = (text: string) => texts.of(text, () => made.push(text));
    assert.deepEqual([of(long('a')), of(long('b')), of(long('a'))], [1, 2, 1]);
    assert.equal(made.length, 2);
  });

  it('forgets the oldest texts where all together become too long, and keeps none that is too long alone', () => {
    const texts = new RecentTexts<string>();
    const made: string[] = [];
    const of = (name: string, length: number) => texts.of(long(name, length), () => `${made.push(name)}`);
    for (const name of ['a', 'b', 'c']) of(name, 900_000);
    of('c', 900_000);
    of('b', 900_000);
    of('a', 900_000);
    of('huge', 3_000_000);
    of('huge', 3_000_000);
    assert.deepEqual(made, ['a', 'b', 'c', 'a', 'huge', 'huge']);
  });
});
