import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  applyChanges,
  applySplices,
  baseHashOf,
  fitsBase,
  plainText,
  toLineChanges,
} from '../../../../src/core/edits/line-changes.ts';
import { resolveEdit, type Splice } from '../../../../src/core/edits/resolve-edit.ts';

const edit = (search: string, replace: string, line: number | null = null) => ({ search, replace, line, why: 'x' });

/** What an edit makes of a text; a string with the reason where it is refused. */
function made(text: string, search: string, replace: string, line: number | null = null): string {
  const resolution = resolveEdit(text, edit(search, replace, line));
  return resolution.ok ? applySplices(text, [resolution.splice]) : `refused: ${resolution.reason}`;
}

const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '{', '}', 'é', '\t'), maxLength: 6 });
const lines = fc.array(line, { minLength: 1, maxLength: 12 });

describe('resolveEdit', () => {
  it('takes a quote that stands there verbatim, also a part of a line', () => {
    assert.equal(made('a(1);\nb(2);\n', 'b(2)', 'c(3)'), 'a(1);\nc(3);\n');
  });

  it('takes complete lines that are indented differently as a whole, and indents the new text likewise', () => {
    const text = 'class A {\n    run() {\n        go();\n    }\n}\n';
    assert.equal(
      made(text, 'run() {\n    go();\n}', 'run() {\n    stop();\n\n    go();\n}'),
      'class A {\n    run() {\n        stop();\n\n        go();\n    }\n}\n',
    );
    assert.equal(made('  a;  \n  b;\n', 'a;\nb;', 'c;'), '  c;\n');
  });

  it('refuses lines whose indentation among themselves is another', () => {
    assert.match(made('if a:\n  b()\nc()\n', 'if a:\n  b()\n  c()', 'x()'), /do not stand in the code/);
  });

  it('removes lines together with their line breaks where the new text is empty', () => {
    assert.equal(made('a\nb\nc\n', 'b', ''), 'a\nc\n');
    assert.equal(made('a\nb', 'b', ''), 'a');
    assert.equal(made('a = b;\n', ' = b', ''), 'a;\n');
  });

  it('refuses what is not there, not unique, or says nothing, with the reason', () => {
    assert.match(made('a\n', 'b', 'c'), /do not stand in the code/);
    assert.match(made('a\na\n', 'a', 'c'), /2 times/);
    assert.match(made('a\n', ' \n', 'c'), /quotes no code/);
    assert.match(made('a\n', 'a', 'a'), /changes nothing/);
  });

  it('lets the line number choose between equal places, and only an exact one', () => {
    assert.equal(made('a\nx\na\n', 'a', 'c', 3), 'a\nx\nc\n');
    assert.match(made('a\nx\na\n', 'a', 'c', 2), /2 times/);
  });

  it('makes what the model means, whatever the text is, or refuses (property)', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(), lines, (text, from, length, replacement) => {
        const start = from % text.length;
        const end = Math.min(text.length, start + 1 + (length % 4));
        const whole = text.join('\n');
        const search = text.slice(start, end).join('\n');
        const replace = replacement.join('\n');
        const resolution = resolveEdit(whole, edit(search, replace, start + 1));
        if (!resolution.ok || replace === '') return;
        const meant = [...text.slice(0, start), ...replacement, ...text.slice(end)].join('\n');
        // A quote that is a part of its line stands wherever the line number says.
        const places = whole.split(search).length - 1;
        if (places === 1) assert.equal(applySplices(whole, [resolution.splice]), meant);
      }),
    );
  });
});

describe('line changes', () => {
  const cuts = fc.tuple(lines, fc.array(fc.tuple(fc.nat(), fc.nat(5), line), { maxLength: 5 }));

  /** Splices in order that do not touch. */
  function splicesOf(text: string, given: readonly (readonly [number, number, string])[]): Splice[] {
    const result: Splice[] = [];
    let last = -1;
    for (const [at, length, replacement] of [...given].sort(
      (a, b) => (a[0] % (text.length + 1)) - (b[0] % (text.length + 1)),
    )) {
      const start = at % (text.length + 1);
      if (start <= last) continue;
      const end = Math.min(text.length, start + length);
      result.push({ start, end, text: replacement.includes('é') ? `${replacement}\n` : replacement });
      last = end;
    }
    return result;
  }

  it('say the same as the splices, are ascending, do not overlap and stay inside (property)', () => {
    fc.assert(
      fc.property(cuts, ([given, edits]) => {
        const text = given.join('\n');
        const splices = splicesOf(text, edits);
        const changes = toLineChanges(text, splices);
        assert.equal(applyChanges(text, changes), applySplices(text, splices));
        let last = 0;
        for (const { startLine, endLine, newText } of changes) {
          assert.ok(startLine > last && endLine >= startLine - 1);
          assert.ok(startLine <= text.split('\n').length, 'no insertion beyond the last line');
          assert.ok(endLine >= startLine || newText !== '', 'no insertion of an empty line alone');
          last = Math.max(startLine, endLine);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keep line breaks of every kind, the byte order mark and the end of the text (property)', () => {
    fc.assert(
      fc.property(cuts, fc.constantFrom('\r\n', '\n', '\r'), fc.boolean(), ([given, edits], lineBreak, marked) => {
        const text = given.join('\n');
        const raw = (marked ? '\uFEFF' : '') + given.join(lineBreak);
        const splices = splicesOf(text, edits);
        const result = applyChanges(raw, toLineChanges(text, splices));
        assert.equal(plainText(result), applySplices(text, splices));
        assert.equal(result.startsWith('\uFEFF'), marked);
        if (given.length > 1 && lineBreak === '\r\n') assert.doesNotMatch(result, /(?<!\r)\n/);
      }),
      { numRuns: 500 },
    );
  });

  it('leave the line breaks of other lines alone where a file mixes them', () => {
    const changes = [{ startLine: 2, endLine: 2, newText: 'x\ny' }];
    assert.equal(applyChanges('a\r\nb\nc\r\n', changes), 'a\r\nx\ny\r\nc\r\n');
  });

  it('make a new file of one insertion', () => {
    assert.equal(applyChanges('', [{ startLine: 1, endLine: 0, newText: 'a\nb' }]), 'a\nb\n');
  });

  it('hash a text alike whatever its line breaks and mark are', () => {
    assert.equal(baseHashOf('\uFEFFa\r\nb\r\n'), baseHashOf('a\nb\n'));
    assert.ok(fitsBase({ baseHash: baseHashOf('a\n') }, 'a\r\n'));
    assert.ok(!fitsBase({ baseHash: baseHashOf('a\n') }, 'b\n'));
    assert.ok(!fitsBase({ baseHash: null }, ''));
    assert.ok(fitsBase({ baseHash: null }, null));
  });
});
