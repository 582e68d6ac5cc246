import assert from 'node:assert/strict';
import { rowsOf } from '../../../../../src/shells/vscode/views/selected-rows.ts';

describe('the rows that a command is about', () => {
  it('are those of the menu, whatever is selected', () => {
    assert.deepEqual(rowsOf('row', ['row', 'other'], ['elsewhere']), ['row', ['row', 'other']]);
    assert.deepEqual(rowsOf(undefined, undefined, ['elsewhere']), [undefined, undefined]);
  });

  it('are the selected ones where a key of the view was pressed', () => {
    assert.deepEqual(rowsOf('selection', undefined, ['a', 'b']), ['a', ['a', 'b']]);
    assert.deepEqual(rowsOf('selection', undefined, []), [undefined, []]);
  });
});
