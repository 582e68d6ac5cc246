import assert from 'node:assert/strict';
import type { ConflictResult } from '../../../../../src/core/results.ts';
import { openConflicts } from '../../../../../src/core/together/chosen-versions.ts';
import { renderConflicts } from '../../../../../src/core/together/render-conflicts.ts';
import { conflictLines } from '../../../../../src/shells/vscode/results/conflict-lines.ts';

const conflict = (startLine: number, settled: ConflictResult['settled'] = null): ConflictResult => ({
  ...{ file: 'a.ts', baseHash: 'x', startLine, endLine: startLine, before: '### Conflict 3: `a.ts`, line 9' },
  ...{ settled, version: settled && 1, why: null },
  versions: ['one', 'two'].map((agent) => ({ taskId: agent, agent, summary: 'S', changes: [] })),
});

describe('the lines of open conflicts in a result', () => {
  const conflicts = [conflict(2), conflict(4, 'version'), conflict(9)];
  const open = openConflicts({ conflicts });

  it('are those of their headings, whatever agents said before and whatever the code is', () => {
    const said = '### Conflict 1: `a.ts`, line 2';
    const text = ['# Result', said, said, ...renderConflicts(conflicts)].join('\n\n');
    const lines = text.split('\n');
    const found = conflictLines(text, open);
    assert.deepEqual(
      found.map((line) => lines[line ?? -1]),
      ['### Conflict 1: `a.ts`, line 2', '### Conflict 3: `a.ts`, line 9'],
    );
    assert.ok((found[0] ?? 0) > lines.indexOf('## Left for you to decide'));
    assert.ok((found[1] ?? 0) > (found[0] ?? 0));
    assert.deepEqual(conflictLines(text.replaceAll('\n', '\r\n'), open), found);
  });

  it('are unknown where the document does not have them', () => {
    assert.deepEqual(conflictLines('# Result', open), [null, null]);
  });
});
