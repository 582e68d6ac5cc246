import assert from 'node:assert/strict';
import { SystemClock } from '../../src/adapters/system-clock.ts';
import type { QuotaStore } from '../../src/core/ports.ts';
import { answer, FakeProvider } from '../support/fake-provider.ts';
import { poolOf, request } from '../support/pool-fixture.ts';
import { forEachImplementation } from './storage-implementations.ts';

const CALLS = 50;
/** 30 bytes are 23 tokens at worst with the frame of a message; 100 of output at 2 USD per million: 223 micro-USD. */
const WORST_USD = 223e-6;

describe('one budget of two pools', () => {
  forEachImplementation((subject) => {
    const whole = () => new FakeProvider(() => answer('x', { input: 23, output: 100 }));
    const callsOf = (runId: string, usd: number) => {
      const { storage, other } = subject();
      const providers = [whole(), whole()];
      const pools = [storage.quota, other.quota].map((quota: QuotaStore, index) => {
        const one = providers[index] ?? assert.fail();
        return poolOf({ providers: { one }, overrides: { quota, clock: new SystemClock() } }).pool;
      });
      const attribution = { runId, instanceId: 'task', agent: 'agent', purpose: 'subtask' } as const;
      const asked = request({ runBudget: { usd, tokens: null }, attribution });
      const calls = Array.from({ length: CALLS }, (_, index) => pools[index % 2]?.call(asked) ?? assert.fail());
      return {
        outcomes: Promise.all(calls),
        sent: () => providers.reduce((sum, { calls: all }) => sum + all.length, 0),
      };
    };

    it('sends exactly one of 50 calls that use their whole reservation, with a budget for one', async () => {
      const { outcomes, sent } = callsOf('for-one', WORST_USD);
      const ended = await outcomes;
      assert.equal(ended.filter(({ status }) => status === 'completed').length, 1);
      assert.equal(ended.filter(({ status }) => status === 'refused').length, CALLS - 1);
      assert.equal(sent(), 1);
    });

    it('sends all 50 with a budget for 50', async () => {
      const { outcomes, sent } = callsOf('for-all', WORST_USD * CALLS);
      assert.ok((await outcomes).every(({ status }) => status === 'completed'));
      assert.equal(sent(), CALLS);
    });
  });
});
