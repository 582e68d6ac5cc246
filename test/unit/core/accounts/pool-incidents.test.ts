import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_WAIT_MS } from '../../../../src/core/accounts/pooled-call.ts';
import type { StreamPart } from '../../../../src/core/model.ts';
import type { ExecutionNote } from '../../../../src/core/ports.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { answer, FakeProvider, failure, type ProviderScript } from '../../../support/fake-provider.ts';
import { account, accountsOf, holdKey, poolOf, request, settle } from '../../../support/pool-fixture.ts';

/** A script whose answers can take time; the clock is known only once the pool is made. */
function timed(script: (sleep: FakeClock['sleep'], ...args: Parameters<ProviderScript>) => AsyncIterable<StreamPart>) {
  const holder: { clock: FakeClock | null } = { clock: null };
  const sleep: FakeClock['sleep'] = (ms, signal) => (holder.clock ?? assert.fail('no clock')).sleep(ms, signal);
  return { holder, provider: new FakeProvider((...args) => script(sleep, ...args)) };
}

describe('AccountPool: what an old answer says', () => {
  it('does not end a cooldown by the success of a call that was sent before', async () => {
    const { holder, provider } = timed(async function* (sleep, _call, count, signal) {
      if (count === 1) await sleep(2_000, signal);
      yield* count === 2 ? failure('rate-limited', { retryAfterMs: 60_000 }) : answer();
    });
    const { pool, clock } = poolOf({ providers: { a: provider } });
    holder.clock = clock;
    const slow = pool.call(request());
    const limited = pool.call(request());
    await clock.advance(3_000);
    assert.equal((await slow).status, 'completed');
    assert.equal(pool.status()[0]?.state, 'cooling');
    assert.equal(provider.calls.length, 2);
    assert.equal((await settle(clock, limited)).status, 'completed');
    assert.ok(clock.monotonic() >= 60_000);
  });

  it('does not bring a refused key back by the success of a call that was sent before', async () => {
    const { holder, provider } = timed(async function* (sleep, _call, count, signal) {
      if (count === 1) await sleep(2_000, signal);
      yield* count === 1 ? answer() : failure('auth');
    });
    const { pool, clock } = poolOf({ providers: { a: provider } });
    holder.clock = clock;
    const slow = pool.call(request());
    await settle(clock, pool.call(request()));
    await settle(clock, slow);
    assert.equal(pool.status()[0]?.state, 'key-refused');
  });

  it('counts a burst of calls that fail together as one failure', async () => {
    const { holder, provider } = timed(async function* (sleep, _call, count, signal) {
      await sleep(100, signal);
      yield* count <= 12 ? failure('overloaded') : answer();
    });
    const { pool, clock } = poolOf({ providers: { a: provider } });
    holder.clock = clock;
    const calls = Promise.all(Array.from({ length: 12 }, () => pool.call(request())));
    const outcomes = await settle(clock, calls);
    assert.ok(outcomes.every((outcome) => outcome.status === 'completed'));
    assert.ok(clock.monotonic() < 2_000, `${clock.monotonic()} ms`);
  });

  it('does not let long answers that began before stand in the way of the probe', async () => {
    const { holder, provider } = timed(async function* (sleep, _call, count, signal) {
      if (count === 1) await sleep(50_000, signal);
      yield* count === 2 ? failure('server-error') : answer();
    });
    const { pool, clock } = poolOf({ providers: { a: provider } });
    holder.clock = clock;
    const slow = pool.call(request());
    await settle(clock, pool.call(request()));
    assert.ok(clock.monotonic() < 5_000, `${clock.monotonic()} ms`);
    await settle(clock, slow);
  });

  it('lets the others go as soon as the answer to the probe begins', async () => {
    const { holder, provider } = timed(async function* (sleep, _call, count, signal) {
      if (count === 1) return yield* failure('server-error');
      const [text, ...rest] = answer();
      if (text) yield text;
      await sleep(count === 2 ? 40_000 : 0, signal);
      yield* rest;
    });
    const { pool, clock } = poolOf({ providers: { a: provider } });
    holder.clock = clock;
    const calls = [pool.call(request()), pool.call(request())];
    await settle(clock, Promise.any(calls));
    assert.ok(clock.monotonic() < 5_000, `${clock.monotonic()} ms`);
    await settle(clock, Promise.all(calls));
  });
});

describe('AccountPool: limits', () => {
  it('is not driven into a loop by a vendor that says "retry after 0"', async () => {
    const a = new FakeProvider(() => failure('rate-limited', { retryAfterMs: 0 }));
    const { pool, clock } = poolOf({ providers: { a } });
    const outcome = await settle(clock, pool.call(request()));
    assert.equal(outcome.status === 'failed' && outcome.failure.cause, 'rate-limited');
    assert.ok(a.calls.length <= 10, `${a.calls.length} calls`);
  });

  it('holds all accounts of a group when one is told to wait', async () => {
    const providers = {
      a: new FakeProvider((_call, count) =>
        count === 1 ? failure('rate-limited', { retryAfterMs: 9_000 }) : answer(),
      ),
      b: new FakeProvider(() => answer()),
    };
    const accounts = [account('a', { quotaGroup: 'team' }), account('b', { quotaGroup: 'team' })];
    const { pool, clock } = poolOf({ providers, accounts });
    const call = pool.call(request());
    await clock.advance(8_000);
    assert.deepEqual(
      pool.status().map((one) => one.state),
      ['cooling', 'cooling'],
    );
    assert.equal(providers.b.calls.length, 0);
    assert.equal((await settle(clock, call)).status, 'completed');
  });

  it('takes calls that queue at a group elsewhere when it is told to wait', async () => {
    const providers = {
      a: new FakeProvider((_call, count) =>
        count === 1 ? failure('rate-limited', { retryAfterMs: 90_000 }) : answer(),
      ),
      b: new FakeProvider(() => answer()),
    };
    const { pool, clock } = poolOf({
      providers,
      limits: { a: { requestsPerMinute: 6 }, b: { requestsPerMinute: 60 } },
    });
    const outcomes = await settle(clock, Promise.all(Array.from({ length: 6 }, () => pool.call(request()))));
    assert.ok(outcomes.every((outcome) => outcome.status === 'completed'));
    assert.equal(providers.b.calls.length, 6);
    assert.ok(clock.monotonic() < 10_000, `${clock.monotonic()} ms`);
  });

  it('goes to a free account when another process has taken the send times of one', async () => {
    const providers = { a: new FakeProvider(() => answer()), b: new FakeProvider(() => answer()) };
    const cheap = { price: (model: string) => ({ inputPerMTok: model.endsWith('cheap') ? 1 : 9, outputPerMTok: 1 }) };
    const accounts = [account('a', { models: { simple: 'cheap' } }), account('b')];
    const { pool, clock, quota } = poolOf({
      providers,
      accounts,
      limits: { a: { requestsPerMinute: 60 } },
      overrides: { prices: cheap, loadBalancing: 'cost-optimized' },
    });
    await holdKey(quota, 'a', clock.now() + 50_000);
    const outcome = await settle(clock, pool.call(request()));
    assert.deepEqual(accountsOf(outcome), ['b:completed']);
    assert.equal(clock.monotonic(), 0);
  });

  it('heeds a header that says that the limit is used up', async () => {
    const used = { requests: { limit: 60, remaining: 0, resetMs: 60_000 }, tokens: null };
    const a = new FakeProvider(() => [{ type: 'limits', limits: used }, ...answer()]);
    const { pool, clock } = poolOf({ providers: { a } });
    await settle(clock, pool.call(request()));
    await settle(clock, pool.call(request()));
    assert.ok(clock.monotonic() >= 1_000 && clock.monotonic() <= 1_100, `${clock.monotonic()} ms`);
  });

  it('says what really keeps the accounts from working', async () => {
    const { pool, clock } = poolOf({ providers: { a: new FakeProvider(() => failure('daily-quota')) } });
    const outcome = await settle(clock, pool.call(request()));
    assert.ok(outcome.status === 'failed' && (outcome.retryAt ?? 0) > clock.now() + MAX_WAIT_MS);
    const later = await settle(clock, pool.call(request()));
    assert.equal(later.status === 'failed' && later.failure.cause, 'daily-quota');

    const broke = poolOf({ providers: { a: new FakeProvider(() => failure('out-of-credits')) } });
    await settle(broke.clock, broke.pool.call(request()));
    const second = await settle(broke.clock, broke.pool.call(request()));
    assert.equal(second.status === 'failed' && second.failure.cause, 'out-of-credits');
  });

  it('goes on when the clock steps back by a day', async () => {
    const a = new FakeProvider((_call, count) =>
      count === 1 ? failure('rate-limited', { retryAfterMs: 5_000 }) : answer(),
    );
    const { pool, clock } = poolOf({ providers: { a }, limits: { a: { requestsPerMinute: 60 } } });
    const first = pool.call(request());
    await clock.advance(1_000);
    clock.stepWall(-86_400_000);
    assert.equal((await settle(clock, first)).status, 'completed');
    assert.equal((await settle(clock, pool.call(request()))).status, 'completed');
    assert.ok(clock.monotonic() < 30_000, `${clock.monotonic()} ms`);
  });
});

describe('AccountPool: models', () => {
  it('tells when no account has the model that was asked for', async () => {
    const { pool, clock } = poolOf({ providers: { a: new FakeProvider(() => answer()) } });
    const notes: ExecutionNote[] = [];
    await settle(clock, pool.call(request({ model: 'groq/some' }), { onNote: (note) => notes.push(note) }));
    const notices = notes.flatMap((note) => (note.type === 'notice' ? [note.message] : []));
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? '', /"groq\/some".*"openai\/model-simple"/);
  });

  it('does not ask an account again that lacks the model of the tier', async () => {
    const providers = { a: new FakeProvider(() => failure('model-not-found')), b: new FakeProvider(() => answer()) };
    const { pool, clock } = poolOf({ providers });
    assert.deepEqual(accountsOf(await settle(clock, pool.call(request()))), ['a:model-not-found', 'b:completed']);
    const alone = poolOf({ providers: { a: new FakeProvider(() => failure('model-not-found')) } });
    const outcome = await settle(alone.clock, alone.pool.call(request()));
    assert.deepEqual(accountsOf(outcome), ['a:model-not-found']);
  });
});

describe('AccountPool: what budgets hold', () => {
  const limited = { runBudget: { usd: 1, tokens: null } };

  it('turns to another account when the budget of one is used up', async () => {
    const providers = { a: new FakeProvider(() => answer()), b: new FakeProvider(() => answer()) };
    const accounts = [account('a', { budget: { perDayUSD: 1e-6, perMonthUSD: null } }), account('b')];
    const { pool, clock } = poolOf({ providers, accounts });
    assert.deepEqual(accountsOf(await settle(clock, pool.call(request()))), ['b:completed']);

    const both = accounts.map((one) => ({ ...one, budget: { perDayUSD: null, perMonthUSD: 1e-6 } }));
    const refused = poolOf({ providers, accounts: both });
    const outcome = await settle(refused.clock, refused.pool.call(request()));
    assert.match(outcome.status === 'refused' ? outcome.reason : '', /account b for the month/);
  });

  it('charges nothing for a call that was cancelled before it was sent, and the worst case for one that was', async () => {
    const { holder, provider } = timed(async function* (sleep, _call, _count, signal) {
      await sleep(60_000, signal);
      yield* answer();
    });
    const { pool, clock, quota } = poolOf({ providers: { a: provider }, limits: { a: { concurrent: 1 } } });
    holder.clock = clock;
    const controller = new AbortController();
    const calls = [1, 2].map(() => pool.call(request(limited), { signal: controller.signal }));
    await clock.advance(10);
    controller.abort(new Error('enough'));
    for (const one of await Promise.allSettled(calls)) assert.equal(one.status, 'rejected');
    assert.deepEqual(await quota.usage(['run:run']), { 'run:run': { spent: 223, reserved: 0 } });
    assert.deepEqual(
      pool.status().map(({ inFlight, queued }) => [inFlight, queued]),
      [[0, 0]],
    );
  });

  it('settles tokens although the price is unknown', async () => {
    const { pool, clock, quota } = poolOf({ providers: { a: new FakeProvider(() => answer()) }, price: null });
    await settle(clock, pool.call(request({ runBudget: { usd: 1, tokens: 1_000 } })));
    assert.deepEqual(await quota.usage(['run-tokens:run']), { 'run-tokens:run': { spent: 15, reserved: 0 } });
  });

  it('never spends more than a run may, whatever calls use, fail and cost', async () => {
    const end = fc.constantFrom<'whole' | 'part' | 'failed' | 'billed' | 'cut'>(
      'whole',
      'part',
      'failed',
      'billed',
      'cut',
    );
    const scripts = fc.array(end, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(scripts, fc.integer({ min: 100, max: 2_000 }), async (ends, micro) => {
        let next = 0;
        const { holder, provider } = timed(async function* (sleep, _call, _count, signal) {
          await sleep(50, signal);
          const how = ends[next++ % ends.length];
          if (how === 'failed') yield* failure('server-error');
          else if (how === 'billed') yield* failure('timeout', { possiblyBilled: true });
          else if (how === 'cut') yield { type: 'text', text: 'half' };
          else yield* answer('x', how === 'whole' ? { input: 23, output: 100 } : { input: 5, output: 3 });
        });
        const { pool, clock, quota } = poolOf({ providers: { a: provider } });
        holder.clock = clock;
        const usd = micro / 1e6;
        await settle(clock, Promise.all(ends.map(() => pool.call(request({ runBudget: { usd, tokens: null } })))));
        const { 'run:run': row } = await quota.usage(['run:run']);
        assert.equal(row?.reserved, 0);
        assert.ok((row?.spent ?? 0) <= micro, `${row?.spent} of ${micro}`);
      }),
      { numRuns: 30 },
    );
  });
});

describe('AccountPool: waiting', () => {
  it('gives its slot back once for a whole wait, however often it looks', async () => {
    const a = new FakeProvider((_call, count) =>
      count === 1 ? failure('rate-limited', { retryAfterMs: 5_000 }) : answer(),
    );
    const { pool, clock } = poolOf({ providers: { a } });
    let waits = 0;
    const waiting = <T>(work: () => Promise<T>) => {
      waits++;
      return work();
    };
    const call = pool.call(request(), { waiting });
    for (let step = 0; step < 4; step++) {
      await clock.advance(1_000);
      // Rings the bell.
      pool.reconfigure({ accounts: [account('a')] });
    }
    await settle(clock, call);
    assert.equal(waits, 1);
  });

  it('does not count the time in a queue as waiting for accounts', async () => {
    const { pool, clock } = poolOf({
      providers: { a: new FakeProvider(() => answer()) },
      limits: { a: { requestsPerMinute: 2 } },
    });
    const outcomes = await settle(clock, Promise.all(Array.from({ length: 12 }, () => pool.call(request()))));
    assert.ok(outcomes.every((outcome) => outcome.status === 'completed'));
    assert.ok(clock.monotonic() > MAX_WAIT_MS);
  });
});
