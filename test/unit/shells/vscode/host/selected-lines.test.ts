import assert from 'node:assert/strict';
import { selectedLines } from '../../../../../src/shells/vscode/host/selected-lines.ts';

const LINES = ['first', '', '   ', 'fourth', 'fifth'];

function select(startLine: number, startCharacter: number, endLine: number, endCharacter: number) {
  return selectedLines(
    {
      isEmpty: startLine === endLine && startCharacter === endCharacter,
      start: { line: startLine },
      end: { line: endLine, character: endCharacter },
    },
    (line) => LINES[line] ?? '',
  );
}

describe('selectedLines', () => {
  it('widens a selection to whole lines', () => {
    assert.deepEqual(select(0, 2, 0, 3), { first: 1, last: 1 });
    assert.deepEqual(select(0, 2, 3, 1), { first: 1, last: 4 });
  });

  it('leaves out the line before whose first character the selection ends', () => {
    assert.deepEqual(select(3, 0, 4, 0), { first: 4, last: 4 });
  });

  it('is nothing without code', () => {
    assert.equal(select(0, 2, 0, 2), null);
    assert.equal(select(1, 0, 2, 3), null);
    assert.equal(select(1, 0, 3, 0), null);
  });
});
