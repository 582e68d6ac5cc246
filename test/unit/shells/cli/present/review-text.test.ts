import assert from 'node:assert/strict';
import { displayWidth } from '../../../../../src/shells/cli/layout.ts';
import { reviewText } from '../../../../../src/shells/cli/present/review-text.ts';
import { createStyle } from '../../../../../src/shells/cli/style.ts';
import { COMPLETE, finding, reviewResult } from '../sample-result.ts';

const FRAME = { style: createStyle(false), columns: 80 };

describe('reviewText', () => {
  it('lists findings by severity with file and line, and sums up', () => {
    const findings = [
      finding({ severity: 'low', file: 'src/b.ts', startLine: 3, title: 'Weak name', explanation: '', suggestion: '' }),
      finding({ severity: 'critical', verdict: 'confirmed' }),
    ];
    assert.deepEqual(reviewText(reviewResult({ findings }), FRAME), [
      'critical (1)',
      '  src/app.ts:12  critical  Input is run as code [confirmed]',
      '      Whatever the user types is executed.',
      '      Fix: Parse it instead.',
      '',
      'low (1)',
      '  src/b.ts:3  low  Weak name',
      '',
      '2 findings in 2 files: 1 critical, 1 low.',
      'Coverage complete: 1 file reviewed.',
      'Document 7, run 01ARZ3NDEKTSV4RRFFQ69G5FAV',
    ]);
  });

  it('counts what was dismissed earlier, and lists it with the reason when asked to', () => {
    const dismissed = [{ finding: finding(), reason: 'intended', note: 'a REPL', at: '2026-01-01' }] as const;
    const result = reviewResult({ findings: [], dismissed });
    assert.match(
      reviewText(result, FRAME).join('\n'),
      /^1 finding dismissed earlier \(--show-dismissed lists them\)\.\n\nNo /,
    );
    const shown = reviewText(result, { ...FRAME, showDismissed: true }).join('\n');
    assert.match(shown, /^dismissed earlier \(1\)\n {2}src\/app\.ts:12 /);
    assert.match(shown, /Dismissed: intended: a REPL\n\nNo findings\./);
  });

  it('says that no language model took part', () => {
    assert.ok(reviewText(reviewResult({ llm: false }), FRAME).some((line) => line.includes('no language model')));
    assert.ok(!reviewText(reviewResult({ llm: true }), FRAME).some((line) => line.includes('no language model')));
  });

  it('names what was not reviewed', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ path: `f${index}.bin`, reason: 'binary' }));
    const coverage = { ...COMPLETE, skipped: many, failed: [{ path: 'a.ts', reason: 'no answer' }], complete: false };
    const text = reviewText(reviewResult({ findings: [], coverage }), FRAME).join('\n');
    assert.match(text, /No findings\.\nCoverage not complete: 1 file reviewed, 12 left out\./);
    assert.match(text, /Not reviewed:\n {4}a\.ts: no answer/);
    assert.match(text, /f9\.bin: binary\n {4}… and 2 more/);
  });

  it('keeps to the width and lets no control sequence of a model through', () => {
    const hostile = finding({
      title: 'A title that goes on and on until it does not fit beside its place at all\u001b[2J',
      explanation: 'word '.repeat(60),
      file: 'src/a/rather/long/path/to/a/file.ts\u001b]0;x\u0007',
    });
    const lines = reviewText(reviewResult({ findings: [hostile] }), FRAME);
    assert.ok(lines.every((line) => displayWidth(line) <= 80 && !line.includes('\u001b')));
  });
});
