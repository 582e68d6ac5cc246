import assert from 'node:assert/strict';
import { Interrupts } from '../../../../src/shells/cli/interrupts.ts';
import { FakeHost } from './fake-host.ts';

describe('Interrupts', () => {
  it('end the process at once while no run is on', () => {
    const host = new FakeHost();
    new Interrupts(host);
    host.interrupt();
    assert.deepEqual(host.exits, [130]);
  });

  it('stop a run orderly first, and the process at the second request', () => {
    const host = new FakeHost();
    const interrupts = new Interrupts(host);
    const told: string[] = [];
    const signal = interrupts.arm(
      () => told.push('first'),
      () => told.push('repair'),
    );
    host.interrupt();
    assert.equal(signal.aborted, true);
    assert.equal(signal.reason.code, 'cancelled');
    assert.equal(interrupts.requested, true);
    assert.deepEqual(host.exits, []);
    host.interrupt();
    assert.deepEqual(told, ['first', 'repair']);
    assert.deepEqual(host.exits, [130]);
  });

  it('leave the signals alone once disposed', () => {
    const host = new FakeHost();
    new Interrupts(host).dispose();
    assert.equal(host.interrupt(), false);
  });
});
