import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyChanges } from '../../../../../src/core/edits/line-changes.ts';
import type { LineChange } from '../../../../../src/core/results.ts';
import {
  type LinePosition,
  linesNow,
  type Replacement,
  replacementsOf,
} from '../../../../../src/shells/vscode/edits/line-replacements.ts';

/** Lines of a text and changes of them: ascending, not overlapping. */
const lineTexts = fc.array(fc.constantFrom('', 'a', 'b();', '  c', 'long line'), { minLength: 1, maxLength: 12 });
const changed = lineTexts.chain((lines) => {
  const one = fc.record({
    skip: fc.nat(3),
    removed: fc.nat(3),
    added: fc.array(fc.constantFrom('x', 'y();', '  z'), { maxLength: 3 }),
  });
  return fc.array(one, { maxLength: 4 }).map((steps) => {
    const changes: LineChange[] = [];
    let line = 1;
    for (const { skip, removed, added } of steps) {
      const startLine = line + skip;
      const endLine = startLine + removed - 1;
      if (startLine > lines.length || endLine > lines.length) break;
      if (removed === 0 && added.length === 0) continue;
      changes.push({ startLine, endLine, newText: added.join('\n') });
      line = endLine + 2;
    }
    return { lines, changes };
  });
});

/** The text after the replacements, made one by one from the end. */
function replaced(text: string, replacements: readonly Replacement[]): string {
  const lines = text.split('\n');
  const offsetOf = ({ line, character }: LinePosition) =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, character);
  return replacements.reduceRight(
    (rest, { start, end, text: part }) => rest.slice(0, offsetOf(start)) + part + rest.slice(offsetOf(end)),
    text,
  );
}

function changedText(text: string, changes: readonly LineChange[]): string {
  return replaced(text, replacementsOf(changes, text.split('\n')));
}

describe('replacements of proposed changes', () => {
  it('make of a text what the core makes of it', () => {
    fc.assert(
      fc.property(changed, ({ lines, changes }) => {
        const text = lines.join('\n');
        assert.equal(changedText(text, changes), applyChanges(text, changes));
      }),
    );
  });

  it('lie inside the text, in order, and touch no line that stays', () => {
    fc.assert(
      fc.property(changed, ({ lines, changes }) => {
        let before = { line: 0, character: 0 };
        for (const [index, { start, end }] of replacementsOf(changes, lines).entries()) {
          assert.ok(start.line > before.line || (start.line === before.line && start.character >= before.character));
          assert.ok(end.line > start.line || (end.line === start.line && end.character >= start.character));
          assert.ok(end.character <= (lines[end.line] ?? '').length);
          assert.ok(end.line <= (changes[index]?.endLine ?? 0));
          before = end;
        }
      }),
    );
  });

  it('remove a last line together with the line break before it', () => {
    assert.equal(changedText('a\nb', [{ startLine: 2, endLine: 2, newText: '' }]), 'a');
    assert.equal(changedText('a', [{ startLine: 1, endLine: 1, newText: '' }]), '');
  });

  it('make a new file end in a line break', () => {
    assert.equal(changedText('', [{ startLine: 1, endLine: 0, newText: 'a\nb' }]), 'a\nb\n');
  });
});

describe('lines of an earlier text', () => {
  const before = 'one\ntwo\nthree\n';

  it('are found where they were moved to', () => {
    assert.deepEqual(linesNow(before, { first: 2, last: 3 }, 'new\n\none\ntwo\nthree\n'), { first: 4, last: 5 });
    assert.deepEqual(linesNow(before, { first: 2, last: 3 }, before), { first: 2, last: 3 });
  });

  it('are not found where they were edited, or stand twice', () => {
    assert.equal(linesNow(before, { first: 2, last: 3 }, 'one\nTWO\nthree\n'), null);
    assert.equal(linesNow(before, { first: 2, last: 2 }, 'two\ntwo\n'), null);
  });
});
