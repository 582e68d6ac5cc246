import assert from 'node:assert/strict';
import { UNLIMITED_MS } from '../../../../src/core/engine/journal-entry.ts';
import { TimeAllowance } from '../../../../src/core/engine/time-allowance.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

describe('TimeAllowance', () => {
  let clock: FakeClock;
  let expired: number[];
  const allow = (ms: number) => new TimeAllowance(clock, ms, () => expired.push(clock.monotonic()));

  beforeEach(() => {
    clock = new FakeClock();
    expired = [];
  });

  it('runs from its start, once', async () => {
    const allowance = allow(100);
    await clock.advance(500);
    assert.deepEqual(expired, []);
    allowance.start();
    allowance.start();
    await clock.advance(1_000);
    assert.deepEqual(expired, [600]);
    allowance.start();
    await clock.advance(1_000);
    assert.deepEqual(expired, [600]);
  });

  it('does not count pauses', async () => {
    const allowance = allow(100);
    allowance.start();
    await clock.advance(60);
    allowance.pause();
    await clock.advance(5_000);
    allowance.start();
    await clock.advance(39);
    assert.deepEqual(expired, []);
    await clock.advance(1);
    assert.deepEqual(expired, [5_100]);
  });

  it('is not moved by a clock that steps back', async () => {
    allow(100).start();
    clock.stepWall(-50_000);
    await clock.advance(100);
    assert.deepEqual(expired, [100]);
  });

  it('needs no timer when it is unlimited or paused', async () => {
    allow(UNLIMITED_MS).start();
    const paused = allow(100);
    paused.start();
    paused.pause();
    paused.pause();
    await clock.advance(0);
    assert.equal(clock.sleeping, 0);
  });
});
