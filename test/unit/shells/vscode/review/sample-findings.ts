import type { Finding } from '../../../../../src/core/results.ts';

/** A finding of a review. */
export function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: 'f-1',
    file: 'a.ts',
    startLine: 1,
    endLine: 1,
    quote: 'bad();',
    severity: 'high',
    category: 'security',
    title: 'This is bad',
    explanation: 'It breaks.',
    suggestion: 'Mend it.',
    edit: null,
    confidence: 0.8,
    reporters: ['security-auditor'],
    verdict: 'unverified',
    fingerprint: 'fp-1',
    ...change,
  };
}
