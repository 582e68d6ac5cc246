import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readHostMessage, readPageMessage } from '../../../src/protocol/dashboard.ts';
import { EMPTY, FAILED, hostile, longRun, RUNNING } from '../../support/dashboard-samples.ts';

describe('messages of the Dashboard', () => {
  it('are taken when they fit', () => {
    for (const snapshot of [EMPTY, RUNNING, FAILED, longRun(10_000), hostile()]) {
      const received = readHostMessage(snapshot);
      assert.deepEqual(received, { ok: true, message: snapshot });
    }
    const selected = { type: 'selectRun', runId: 'x' };
    assert.deepEqual(readPageMessage(selected), { ok: true, message: selected });
  });

  it('are refused with the place that does not fit, never with what stood there', () => {
    const received = readHostMessage({ ...RUNNING, runs: 'sk-secret' });
    assert.ok(!received.ok);
    assert.equal(received.reason, 'runs: invalid_type');
    assert.ok(!readPageMessage({ type: 'copy', text: 'x'.repeat(3000) }).ok);
    assert.ok(!readPageMessage({ type: 'command', command: 'workbench.action.quit' }).ok);
    assert.ok(!readPageMessage({ type: 'showTasks', offset: -1 }).ok);
    assert.ok(!readPageMessage({ type: 'showTasks', offset: 0.5 }).ok);
  });

  it('lose what nobody asked for', () => {
    const received = readPageMessage({ type: 'copy', text: 'a', more: 'b' });
    assert.deepEqual(received, { ok: true, message: { type: 'copy', text: 'a' } });
  });

  it('never make a reader throw', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        assert.equal(typeof readHostMessage(data).ok, 'boolean');
        assert.equal(typeof readPageMessage(data).ok, 'boolean');
      }),
    );
  });
});
