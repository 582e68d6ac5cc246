import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJsonAnswer } from '../../../../src/core/agents/json-answer.ts';

const value = (text: string) => {
  const answer = parseJsonAnswer(text);
  return answer.found ? answer.value : answer.problem;
};

describe('parseJsonAnswer', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['plain', '{"a":1}', { a: 1 }],
    ['an array', ' [1,2] ', [1, 2]],
    ['a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    ['a fence', '```json\n{"a":1}\n```', { a: 1 }],
    ['a fence without language, CRLF and words around', 'Sure!\r\n```\r\n{"a":1}\r\n```\r\nDone.', { a: 1 }],
    ['the last of several fences', '```json\n{"a":1}\n```\nbetter:\n```json\n{"a":2}\n```', { a: 2 }],
    ['a fence with code before the one with JSON', '```ts\nlet x = {};\n```\n```json\n{"a":1}\n```', { a: 1 }],
    ['words around', 'As in [1]: {"a":{"b":"}"}} and so on', { a: { b: '}' } }],
    ['braces that are none', 'use {x} like {"a":"\\"{"}', { a: '"{' }],
  ];
  for (const [name, text, expected] of cases)
    it(`finds JSON in ${name}`, () => assert.deepEqual(value(text), expected));

  it('finds none where there is none', () => {
    for (const text of ['', '  ', 'no', '42', '"text"', 'null', '{"a":', '{"a":1', '```json\n{"a":\n```']) {
      assert.equal(parseJsonAnswer(text).found, false, text);
    }
  });

  it('finds any object, whatever prose stands around it', () => {
    const prose = fc.string().map((text) => text.replace(/[{}[\]`"]/g, ''));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), prose, prose, (object, before, after) => {
        const json = JSON.stringify(object);
        assert.deepEqual(value(`${before}\n${json}\n${after}`), JSON.parse(json));
        assert.deepEqual(value(`${before}\n\`\`\`json\n${json}\n\`\`\`\n${after}`), JSON.parse(json));
      }),
    );
  });

  it('never throws, and stays fast on what never closes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', '`', '\n', 'a', ':') }),
        (text) => void parseJsonAnswer(text),
      ),
    );
    assert.equal(parseJsonAnswer('{'.repeat(200_000)).found, false);
    assert.equal(parseJsonAnswer('['.repeat(100_000) + ']'.repeat(100_000)).found !== undefined, true);
  });
});
