import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyLesson } from '../../../../src/core/accounts/learn-pace.ts';
import { INITIAL_LESSONS } from '../../../../src/core/accounts/lessons.ts';
import {
  allocateSlots,
  holdPace,
  INITIAL_PACE,
  PACING_WINDOW_MS,
  type PaceState,
} from '../../../../src/core/accounts/pacing.ts';

const NOW = 1_000_000_000;
const SIXTY = { requestsPerMinute: 60, burst: 1 };

describe('allocateSlots', () => {
  it('sends a burst at once, then evenly, with a margin that is paid once', () => {
    const limits = { requestsPerMinute: 60, burst: 2 };
    const { sendAt } = allocateSlots(INITIAL_PACE, { want: 5, limits, now: NOW });
    const [first, second, third = 0, ...rest] = sendAt;
    assert.deepEqual([first, second], [NOW, NOW]);
    assert.ok(third > NOW + 1_000 && third <= NOW + 1_500);
    assert.deepEqual(rest, [third + 1_000, third + 2_000]);
  });

  it('pays a small margin at each send where no burst is allowed', () => {
    const { sendAt } = allocateSlots(INITIAL_PACE, { want: 3, limits: SIXTY, now: NOW });
    assert.deepEqual(
      sendAt.map((time) => time - NOW),
      [0, 1_050, 2_100],
    );
  });

  it('gives a whole window at once where that much was seen to be free, and the next when the first has left', () => {
    const limits = { requestsPerMinute: 60, burst: null };
    const lessons = { ...INITIAL_LESSONS, burst: 60, at: NOW };
    const { sendAt } = allocateSlots({ ...INITIAL_PACE, lessons }, { want: 120, limits, now: NOW });
    assert.equal(sendAt.filter((time) => time === NOW).length, 60);
    const second = sendAt.slice(60);
    assert.ok(second.every((time) => time > NOW + 60_000 && time <= NOW + 61_000));
  });

  it('is refused by neither a sliding window nor a bucket, also when the clock steps and slots are given back', () => {
    const draws = fc.array(
      fc.record({
        step: fc.integer({ min: -90_000, max: 90_000 }),
        want: fc.integer({ min: 1, max: 8 }),
        unused: fc.integer({ min: 0, max: 3 }),
      }),
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
          let used: number[] = [];
          for (const { step, want, unused: many } of steps) {
            now += step;
            // Only what lies ahead can be known not to be used.
            const unused = used.filter((time) => time > now).slice(-many);
            if (many === 0) unused.length = 0;
            used = used.filter((time) => !unused.includes(time));
            const drawn = allocateSlots(state, { want, limits: { requestsPerMinute, burst }, unused, now });
            state = drawn.state;
            assert.equal(drawn.sendAt.length, want);
            assert.ok(drawn.sendAt.every((time) => time >= now));
            used.push(...drawn.sendAt);
          }
          if (steps.some(({ step }) => step < 0)) return;
          const sorted = used.toSorted((a, b) => a - b);
          const gap = PACING_WINDOW_MS / requestsPerMinute;
          let tokens = Math.min(burst, requestsPerMinute);
          let before = sorted[0] ?? 0;
          for (const [index, time] of sorted.entries()) {
            const windowStart = sorted[index - requestsPerMinute];
            if (windowStart !== undefined) assert.ok(time - windowStart >= PACING_WINDOW_MS - 1e-6);
            tokens = Math.min(Math.min(burst, requestsPerMinute), tokens + (time - before) / gap) - 1;
            before = time;
            assert.ok(tokens >= -1e-6, `bucket at ${tokens}`);
          }
        },
      ),
    );
  });

  it('keeps a bounded number of entries however fast the pace is', () => {
    const limits = { requestsPerMinute: 60_000, burst: 1 };
    let state = INITIAL_PACE;
    for (let second = 0; second < 90; second++) {
      state = allocateSlots(state, { want: 1_000, limits, now: NOW + second * 1_000 }).state;
    }
    assert.ok(state.sends.length <= 700, `${state.sends.length} entries`);
    const drawn = allocateSlots(state, { want: 1_000, limits, now: NOW + 90_000 });
    assert.ok((drawn.sendAt.at(-1) ?? 0) <= NOW + 96_500, `${(drawn.sendAt.at(-1) ?? 0) - NOW}`);
  });

  it('stops at the horizon, but gives one', () => {
    const request = { want: 5, limits: SIXTY, horizonMs: 1_000, now: NOW };
    assert.equal(allocateSlots(INITIAL_PACE, request).sendAt.length, 2);
    const held = holdPace(INITIAL_PACE, NOW + 60_000, { ...SIXTY, marginMs: 0, learned: false });
    assert.deepEqual(allocateSlots(held, request).sendAt, [NOW + 60_000]);
  });

  it('forgets what was planned before the clock stepped back by more than an hour', () => {
    const request = { want: 3, limits: SIXTY, now: NOW };
    const held = holdPace(INITIAL_PACE, NOW + 30_000, { ...SIXTY, marginMs: 0, learned: false });
    const { state } = allocateSlots(held, request);
    const dayBefore = NOW - 86_400_000;
    assert.deepEqual(allocateSlots(state, { ...request, want: 1, now: dayBefore }).sendAt, [dayBefore]);
  });

  it('respects a hold, and a shorter one does not replace a longer one', () => {
    const pace = { ...SIXTY, marginMs: 0, learned: false };
    const held = holdPace(holdPace(INITIAL_PACE, NOW + 5_000, pace), NOW + 1_000, pace);
    const { sendAt } = allocateSlots(held, { want: 1, limits: SIXTY, now: NOW });
    assert.deepEqual(sendAt, [NOW + 5_000]);
  });
});

describe('applyLesson', () => {
  const open = { requestsPerMinute: 60, burst: null };
  const report = (remaining: number, sentAt = NOW) =>
    ({ type: 'report', sentAt, limit: 60, remaining, unplanned: [] }) as const;
  const refused = (sentAt: number, until: number) =>
    ({ type: 'refused', sentAt, until, refused: { seenPerMinute: 30, retryAfterMs: null }, unplanned: [] }) as const;

  it('learns as large a burst as the vendor shows to be free', () => {
    const { state } = allocateSlots(INITIAL_PACE, { want: 1, limits: open, now: NOW });
    assert.equal(applyLesson(state, { lesson: report(59), limits: open, now: NOW + 100 }).pace.burst, 60);
    assert.equal(applyLesson(state, { lesson: report(1), limits: open, now: NOW + 100 }).pace.burst, 2);
  });

  it('never learns more than a bucket can hold from sends that it refilled meanwhile', () => {
    let state = INITIAL_PACE;
    for (let send = 0; send < 20; send++) {
      const at = NOW + send * 2_000;
      state = allocateSlots(state, { want: 1, limits: open, now: at }).state;
      const taught = applyLesson(state, { lesson: report(1, at), limits: open, now: at + 100 });
      assert.equal(taught.pace.burst, 2);
      state = taught.state;
    }
  });

  it('leaves a burst alone that the user has set', () => {
    const limits = { requestsPerMinute: 60, burst: 3 };
    const { state } = allocateSlots(INITIAL_PACE, { want: 1, limits, now: NOW });
    assert.equal(applyLesson(state, { lesson: report(59), limits, now: NOW }).pace.burst, 3);
  });

  it('counts the requests of other programs on the same key', () => {
    const limits = { requestsPerMinute: 60, burst: 60 };
    const first = allocateSlots(INITIAL_PACE, { want: 1, limits, now: NOW });
    const { state } = applyLesson(first.state, { lesson: report(0), limits, now: NOW });
    const { sendAt } = allocateSlots(state, { want: 1, limits, now: NOW + 10 });
    assert.ok((sendAt[0] ?? 0) > NOW + 500, `${(sendAt[0] ?? 0) - NOW}`);
  });

  it('halves the burst once per incident, then slows down, and recovers', () => {
    const limits = { requestsPerMinute: 60, burst: 8 };
    let { state, pace } = applyLesson(INITIAL_PACE, { lesson: refused(NOW, NOW + 1_000), limits, now: NOW });
    assert.equal(pace.burst, 4);
    ({ state, pace } = applyLesson(state, { lesson: refused(NOW, NOW + 1_000), limits, now: NOW }));
    assert.equal(pace.burst, 4);
    for (const at of [NOW + 5_000, NOW + 10_000]) {
      ({ state, pace } = applyLesson(state, { lesson: refused(at, at + 1_000), limits, now: at }));
    }
    assert.deepEqual([pace.burst, pace.requestsPerMinute], [1, 60]);
    const at = NOW + 20_000;
    ({ state, pace } = applyLesson(state, { lesson: refused(at, at + 1_000), limits, now: at }));
    assert.equal(pace.requestsPerMinute, 48);
    assert.deepEqual(allocateSlots(state, { want: 1, limits, now: at + 3_600_000 }).pace, {
      requestsPerMinute: 60,
      burst: 8,
      marginMs: 0,
      learned: false,
    });
  });

  it('paces a key without a known limit by what the refusal lets guess, until headers name it', () => {
    const limits = { requestsPerMinute: null, burst: null };
    const unplanned = [NOW, NOW];
    const lesson = { ...refused(NOW, NOW + 2_000), unplanned };
    const { state, pace } = applyLesson(INITIAL_PACE, { lesson, limits, now: NOW });
    assert.deepEqual(pace, { requestsPerMinute: 30, burst: 1, marginMs: 0, learned: true });
    assert.ok((allocateSlots(state, { want: 1, limits, now: NOW }).sendAt[0] ?? 0) >= NOW + 2_000);
    assert.equal(applyLesson(state, { lesson: report(10), limits, now: NOW }).pace.requestsPerMinute, 60);
  });
});
