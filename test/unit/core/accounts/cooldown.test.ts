import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AccountHealth,
  afterFailure,
  freeFrom,
  HEALTHY,
  holdEnd,
  MAX_RETRY_AFTER_MS,
  nextDailyReset,
} from '../../../../src/core/accounts/cooldown.ts';
import type { FailureCause, ProviderFailure } from '../../../../src/core/model.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const DAY = 86_400_000;

function failure(cause: FailureCause, retryAfterMs: number | null = null): ProviderFailure {
  return { cause, status: null, message: '', retryAfterMs, possiblyBilled: false };
}

function context(now = NOW, sameIncident = false, random = 0) {
  return { now, random: () => random, dayResetsAt: NOW + DAY / 2, sameIncident };
}

describe('afterFailure', () => {
  it('cools a rate limit as long as the vendor says, but never for hours', () => {
    assert.equal(afterFailure(HEALTHY, failure('rate-limited', 7_000), context()).until, NOW + 7_000);
    assert.equal(afterFailure(HEALTHY, failure('rate-limited', 1e12), context()).until, NOW + MAX_RETRY_AFTER_MS);
  });

  it('cools for a moment where the vendor says "at once"', () => {
    assert.ok(afterFailure(HEALTHY, failure('rate-limited', 0), context()).until > NOW);
  });

  it('doubles while failures go on, up to a cap', () => {
    const waits: number[] = [];
    let health: AccountHealth = HEALTHY;
    for (let now = NOW, round = 0; round < 12; round++, now = health.until) {
      health = afterFailure(health, failure('network'), context(now));
      waits.push(health.until - now);
    }
    assert.deepEqual(waits.slice(0, 4), [500, 1_000, 2_000, 4_000]);
    assert.equal(Math.max(...waits), 30_000);
  });

  it('counts calls that fail together once', () => {
    let health = afterFailure(HEALTHY, failure('network'), context());
    for (let call = 0; call < 20; call++) health = afterFailure(health, failure('network'), context(NOW, true));
    assert.equal(health.failures, 1);
    assert.equal(health.until, NOW + 500);
  });

  it('cools an account that answers with errors only once they come in a row', () => {
    for (const cause of ['server-error', 'overloaded', 'cut-stream', 'invalid-response'] as const) {
      const first = afterFailure(HEALTHY, failure(cause), context());
      assert.deepEqual([first.state, first.failures, first.until], ['ready', 1, 0]);
      assert.equal(afterFailure(first, failure(cause), context(NOW, true)).state, 'ready');
      const second = afterFailure(first, failure(cause), context());
      assert.deepEqual([second.state, second.until], ['cooling', NOW + 500]);
    }
  });

  it('waits for the reset of a daily quota, or as long as the vendor says, even for days', () => {
    assert.equal(afterFailure(HEALTHY, failure('daily-quota'), context()).until, NOW + DAY / 2);
    assert.equal(afterFailure(HEALTHY, failure('daily-quota', 3 * DAY), context()).until, NOW + 3 * DAY);
    assert.doesNotThrow(() =>
      new Date(afterFailure(HEALTHY, failure('daily-quota', 1e300), context()).until).toISOString(),
    );
  });

  it('leaves the account alone where the request is at fault', () => {
    for (const cause of ['invalid-request', 'model-not-found', 'refused', 'cancelled'] as const) {
      assert.equal(afterFailure(HEALTHY, failure(cause), context()), HEALTHY);
    }
  });

  it('keeps a refused key and empty credits, whatever comes later', () => {
    for (const cause of ['auth', 'out-of-credits'] as const) {
      const out = afterFailure(HEALTHY, failure(cause), context());
      assert.equal(out.until, Number.POSITIVE_INFINITY);
      assert.equal(afterFailure(out, failure('rate-limited', 5), context()), out);
    }
  });

  it('never ends earlier than it did, nor before the failure, nor later than the caps allow', () => {
    const causes = fc.constantFrom<FailureCause>(
      'rate-limited',
      'overloaded',
      'server-error',
      'network',
      'timeout',
      'cut-stream',
    );
    const step = fc.record({
      cause: causes,
      retryAfterMs: fc.option(fc.double({ min: 0, max: 1e15, noNaN: true })),
      after: fc.integer({ min: 0, max: 120_000 }),
      sameIncident: fc.boolean(),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let health: AccountHealth = HEALTHY;
        let now = NOW;
        for (const { cause, retryAfterMs, after, sameIncident, random } of steps) {
          now += after;
          const before = health;
          health = afterFailure(health, failure(cause, retryAfterMs), context(now, sameIncident, random));
          assert.ok(health.until >= before.until);
          assert.ok(health.state === 'ready' ? health.failures === 1 : health.until > now);
          assert.ok(health.until <= now + MAX_RETRY_AFTER_MS * 1.1 + 1);
          assert.ok(health.failures >= 1 && health.failures <= before.failures + 1);
        }
      }),
    );
  });
});

describe('cooldowns and a clock that steps back', () => {
  it('forgets a hold that is longer than any can be', () => {
    assert.equal(holdEnd(NOW + 60_000, NOW), NOW + 60_000);
    assert.equal(holdEnd(NOW + DAY, NOW), 0);
    const health = afterFailure(HEALTHY, failure('network'), context());
    assert.ok(freeFrom(health, NOW - DAY) < NOW - DAY);
  });

  it('keeps the pause of a daily quota', () => {
    const health = afterFailure(HEALTHY, failure('daily-quota'), context());
    assert.equal(freeFrom(health, NOW), NOW + DAY / 2);
  });
});

describe('nextDailyReset', () => {
  it('is the next such time, today or tomorrow', () => {
    assert.equal(nextDailyReset(NOW, '13:30Z'), NOW + 5_400_000);
    assert.equal(nextDailyReset(NOW, '12:00Z'), NOW + DAY);
    assert.equal(nextDailyReset(NOW, 'nonsense'), NOW + DAY / 2);
  });
});
