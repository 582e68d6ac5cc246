import assert from 'node:assert/strict';
import { RecentRows } from '../../../../../src/shells/vscode/history/recent-rows.ts';

describe('RecentRows', () => {
  const held = (rows: RecentRows<number>) => ['a', 'b', 'c', 'd'].filter((id) => rows.get(id) !== undefined);

  it('keeps the rows that were added last, and no more', () => {
    const rows = new RecentRows<number>(2);
    for (const [index, id] of ['a', 'b', 'c'].entries()) rows.add(id, index);
    assert.deepEqual([held(rows), rows.size], [['b', 'c'], 2]);
    rows.clear();
    assert.deepEqual([held(rows), rows.size], [[], 0]);
  });

  it('takes a row that is added again for a new one', () => {
    const rows = new RecentRows<number>(2);
    for (const [id, row] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
    ] as const)
      rows.add(id, row);
    assert.deepEqual([held(rows), rows.get('a')], [['a', 'c'], 3]);
  });
});
