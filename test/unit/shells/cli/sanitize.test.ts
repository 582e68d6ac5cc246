import assert from 'node:assert/strict';
import fc from 'fast-check';
import { oneLine, safeJson, stripControls } from '../../../../src/shells/cli/sanitize.ts';

const ESC = '\u001b';
const BEL = '\u0007';

/** Everything a terminal acts on: C0 but tab and line feed, DEL, C1, and what reorders text. */
function dangerous(text: string): string[] {
  return [...text].filter((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 9 || code === 10) return false;
    return (
      code < 32 ||
      (code >= 127 && code < 160) ||
      [0x61c, 0x200e, 0x200f].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069)
    );
  });
}

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ESC,
        BEL,
        '\u009b',
        '\u009d',
        `${ESC}]8;;http://x`,
        `${ESC}\\`,
        `${ESC}[31m`,
        `${ESC}P`,
        '\u202e',
        '\u2066',
        '\r',
        '\u0000',
        '\n',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('stripControls', () => {
  it('removes colours, cursor moves and clears', () => {
    assert.equal(stripControls(`${ESC}[31mred${ESC}[0m ${ESC}[2J${ESC}[10;5Hx\u009b1my`), 'red xy');
  });

  it('removes titles, links and clipboard writes with their content', () => {
    assert.equal(stripControls(`a${ESC}]0;title${BEL}b${ESC}]52;c;ZXZpbA==${ESC}\\c\u009d8;;http://x\u009cd`), 'abcd');
  });

  it('hides nothing behind a sequence that never ends', () => {
    assert.equal(stripControls(`${ESC}]0;visible\nand this`), '0;visible\nand this');
  });

  it('keeps tabs, line breaks and every script', () => {
    const text = 'tab\there\nüñí 日本 👩‍💻 עברית';
    assert.equal(stripControls(text), text);
  });

  it('removes what reorders text', () => {
    assert.equal(stripControls('if (a\u202e \u2066// admin\u2069) {'), 'if (a // admin) {');
  });

  it('turns Windows line ends into plain ones and drops lone carriage returns', () => {
    assert.equal(stripControls('a\r\nb\rc'), 'a\nbc');
  });

  it('leaves nothing a terminal acts on, whatever comes in', () => {
    fc.assert(fc.property(hostile, (text) => assert.deepEqual(dangerous(stripControls(text)), [])));
  });
});

describe('oneLine', () => {
  it('folds white space, so that a title cannot start a line of its own', () => {
    assert.equal(oneLine(`  a\n\terror: b${ESC}[1A `), 'a error: b');
  });
});

describe('safeJson', () => {
  it('loses nothing and holds no raw control character', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = safeJson({ text });
        assert.deepEqual(JSON.parse(json), { text });
        assert.deepEqual(dangerous(json), []);
      }),
    );
  });
});
