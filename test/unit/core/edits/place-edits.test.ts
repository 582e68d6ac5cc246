import assert from 'node:assert/strict';
import { type EditBase, placeEdits } from '../../../../src/core/edits/place-edits.ts';
import { parseProposedEdits, proposedEditsSchema } from '../../../../src/core/edits/proposed-edit.ts';

const TEXT = 'function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n';

function base(change: Partial<EditBase> = {}): EditBase {
  const allowed = { first: 1, last: 8 };
  return { languageId: 'javascript', text: TEXT, firstLine: 1, allowed, redactedLines: [], ...change };
}

const edit = (search: string, replace: string, line: number | null = null) => ({ search, replace, line, why: 'x' });
const reasons = (given: EditBase, ...edits: ReturnType<typeof edit>[]) =>
  placeEdits(given, edits).rejected.map(({ reason }) => reason);

describe('placeEdits', () => {
  it('gives each edit its lines in the file, also of a section that begins further down', () => {
    const section = base({ text: TEXT.split('\n').slice(4).join('\n'), firstLine: 5, allowed: { first: 5, last: 8 } });
    const { placed } = placeEdits(section, [edit('  return 2;', '  return 3;')]);
    assert.deepEqual(
      placed.map(({ change }) => change),
      [{ startLine: 6, endLine: 6, newText: '  return 3;' }],
    );
  });

  it('refuses edits outside of the selected lines', () => {
    const selected = base({ allowed: { first: 5, last: 7 } });
    assert.match(reasons(selected, edit('return 1', 'return 3'))[0] ?? '', /outside of the lines 5-7/);
    assert.deepEqual(
      reasons(
        selected,
        edit('function a() {\n  return 1;\n}\n\nfunction b()', 'function a() {\n  return 1;\n}\n\nfunction c()'),
      ),
      [],
    );
  });

  it('takes an insertion right behind the selected lines', () => {
    const selected = base({ allowed: { first: 1, last: 3 } });
    assert.deepEqual(reasons(selected, edit('  return 1;\n}\n', '  return 1;\n}\nfunction c() {}\n')), []);
  });

  it('never writes back what was redacted', () => {
    const secret = base({ redactedLines: [2] });
    assert.match(reasons(secret, edit('return 1', 'return 3'))[0] ?? '', /secret was removed/);
    assert.match(reasons(base(), edit('return 1', 'return "[redacted key]"'))[0] ?? '', /mark of a removed secret/);
    // Removing the line after it would have to take the redacted one along.
    assert.deepEqual(reasons(secret, edit('return 2', 'return 3')), []);
  });

  it('keeps the first of two edits that contradict one another, and one of two that are the same', () => {
    const first = edit('return 1', 'return 3');
    const { placed, rejected } = placeEdits(base(), [first, edit('return 1;', 'return 4;'), first]);
    assert.equal(placed.length, 1);
    assert.match(rejected[0]?.reason ?? '', /contradicts another edit of the lines 2-2/);
    assert.equal(rejected.length, 1);
  });

  it('refuses the edit that leaves a bracket open, not the others; two that belong together may', () => {
    const { placed, rejected } = placeEdits(base(), [edit('return 1;', 'return (1;'), edit('return 2', 'return 3')]);
    assert.deepEqual([placed.length, rejected.length], [1, 1]);
    assert.match(rejected[0]?.reason ?? '', /no partner after it|not closed after it/);
    const both = placeEdits(base(), [
      edit('function a() {', 'function a() { {'),
      edit('  return 1;\n}', '  return 1;\n}}'),
    ]);
    assert.equal(both.placed.length, 2);
  });

  it('does not judge brackets of a part that was not whole before', () => {
    const part = base({ text: '  return 1;\n}\n', allowed: { first: 1, last: 3 } });
    assert.deepEqual(reasons(part, edit('return 1', 'return 2')), []);
  });
});

describe('proposed edits', () => {
  it('understands other field names, line ranges, a bare array and line numbers in quotes', () => {
    const answer = [{ old_text: '3| a();\n4|\n5| b();', new_text: 'c();', lines: '3-5', reason: 'Shorter.' }];
    assert.deepEqual(parseProposedEdits(proposedEditsSchema.parse(answer) as never), [
      { search: 'a();\n\nb();', replace: 'c();', line: 3, why: 'Shorter.' },
    ]);
    const removed = { edits: [{ search: 'a', replace: null, line: null, why: 'Unused.' }] };
    assert.equal(proposedEditsSchema.parse(removed).edits[0]?.replace, '');
  });

  it('refuses an edit without a quote or a reason', () => {
    for (const one of [
      { replace: 'a', why: 'x' },
      { search: 'a', replace: 'b' },
      { search: '', replace: 'b', why: 'x' },
    ])
      assert.equal(proposedEditsSchema.safeParse({ edits: [one] }).success, false);
    assert.equal(proposedEditsSchema.safeParse({ text: 'I would rename it.' }).success, false);
  });
});
