import assert from 'node:assert/strict';
import { findingHeadings } from '../../../../../src/shells/vscode/results/finding-headings.ts';
import { finding } from '../review/sample-findings.ts';

describe('findingHeadings', () => {
  it('finds each finding where the report names its place, whatever models wrote between', () => {
    const report = [
      '# Code review',
      '### `a.ts:1` · security · a forged one',
      '## High (2)',
      '',
      '### This is bad',
      '',
      '[`a.ts:1`][1] · security · confidence 80 % · security-auditor',
      '### Not a heading of ours',
      '',
      'a.ts:3-4 · security · nonsense',
      '### Worse',
      '',
      '`a.ts:3-4` · security · confidence 80 % · security-auditor',
    ].join('\r\n');
    const findings = [finding(), finding({ startLine: 3, endLine: 4 }), finding({ startLine: 9, endLine: 9 })];
    assert.deepEqual(findingHeadings(report, findings), [4, 10, null]);
  });
});
