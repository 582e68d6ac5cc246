import assert from 'node:assert/strict';
import fc from 'fast-check';
import { redactKnown } from '../../../../src/core/policy/redaction.ts';
import { StreamRedactor } from '../../../../src/core/policy/stream-redaction.ts';

const SECRET = 'abcabcabd-secret';

describe('StreamRedactor', () => {
  it('shows the same text as redacting the whole would, however it is cut', () => {
    const texts = fc.array(fc.constantFrom(SECRET, 'abc', 'abcabc', 'd-', ' ', 'x', '-secret'), { maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(20), { maxLength: 12 }), (parts, cuts) => {
        const text = parts.join('');
        const redactor = new StreamRedactor(() => [SECRET]);
        let shown = '';
        let rest = text;
        for (const cut of cuts) {
          shown += redactor.push(rest.slice(0, cut));
          rest = rest.slice(cut);
          assert.ok(!shown.includes(SECRET));
        }
        shown += redactor.push(rest) + redactor.flush();
        assert.equal(shown, redactKnown(text, [SECRET]));
      }),
    );
  });

  it('holds nothing back that cannot become a secret', () => {
    const redactor = new StreamRedactor(() => [SECRET]);
    assert.equal(redactor.push('hello'), 'hello');
    assert.equal(redactor.push('hello abca'), 'hello ');
    assert.equal(redactor.flush(), 'abca');
    assert.equal(redactor.flush(), '');
  });

  it('knows a secret that becomes known while text arrives', () => {
    const secrets: string[] = [];
    const redactor = new StreamRedactor(() => secrets);
    assert.equal(redactor.push('a '), 'a ');
    secrets.push(SECRET);
    assert.equal(redactor.push(SECRET), '[redacted secret]');
  });
});
