import assert from 'node:assert/strict';
import type { ConflictResult, FileEdit } from '../../../../src/core/results.ts';
import { openConflicts, withChosenVersions } from '../../../../src/core/together/chosen-versions.ts';
import { renderConflicts } from '../../../../src/core/together/render-conflicts.ts';

const change = (startLine: number, newText: string) => ({ startLine, endLine: startLine, newText });
const conflict = (startLine: number, settled: ConflictResult['settled'] = null, file = 'a.ts'): ConflictResult => ({
  ...{ file, baseHash: 'base', startLine, endLine: startLine, before: 'old', settled, version: null, why: null },
  versions: ['fast', 'safe'].map((agent) => ({
    ...{ taskId: agent, agent, summary: `Make it ${agent}.`, changes: [change(startLine, agent)] },
  })),
});
const EDIT: FileEdit = { file: 'a.ts', baseHash: 'base', changes: [change(1, 'agreed')], summary: 'All agree.' };
const RESULT = {
  edits: [EDIT],
  conflicts: [conflict(3, 'version'), conflict(5), conflict(7), conflict(2, null, 'b.ts')],
};

describe('versions that a person chooses', () => {
  it('come to what the run proposes, one edit for each file', () => {
    const edits = withChosenVersions(RESULT, [
      { conflict: 3, version: 1 },
      { conflict: 2, version: 2 },
      { conflict: 4, version: 1 },
    ]);
    assert.deepEqual(
      edits.map(({ file, baseHash, changes }) => [file, baseHash, changes.map(({ newText }) => newText)]),
      [
        ['a.ts', 'base', ['agreed', 'safe', 'fast']],
        ['b.ts', 'base', ['fast']],
      ],
    );
    assert.match(edits[0]?.summary ?? '', /All agree\. Make it fast\. Make it safe\./);
    assert.deepEqual(withChosenVersions(RESULT, []), [EDIT], 'and nothing is chosen silently');
    assert.deepEqual(withChosenVersions({ conflicts: [conflict(5)] }, [{ conflict: 1, version: 2 }])[0]?.changes, [
      change(5, 'safe'),
    ]);
  });

  it('are refused where there is nothing to choose', () => {
    const mistakes = [
      [[{ conflict: 1, version: 1 }], /no open conflict 1/],
      [[{ conflict: 9, version: 1 }], /no open conflict 9/],
      [[{ conflict: 2, version: 3 }], /versions 1 to 2/],
      [[{ conflict: 2, version: 0 }], /versions 1 to 2/],
      [
        [
          { conflict: 2, version: 1 },
          { conflict: 2, version: 2 },
        ],
        /one version only/,
      ],
    ] as const;
    for (const [chosen, message] of mistakes) {
      assert.throws(() => withChosenVersions(RESULT, chosen), { code: 'invalid-input', message });
    }
    const other = { ...EDIT, baseHash: 'another' };
    assert.throws(() => withChosenVersions({ ...RESULT, edits: [other] }, [{ conflict: 2, version: 1 }]), {
      message: /a\.ts cannot be taken: the file has changed/,
    });
    assert.throws(() => withChosenVersions({}, [{ conflict: 1, version: 1 }]), {
      hint: 'Nothing in it is left to decide.',
    });
  });

  it('have the numbers that the result shows', () => {
    assert.deepEqual(
      openConflicts(RESULT).map(({ number }) => number),
      [2, 3, 4],
    );
    const text = renderConflicts(RESULT.conflicts).join('\n');
    assert.deepEqual(text.match(/^### .*$/gm), [
      '### Conflict 2: `a.ts`, line 5',
      '### Conflict 3: `a.ts`, line 7',
      '### Conflict 4: `b.ts`, line 2',
    ]);
    assert.match(text, /^Version 2, \*\*safe\*\* \(safe\): Make it safe\.$/m);
  });
});
