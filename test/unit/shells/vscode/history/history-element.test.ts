import assert from 'node:assert/strict';
import { elementOf, parseElement } from '../../../../../src/shells/vscode/history/history-element.ts';

describe('elements of the History view', () => {
  it('can be read back, and a run is its id', () => {
    for (const element of [
      { type: 'group', key: '2026-11' },
      { type: 'more', key: 'today' },
      { type: 'error' },
      { type: 'run', runId: '01KXYZ' },
      { type: 'conversation', runId: '01KXYZ', id: 12 },
      { type: 'document', runId: '01KXYZ', id: 3 },
    ] as const)
      assert.deepEqual(parseElement(elementOf(element)), element);
    assert.equal(elementOf({ type: 'run', runId: '01KXYZ' }), '01KXYZ');
    for (const other of ['', undefined, 4, '01KXYZ/review-1', 'a:b']) assert.equal(parseElement(other), null);
  });
});
