import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyChanges } from '../../../../src/core/edits/line-changes.ts';
import type { FileEdit, LineChange } from '../../../../src/core/results.ts';
import { conflictsOf, type Proposed, settledEdits, versionText } from '../../../../src/core/together/conflicts.ts';

const LINES = ['const a = 1;', 'const b = 2;', 'const c = 3;', 'const d = 4;', 'const e = 5;'];
const TEXT = `${LINES.join('\n')}\n`;

const line = (number: number, newText: string, endLine = number): LineChange => ({
  startLine: number,
  endLine,
  newText,
});

function by(taskId: string, change: LineChange, edit: Partial<FileEdit> = {}): Proposed {
  const { file = 'a.ts', baseHash = 'h' } = edit;
  return {
    taskId,
    agent: `agent of ${taskId}`,
    edit: { file, baseHash, changes: [change], summary: `${taskId} does` },
  };
}

function textAfter(proposals: readonly Proposed[], file = 'a.ts', text = TEXT): string {
  const { edits } = settledEdits(proposals, conflictsOf(proposals), []);
  return applyChanges(text, edits.find((edit) => edit.file === file)?.changes ?? []);
}

describe('changes of several agents', () => {
  it('go together where they change other lines or other files, and once where they are the same', () => {
    const proposals = [
      by('one', line(1, 'const a = 10;')),
      by('one', line(3, 'const c = 30;')),
      by('two', line(3, 'const c = 30;')),
      by('two', line(5, 'const e = 50;')),
      by('two', line(1, 'other'), { file: 'b.ts' }),
    ];
    assert.deepEqual(conflictsOf(proposals), []);
    assert.equal(textAfter(proposals), 'const a = 10;\nconst b = 2;\nconst c = 30;\nconst d = 4;\nconst e = 50;\n');
  });

  it('are a conflict on one line: none of it is made, what is beside it is', () => {
    const proposals = [by('one', line(2, 'one')), by('two', line(2, 'two')), by('two', line(5, 'let e = 5;'))];
    const [conflict, ...more] = conflictsOf(proposals);
    assert.ok(conflict && more.length === 0);
    assert.deepEqual([conflict.file, conflict.startLine, conflict.endLine], ['a.ts', 2, 2]);
    assert.deepEqual(
      conflict.versions.map(({ taskId, agent, summary }) => [taskId, agent, summary]),
      [
        ['one', 'agent of one', 'one does'],
        ['two', 'agent of two', 'two does'],
      ],
    );
    assert.equal(textAfter(proposals), TEXT.replace('const e', 'let e'));
  });

  it('that reach over one another are one conflict, in which each version is whole', () => {
    const proposals = [by('one', line(2, 'bcd', 4)), by('two', line(2, 'let b')), by('two', line(4, 'let d\nlet d2'))];
    const [conflict] = conflictsOf(proposals);
    assert.ok(conflict);
    const before = LINES.slice(1, 4).join('\n');
    assert.deepEqual(
      conflict.versions.map((version) => versionText(conflict, before, version)),
      ['bcd', 'let b\nconst c = 3;\nlet d\nlet d2'],
    );
  });

  it('are a conflict where two insert at one place, and where two write one new file', () => {
    const inserted = conflictsOf([by('one', line(3, 'x', 2)), by('two', line(3, 'y', 2))]);
    assert.deepEqual(
      inserted.map((one) => [one.startLine, one.endLine, one.versions.map((of) => versionText(one, '', of))]),
      [[3, 2, ['x', 'y']]],
    );
    const created = { file: 'new.ts', baseHash: null };
    assert.equal(conflictsOf([by('one', line(1, 'x', 0), created), by('two', line(1, 'y', 0), created)]).length, 1);
  });

  it('of three agents are one conflict with three versions; of one that changes its mind, with two', () => {
    const versions = (ids: readonly string[]) =>
      conflictsOf(ids.map((id, index) => by(id, line(1, String(index))))).map((one) => one.versions.length);
    assert.deepEqual(versions(['one', 'two', 'three']), [3]);
    assert.deepEqual(versions(['one', 'one']), [2]);
  });

  it('for another text of the file are left out with the reason, not laid over it', () => {
    const proposals = [by('one', line(1, 'x')), by('two', line(1, 'y'), { baseHash: 'other' })];
    assert.deepEqual(conflictsOf(proposals), []);
    const { edits, rejected } = settledEdits(proposals, [], []);
    assert.equal(edits[0]?.changes[0]?.newText, 'x');
    assert.match(rejected[0]?.reason ?? '', /has changed/);
  });

  it('never lose a line, whatever is changed and decided', () => {
    const changed = fc.uniqueArray(fc.nat(4), { maxLength: 5 });
    fc.assert(
      fc.property(changed, changed, fc.constantFrom(0, 1, null), (mine, theirs, choice) => {
        const of = (id: string, lines: readonly number[]) => lines.map((at) => by(id, line(at + 1, `${id} ${at}`)));
        const proposals = [...of('one', mine), ...of('two', theirs)];
        const conflicts = conflictsOf(proposals);
        assert.equal(conflicts.length, mine.filter((at) => theirs.includes(at)).length);
        const settlements = conflicts.flatMap((conflict) => {
          const version = choice === null ? undefined : conflict.versions[choice];
          return version ? [{ conflict, changes: version.changes, summary: 'so' }] : [];
        });
        const { edits, rejected } = settledEdits(proposals, choice === null ? conflicts : [], settlements);
        assert.deepEqual(rejected, []);
        const expected = LINES.map((text, at) => {
          const [a, b] = [mine.includes(at), theirs.includes(at)];
          if (a && b) return choice === null ? text : `${choice === 0 ? 'one' : 'two'} ${at}`;
          return a ? `one ${at}` : b ? `two ${at}` : text;
        });
        assert.equal(applyChanges(TEXT, edits[0]?.changes ?? []), `${expected.join('\n')}\n`);
      }),
    );
  });
});
