import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  allocateSlots,
  holdPace,
  INITIAL_PACE,
  PACING_WINDOW_MS,
  type PaceState,
} from '../../../../src/core/accounts/pacing.ts';

const NOW = 1_000_000_000;

describe('allocateSlots', () => {
  it('sends a burst at once, then evenly', () => {
    const { sendAt } = allocateSlots(INITIAL_PACE, { want: 5, requestsPerMinute: 60, burst: 2, now: NOW });
    assert.deepEqual(
      sendAt.map((time) => time - NOW),
      [0, 0, 1000, 2000, 3000],
    );
  });

  it('never exceeds window, burst or hold, also when the clock steps', () => {
    const draws = fc.array(
      fc.record({ step: fc.integer({ min: -90_000, max: 90_000 }), want: fc.integer({ min: 1, max: 8 }) }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(
        draws,
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 10 }),
        (steps, requestsPerMinute, burst) => {
          let state: PaceState = INITIAL_PACE;
          let now = NOW;
          let latest = 0;
          const all: number[] = [];
          for (const { step, want } of steps) {
            now += step;
            // A clock that stepped back makes sends later, never earlier than those handed out.
            latest = Math.max(latest, now);
            const drawn = allocateSlots(state, { want, requestsPerMinute, burst, now });
            state = drawn.state;
            assert.equal(drawn.sendAt.length, want);
            assert.ok(drawn.sendAt.every((time) => time >= now));
            all.push(...drawn.sendAt);
          }
          const sorted = all.toSorted((a, b) => a - b);
          const gap = PACING_WINDOW_MS / requestsPerMinute;
          for (const [index, time] of sorted.entries()) {
            const windowStart = sorted[index - requestsPerMinute];
            if (windowStart !== undefined && now >= latest) assert.ok(time - windowStart >= PACING_WINDOW_MS - 1e-6);
            const bucket = sorted[index - burst];
            if (bucket !== undefined && now >= latest)
              assert.ok(time - bucket >= gap - 1e-6, `${time - bucket} < ${gap}`);
          }
        },
      ),
    );
  });

  it('keeps a guard from what is just allowed, which costs a burst and its pace nothing', () => {
    const { sendAt } = allocateSlots(INITIAL_PACE, {
      want: 5,
      requestsPerMinute: 60,
      burst: 2,
      guardMs: 100,
      now: NOW,
    });
    assert.deepEqual(
      sendAt.map((time) => time - NOW),
      [0, 0, 1_100, 2_100, 3_100],
    );
  });

  it('forgets what was planned before the clock stepped back by more than an hour', () => {
    const request = { want: 3, requestsPerMinute: 60, burst: 1, now: NOW };
    const { state } = allocateSlots(holdPace(INITIAL_PACE, NOW + 30_000), request);
    const dayBefore = NOW - 86_400_000;
    assert.deepEqual(allocateSlots(state, { ...request, want: 1, now: dayBefore }).sendAt, [dayBefore]);
  });

  it('respects a hold, and a shorter one does not replace a longer one', () => {
    const held = holdPace(holdPace(INITIAL_PACE, NOW + 5_000), NOW + 1_000);
    const { sendAt } = allocateSlots(held, { want: 1, requestsPerMinute: 60, burst: 1, now: NOW });
    assert.deepEqual(sendAt, [NOW + 5_000]);
  });
});
