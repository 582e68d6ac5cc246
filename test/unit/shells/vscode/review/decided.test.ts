import assert from 'node:assert/strict';
import type { FindingDecision } from '../../../../../src/core/results.ts';
import { settles } from '../../../../../src/shells/vscode/review/decided.ts';

const DECISION: FindingDecision = {
  ...{
    fingerprint: 'f',
    decision: 'accepted',
    reason: null,
    note: null,
    runId: 'one',
    file: 'a.ts',
    title: 't',
    at: '',
  },
};

describe('settles', () => {
  it('holds an acceptance for its own run only, a dismissal for all', () => {
    assert.equal(settles(DECISION, 'one'), true);
    assert.equal(settles(DECISION, 'two'), false);
    assert.equal(settles({ ...DECISION, decision: 'dismissed' }, 'two'), true);
  });
});
