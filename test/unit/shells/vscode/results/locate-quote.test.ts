import assert from 'node:assert/strict';
import fc from 'fast-check';
import { locateQuote } from '../../../../../src/shells/vscode/results/locate-quote.ts';

const TEXT = ['function a() {', '  eval(x);', '}', '', '  eval(x);', 'const y = `', 'eval`;'].join('\n');

describe('locateQuote', () => {
  it('finds the occurrence nearest to where it stood', () => {
    assert.deepEqual(locateQuote(TEXT, 'eval(x);', 1), { startLine: 2, startColumn: 2, endLine: 2, endColumn: 10 });
    assert.deepEqual(locateQuote(TEXT, 'eval(x);', 5), { startLine: 5, startColumn: 2, endLine: 5, endColumn: 10 });
    assert.deepEqual(locateQuote(TEXT, 'eval(x);', 99), { startLine: 5, startColumn: 2, endLine: 5, endColumn: 10 });
  });

  it('finds quotes of several lines', () => {
    assert.deepEqual(locateQuote(TEXT, 'function a() {\n  eval(x);\n}', 1), {
      startLine: 1,
      startColumn: 0,
      endLine: 3,
      endColumn: 1,
    });
  });

  it('overlooks other indentation, spacing and line ends', () => {
    const expected = { startLine: 1, startColumn: 0, endLine: 2, endColumn: 10 };
    assert.deepEqual(locateQuote(TEXT, 'function  a() {\n\teval(x);', 1), expected);
    assert.deepEqual(locateQuote(TEXT.replaceAll('\n', '\r\n'), 'function a() {\n  eval(x);', 1), expected);
  });

  it('finds nothing where the code has changed, and nothing for an empty quote', () => {
    assert.equal(locateQuote(TEXT, 'eval(z);', 2), null);
    assert.equal(locateQuote(TEXT, '  \n ', 2), null);
  });

  it('gives a range whose text is the quote, for any part of any text', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '(', ')') });
    const input = fc.array(line, { minLength: 1, maxLength: 8 }).chain((lines) => {
      const text = lines.join('\n');
      return fc.record({ text: fc.constant(text), from: fc.nat(text.length), length: fc.nat(text.length) });
    });
    fc.assert(
      fc.property(input, fc.nat(10), ({ text, from, length }, near) => {
        const quote = text.slice(from, from + length);
        const place = locateQuote(text, quote, near);
        if (quote.trim() === '') return assert.equal(place, null);
        assert.ok(place);
        const lines = text.split('\n').slice(place.startLine - 1, place.endLine);
        const last = lines.length - 1;
        lines[last] = (lines[last] ?? '').slice(0, place.endColumn);
        lines[0] = (lines[0] ?? '').slice(place.startColumn);
        assert.equal(lines.join('\n'), quote.trim());
      }),
    );
  });
});
