import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../../src/core/errors.ts';
import { exitCodeOfError, exitCodeOfResult } from '../../../../src/shells/cli/exit-codes.ts';
import { finding, reviewResult } from './sample-result.ts';

const PLAIN = { interrupted: false, failOn: null } as const;
const error = (code: ErrorCode) => ({ code, message: 'm', hint: null });

describe('exit codes', () => {
  it('follow the table of contracts.md', () => {
    const codes: readonly (readonly [ErrorCode, number])[] = [
      ['cancelled', 130],
      ['usage', 2],
      ['not-found', 2],
      ['nothing-to-review', 2],
      ['storage-locked', 5],
      ['storage-newer-version', 5],
      ['no-usable-account', 3],
      ['run-owned-elsewhere', 8],
      ['run-lost', 8],
      ['budget-refused', 4],
      ['all-accounts-rate-limited', 4],
      ['approval-refused', 7],
      ['provider-failed', 1],
      ['internal', 1],
    ];
    for (const [code, expected] of codes) assert.equal(exitCodeOfError({ code }), expected, code);
  });

  it('tell incomplete from failed, and both from refused', () => {
    const of = (status: 'partial' | 'failed' | 'interrupted' | 'suspended' | 'cancelled', code: ErrorCode | null) =>
      exitCodeOfResult(reviewResult({ status, error: code === null ? null : error(code) }), PLAIN);
    assert.equal(of('partial', null), 6);
    assert.equal(of('partial', 'task-failed'), 6);
    assert.equal(of('interrupted', null), 6);
    assert.equal(of('interrupted', 'no-usable-account'), 3);
    assert.equal(of('interrupted', 'budget-refused'), 4);
    assert.equal(of('failed', 'task-failed'), 1);
    assert.equal(of('failed', 'no-usable-account'), 3);
    assert.equal(of('suspended', null), 7);
    assert.equal(of('cancelled', null), 130);
  });

  it('put an interrupt by the person before everything else, unless the run was done', () => {
    const interrupted = { ...PLAIN, interrupted: true };
    assert.equal(
      exitCodeOfResult(reviewResult({ status: 'interrupted', error: error('budget-refused') }), interrupted),
      130,
    );
    assert.equal(exitCodeOfResult(reviewResult({ status: 'completed' }), interrupted), 0);
  });

  it('fail on findings from a severity on, and only in complete reviews', () => {
    const findings = [finding({ severity: 'medium' })];
    const code = (failOn: 'high' | 'medium' | 'info', status: 'completed' | 'partial' = 'completed') =>
      exitCodeOfResult(reviewResult({ findings, status }), { interrupted: false, failOn });
    assert.deepEqual([code('high'), code('medium'), code('info')], [0, 1, 1]);
    assert.equal(code('medium', 'partial'), 6);
  });

  it('do not count a finding that was refuted', () => {
    const findings = [finding({ severity: 'critical', verdict: 'refuted' })];
    assert.equal(exitCodeOfResult(reviewResult({ findings }), { interrupted: false, failOn: 'info' }), 0);
  });
});
