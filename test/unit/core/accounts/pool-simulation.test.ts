import assert from 'node:assert/strict';
import type { RateLimit } from '../../../support/limited-vendor.ts';
import { simulate } from '../../../support/pool-simulation.ts';

const WINDOW: RateLimit = { type: 'window', limit: 60, windowMs: 60_000 };
const BUCKET: RateLimit = { type: 'bucket', limit: 60, windowMs: 60_000, burst: 2 };
const LATENCY = { latencyMs: [500, 1_500], errorRate: 0.02 } as const;
const KNOWN = { a: { requestsPerMinute: 60 }, b: { requestsPerMinute: 60 } };
const LOAD = { calls: 300, workers: 32, seed: 1 };

/** Two accounts of one kind of vendor, as the pool finds them: it is told the limit or nothing, never the kind. */
function two(limit: RateLimit, jitterMs: number) {
  return { ...LOAD, vendors: { a: { limit, ...LATENCY }, b: { limit, ...LATENCY } }, jitterMs };
}

describe('AccountPool against simulated vendors', () => {
  for (const [kind, limit] of [
    ['sliding window', WINDOW],
    ['bucket of two', BUCKET],
  ] as const) {
    for (const jitterMs of [0, 300]) {
      it(`has nothing refused by a ${kind} whose limit is known, and wastes little, with ways of up to ${jitterMs} ms`, async () => {
        const { refused, failed, ratio } = await simulate({ ...two(limit, jitterMs), limits: KNOWN });
        assert.deepEqual([refused, failed], [0, 0]);
        assert.ok(ratio <= 1.05, `${ratio}`);
      });
    }

    it(`has nothing refused by a ${kind} that two pools share`, async () => {
      const { refused, failed, ratio } = await simulate({ ...two(limit, 200), limits: KNOWN, pools: 2 });
      assert.deepEqual([refused, failed], [0, 0]);
      assert.ok(ratio <= 1.06, `${ratio}`);
    });

    it(`learns the hidden limit of a ${kind} within its first calls`, async () => {
      const { refused, failed, ratio, worlds } = await simulate(two(limit, 200));
      assert.equal(failed, 0);
      assert.ok(ratio <= 1.1, `${ratio}`);
      // Nobody could know before the first answer.
      assert.ok(refused <= LOAD.workers, `${refused} refused`);
      const [first] = worlds[0]?.pool.status()[0]?.limits ?? [];
      assert.deepEqual([first?.kind, first?.limit, first?.learned], ['requests-per-minute', 60, true]);
    });
  }

  it('finds the margin that a very uneven way needs, and loses no call', async () => {
    const { refused, failed, ratio } = await simulate({ ...two(WINDOW, 900), limits: KNOWN });
    assert.equal(failed, 0);
    assert.ok(refused <= 6, `${refused}`);
    assert.ok(ratio <= 1.15, `${ratio}`);
  });

  it('paces a vendor that says nothing of its limit by what it refuses', async () => {
    const silent = { limit: BUCKET, ...LATENCY, headers: 'none' } as const;
    const { failed, refused, ratio } = await simulate({
      ...LOAD,
      calls: 150,
      vendors: { a: silent, b: silent },
      jitterMs: 0,
    });
    assert.equal(failed, 0);
    assert.ok(refused <= 50, `${refused}`);
    assert.ok(ratio <= 1.4, `${ratio}`);
  });

  it('uses three vendors with different limits to at least 95 % of what they have together', async () => {
    const vendors = {
      a: { limit: WINDOW, ...LATENCY },
      b: { limit: { ...BUCKET, limit: 90, burst: 3 }, ...LATENCY },
      c: { limit: { ...BUCKET, limit: 30, burst: 1 }, ...LATENCY, headers: 'none' as const },
    };
    const limits = { a: { requestsPerMinute: 60 }, b: { requestsPerMinute: 90 }, c: { requestsPerMinute: 30 } };
    const { refused, failed, used } = await simulate({ ...LOAD, calls: 600, vendors, limits, jitterMs: 0 });
    assert.deepEqual([refused, failed], [0, 0]);
    assert.ok(used >= 0.95, `${used}`);
  });
});
