import { NO_USAGE } from '../../../../src/core/model.ts';
import type { Coverage, Finding, RunResult } from '../../../../src/core/results.ts';

/** A finding with every field set; `change` says what matters to the test. */
export function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: 'f1',
    file: 'src/app.ts',
    startLine: 12,
    endLine: 13,
    quote: 'eval(input)',
    severity: 'high',
    category: 'security',
    title: 'Input is run as code',
    explanation: 'Whatever the user types is executed.',
    suggestion: 'Parse it instead.',
    edit: null,
    confidence: 0.9,
    reporters: ['security'],
    verdict: 'unverified',
    fingerprint: 'abcdef0123456789',
    ...change,
  };
}

export const COMPLETE: Coverage = { reviewed: ['src/app.ts'], skipped: [], truncated: [], failed: [], complete: true };

/** The result of a review. */
export function reviewResult(change: Partial<RunResult> = {}): RunResult {
  return {
    schema: 1,
    runId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    kind: 'review',
    workflow: 'code-review',
    llm: true,
    status: 'completed',
    result: '# Review',
    tasks: [],
    totals: {
      tasks: 6,
      succeeded: 6,
      failed: 0,
      skipped: 0,
      tokens: { ...NO_USAGE, input: 1000, output: 200 },
      costUSD: 0.0123,
      durationMs: 4200,
    },
    documentId: 7,
    findings: [finding()],
    coverage: COMPLETE,
    error: null,
    ...change,
  };
}
