import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskPython } from '../../../../src/core/source/mask-python.ts';
import { maskScript } from '../../../../src/core/source/mask-script.ts';
import type { MaskedText } from '../../../../src/core/source/masked-text.ts';

const kinds = ({ literals }: MaskedText) => literals.map(({ kind }) => kind);
const texts = (text: string, { literals }: MaskedText) => literals.map(({ start, end }) => text.slice(start, end));

describe('masking', () => {
  const pieces = [
    '"',
    "'",
    '`',
    '${',
    '}',
    '{',
    '/',
    '*',
    '//',
    '/*',
    '*/',
    '\\',
    '\n',
    '#',
    '"""',
    'f',
    'r',
    'a',
    ' ',
    '<',
    '(',
    ')',
  ];
  const sources = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((all) => all.join(''));

  for (const [name, mask] of [
    ['script', maskScript],
    ['python', maskPython],
  ] as const) {
    it(`keeps length, line breaks and order in ${name}, whatever the text`, () => {
      fc.assert(
        fc.property(sources, (text) => {
          const { code, literals, comments } = mask(text);
          assert.equal(code.length, text.length);
          for (let at = 0; at < text.length; at++) {
            assert.ok(code[at] === text[at] || (code[at] === ' ' && text[at] !== '\n'));
          }
          for (const { start, end } of [...literals, ...comments])
            assert.ok(start >= 0 && start < end && end <= text.length);
          assert.deepEqual(
            literals.map(({ start }) => start),
            literals.map(({ start }) => start).sort((a, b) => a - b),
          );
        }),
      );
    });
  }
});

describe('masking of TypeScript and JavaScript', () => {
  it('blanks texts and comments and leaves code', () => {
    const { code } = maskScript("call('eval(a)'); // eval(b)\nnext(/* eval(c) */ d);");
    assert.equal(code.replace(/ +/g, ' '), "call(' '); \nnext( d);");
  });

  it('leaves the code inside of templates, also nested', () => {
    const text = '`a ${b + `c ${d}`} e`';
    const masked = maskScript(text);
    assert.ok(masked.code.includes('b +'));
    assert.ok(masked.code.includes('d'));
    assert.ok(!/[ace]/.test(masked.code));
    assert.deepEqual(kinds(masked), ['template', 'template']);
    assert.deepEqual(
      masked.literals[0]?.expressions.map(({ start, end }) => text.slice(start, end)),
      ['b + `c ${d}`'],
    );
  });

  it('finishes a template whose expression holds an object', () => {
    const masked = maskScript('`${f({ a: 1 })}` + b');
    assert.deepEqual(kinds(masked), ['template']);
    assert.ok(masked.code.endsWith('+ b'));
  });

  it('tells a regular expression from a division', () => {
    const divided = 'const a = b / c / d; i++ / 2; (x) / y / z;';
    assert.deepEqual(kinds(maskScript(divided)), []);
    const text = "const a = /[/'\"]/g; return /b'/.test(c) && f(/d/);";
    assert.deepEqual(texts(text, maskScript(text)), ['/[/\'"]/g', "/b'/", '/d/']);
  });

  it('is not led astray by apostrophes and tags in JSX', () => {
    const { code } = maskScript("const a = <p>Don't</p>;\nconst b = <br />;\neval(c);");
    assert.ok(code.endsWith('eval(c);'));
  });

  it('takes a text that begins inside of a comment for a comment until that ends', () => {
    const { code, comments } = maskScript("don't eval(a)\n end */ eval(b);");
    assert.equal(code.trim(), 'eval(b);');
    assert.equal(comments.length, 1);
  });

  it('ends what is not closed at the end', () => {
    assert.equal(maskScript('a; /* never closed').code.trim(), 'a;');
    assert.equal(maskScript('a; `never ${closed').literals.length, 0);
  });
});

describe('masking of Python', () => {
  it('lets no backslash end a raw string, also before a line break', () => {
    const text = "a = (r'x\\\ny', r'\\\\', r'z')\n";
    assert.deepEqual(texts(text, maskPython(text)), ["r'x\\\ny'", "r'\\\\'", "r'z'"]);
  });

  it('blanks texts, docstrings and comments', () => {
    const text = 'a = "x # y"  # eval(b)\n"""eval(c)\n"""\nd = \'\'\'e\'\'\'';
    assert.equal(maskPython(text).code.replace(/[ \n]+/g, ' '), 'a = " " """ """ d = \'\'\' \'\'\'');
  });

  it('leaves the code inside of f-strings and nothing of doubled braces', () => {
    const text = 'f"{{x}} {user} and {d[1]!r:>10}"';
    const masked = maskPython(text);
    assert.deepEqual(
      masked.literals[0]?.expressions.map(({ start, end }) => text.slice(start, end)),
      ['user', 'd[1]!r:>10'],
    );
    assert.ok(!masked.code.includes('x'));
    assert.ok(masked.code.includes('user'));
  });

  it('knows prefixes and escapes', () => {
    const text = 'a = rb"\\d" + b"\\"" + name"x"';
    assert.deepEqual(texts(text, maskPython(text)).slice(0, 2), ['rb"\\d"', 'b"\\""']);
  });
});
