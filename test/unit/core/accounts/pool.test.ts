import assert from 'node:assert/strict';
import { MAX_WAIT_MS } from '../../../../src/core/accounts/pooled-call.ts';
import type { ExecutionNote } from '../../../../src/core/ports.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';
import { account, accountsOf, poolOf, request, settle } from '../../../support/pool-fixture.ts';

describe('AccountPool: choosing an account', () => {
  it('round-robin uses the accounts in turn', async () => {
    const providers = { a: new FakeProvider(() => answer()), b: new FakeProvider(() => answer()) };
    const { pool, clock } = poolOf({ providers });
    for (let index = 0; index < 6; index++) await settle(clock, pool.call(request()));
    assert.deepEqual([providers.a.calls.length, providers.b.calls.length], [3, 3]);
  });

  it('least-loaded avoids the account with calls in flight', async () => {
    const { pool, clock } = poolOf({
      providers: {
        a: new FakeProvider(async function* () {
          await clockOf().sleep(10_000);
          yield* answer();
        }),
        b: new FakeProvider(() => answer()),
      },
    });
    const clockOf = () => clock;
    const slow = pool.call(request({ loadBalancing: 'least-loaded' }));
    for (let index = 0; index < 3; index++) {
      assert.deepEqual(accountsOf(await pool.call(request({ loadBalancing: 'least-loaded' }))), ['b:completed']);
    }
    await settle(clock, slow);
  });

  it('cost-optimized takes the cheapest model, then the account that spent less today', async () => {
    const providers = {
      dear: new FakeProvider(() => answer()),
      cheap1: new FakeProvider(() => answer()),
      cheap2: new FakeProvider(() => answer()),
    };
    const accounts = [
      account('dear', { models: { simple: 'dear' } }),
      account('cheap1', { models: { simple: 'cheap' } }),
      account('cheap2', { models: { simple: 'cheap' } }),
    ];
    const prices = { price: (model: string) => ({ inputPerMTok: model.endsWith('dear') ? 50 : 5, outputPerMTok: 1 }) };
    const { pool, clock } = poolOf({ providers, accounts, overrides: { prices, loadBalancing: 'cost-optimized' } });
    for (let index = 0; index < 4; index++) await settle(clock, pool.call(request()));
    assert.deepEqual(
      [providers.dear, providers.cheap1, providers.cheap2].map((one) => one.calls.length),
      [0, 2, 2],
    );
  });

  it('uses the vendor of the model that was asked for, and the tier of the others when nobody has it', async () => {
    const providers = { one: new FakeProvider(() => answer()), two: new FakeProvider(() => answer()) };
    const { pool, clock } = poolOf({
      providers,
      accounts: [account('one'), account('two', { provider: 'anthropic' })],
    });
    const asked = await settle(clock, pool.call(request({ model: 'anthropic/claude-x' })));
    assert.deepEqual(
      asked.attempts.map((attempt) => attempt.model),
      ['anthropic/claude-x'],
    );
    const nobody = await settle(clock, pool.call(request({ model: 'groq/some' })));
    assert.deepEqual(
      nobody.attempts.map((attempt) => attempt.model),
      ['openai/model-simple'],
    );
  });

  it('falls to the model of the tier where the vendor does not know the one asked for', async () => {
    const one = new FakeProvider((call) => (call.model === 'retired' ? failure('model-not-found') : answer()));
    const { pool, clock } = poolOf({ providers: { one } });
    const outcome = await settle(clock, pool.call(request({ model: 'openai/retired' })));
    assert.equal(outcome.status, 'completed');
    assert.deepEqual(
      one.calls.map((call) => call.model),
      ['retired', 'model-simple'],
    );
  });
});

describe('AccountPool: pacing', () => {
  it('keeps below 60 requests per minute, a little apart for strict vendors, and gives the slot back while it waits', async () => {
    const times: number[] = [];
    const { pool, clock } = poolOf({
      providers: {
        a: new FakeProvider(() => {
          times.push(clock.now());
          return answer();
        }),
      },
      limits: { a: { requestsPerMinute: 60, burst: 1 } },
    });
    let waits = 0;
    const waiting = <T>(work: () => Promise<T>) => {
      waits++;
      return work();
    };
    await settle(clock, Promise.all(Array.from({ length: 5 }, () => pool.call(request(), { waiting }))));
    assert.deepEqual(
      times.map((time) => time - (times[0] ?? 0)),
      [0, 1050, 2100, 3150, 4200],
    );
    assert.equal(waits, 5);
  });

  it('lets a higher priority go first, and forgets a call that was cancelled in the queue', async () => {
    const order: string[] = [];
    const a = new FakeProvider((call) => {
      order.push(call.messages[0]?.content ?? '');
      return answer();
    });
    const { pool, clock } = poolOf({ providers: { a }, limits: { a: { requestsPerMinute: 60 } } });
    const say = (content: string, priority: number, signal?: AbortSignal) =>
      pool.call(request({ messages: [{ role: 'user', content }], priority }), signal ? { signal } : {});
    const controller = new AbortController();
    const first = say('first', 5);
    const low = say('low', 1);
    const gone = say('gone', 9, controller.signal);
    const high = say('high', 9);
    controller.abort(new Error('cancelled'));
    await assert.rejects(gone, /cancelled/);
    await settle(clock, Promise.all([first, low, high]));
    assert.deepEqual(order.toSorted(), ['first', 'high', 'low']);
    assert.ok(order.indexOf('high') < order.indexOf('low'));
  });

  it('holds the concurrency of a group', async () => {
    const a: FakeProvider = new FakeProvider(async function* () {
      await clock.sleep(100);
      yield* answer();
    });
    const { pool, clock } = poolOf({ providers: { a }, limits: { a: { concurrent: 2 } } });
    await settle(clock, Promise.all(Array.from({ length: 7 }, () => pool.call(request()))));
    assert.equal(a.peak, 2);
    assert.equal(a.calls.length, 7);
  });
});

describe('AccountPool: failures', () => {
  for (const cause of ['rate-limited', 'server-error', 'timeout', 'network', 'overloaded', 'auth'] as const) {
    it(`fails over on ${cause}, and tells so`, async () => {
      const providers = { bad: new FakeProvider(() => failure(cause)), good: new FakeProvider(() => answer()) };
      const { pool, clock, ledger } = poolOf({ providers });
      const notes: ExecutionNote[] = [];
      const outcome = await settle(clock, pool.call(request(), { onNote: (note) => notes.push(note) }));
      assert.deepEqual(accountsOf(outcome), [`bad:${cause}`, 'good:completed']);
      assert.deepEqual(
        ledger.map((row) => row.outcome),
        [cause, 'completed'],
      );
      assert.ok(notes.some((note) => note.type === 'retry' && note.account === 'good'));
    });
  }

  it('does not use an account again whose key was refused, until it is reconfigured', async () => {
    const bad = new FakeProvider(() => failure('auth'));
    const good = new FakeProvider(() => answer());
    const { pool, clock } = poolOf({ providers: { bad, good } });
    for (let index = 0; index < 4; index++) await settle(clock, pool.call(request()));
    assert.equal(bad.calls.length, 1);
    assert.equal(pool.status()[0]?.state, 'key-refused');
    pool.reconfigure({ accounts: [account('bad'), account('good')] });
    assert.equal(pool.status()[0]?.state, 'ready');
  });

  it('counts calls that wait also while every account cools, and says when one is free', async () => {
    const a = new FakeProvider((_call, count) =>
      count === 1 ? failure('rate-limited', { retryAfterMs: 20_000 }) : answer(),
    );
    const { pool, clock } = poolOf({ providers: { a }, limits: { a: { concurrent: 2, requestsPerMinute: 60 } } });
    const calls = [pool.call(request()), pool.call(request()), pool.call(request())];
    await clock.advance(5_000);
    const [status] = pool.status();
    assert.deepEqual([status?.state, status?.queued, status?.inFlight], ['cooling', 3, 0]);
    assert.equal(status?.freeAt, status?.cooldown?.until);
    assert.deepEqual(
      status?.limits.map(({ kind, limit }) => [kind, limit]),
      [
        ['requests-per-minute', 60],
        ['concurrent', 2],
      ],
    );
    assert.ok(status?.headroom !== null && (status?.headroom ?? 0) < 1);
    for (const call of calls) await settle(clock, call);
    assert.deepEqual([pool.status()[0]?.queued, pool.status()[0]?.freeAt], [0, null]);
  });

  it('takes new limits over while calls wait', async () => {
    const { pool, clock } = poolOf({
      providers: { a: new FakeProvider(() => answer()) },
      limits: { a: { requestsPerMinute: 1 } },
    });
    await settle(clock, pool.call(request()));
    const began = clock.monotonic();
    const waiting = pool.call(request());
    await clock.advance(1_000);
    pool.reconfigure({ quotaGroups: {} });
    await settle(clock, waiting);
    assert.ok(clock.monotonic() - began < 2_000, `${clock.monotonic() - began} ms`);
  });

  it('fails at once with the cause when every key was refused', async () => {
    const providers = { a: new FakeProvider(() => failure('auth')), b: new FakeProvider(() => failure('auth')) };
    const { pool, clock } = poolOf({ providers });
    const outcome = await settle(clock, pool.call(request()));
    assert.equal(outcome.status === 'failed' && outcome.failure.cause, 'auth');
    assert.equal(clock.monotonic(), 0);
  });

  it('waits for the first account to be free when all cool, as long as its Retry-After says', async () => {
    const a = new FakeProvider((_call, count) =>
      count === 1 ? failure('rate-limited', { retryAfterMs: 20_000 }) : answer(),
    );
    const b = new FakeProvider((_call, count) =>
      count === 1 ? failure('rate-limited', { retryAfterMs: 5_000 }) : answer(),
    );
    const { pool, clock } = poolOf({ providers: { a, b } });
    const outcome = await settle(clock, pool.call(request()));
    assert.deepEqual(accountsOf(outcome), ['a:rate-limited', 'b:rate-limited', 'b:completed']);
    assert.ok(clock.monotonic() >= 5_000 && clock.monotonic() < 20_000, String(clock.monotonic()));
  });

  it('gives the honest error when the wait would be too long, with the time', async () => {
    const a = new FakeProvider(() => failure('rate-limited', { retryAfterMs: 1e12 }));
    const { pool, clock } = poolOf({ providers: { a } });
    const outcome = await settle(clock, pool.call(request()));
    assert.equal(outcome.status, 'failed');
    assert.ok(outcome.status === 'failed' && /All accounts are currently rate-limited/.test(outcome.failure.message));
    assert.ok(outcome.status === 'failed' && (outcome.retryAt ?? 0) > clock.now() + MAX_WAIT_MS);
    assert.equal(a.calls.length, 1);
  });

  it('sends one probe after a cooldown, and the rest once it has succeeded', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const a: FakeProvider = new FakeProvider(async function* (_call, count) {
      if (count === 1) return yield* failure('server-error');
      if (count === 2) await gate;
      yield* answer();
    });
    const { pool, clock } = poolOf({ providers: { a } });
    const calls = Promise.all([pool.call(request()), pool.call(request()), pool.call(request())]);
    await clock.advance(3_000);
    assert.ok(a.calls.length <= 4);
    open();
    const outcomes = await settle(clock, calls);
    assert.ok(outcomes.every((outcome) => outcome.status === 'completed'));
  });

  it('returns an invalid request at once, without trying it elsewhere', async () => {
    const providers = { a: new FakeProvider(() => failure('invalid-request')), b: new FakeProvider(() => answer()) };
    const { pool, clock } = poolOf({ providers });
    const outcome = await settle(clock, pool.call(request()));
    assert.equal(outcome.status === 'failed' && outcome.failure.cause, 'invalid-request');
    assert.equal(providers.b.calls.length, 0);
  });

  it('bounds the attempts on a provider that always fails', async () => {
    const a = new FakeProvider(() => failure('server-error'));
    const { pool, clock } = poolOf({ providers: { a } });
    const outcome = await settle(clock, pool.call(request()));
    assert.equal(outcome.status, 'failed');
    assert.equal(a.calls.length, 3);
  });

  it('replaces shown text when a stream breaks, and never calls a cut one complete', async () => {
    const cut = [{ type: 'text' as const, text: 'half an' }];
    const a = new FakeProvider((_call, count) => (count === 1 ? cut : answer('whole answer')));
    const { pool, clock } = poolOf({ providers: { a } });
    let shown = '';
    const onText = (text: string, reset: boolean) => {
      shown = reset ? text : shown + text;
    };
    const outcome = await settle(clock, pool.call(request(), { onText }));
    assert.deepEqual(accountsOf(outcome), ['a:cut-stream', 'a:completed']);
    assert.equal(shown, 'whole answer');

    const always = poolOf({ providers: { a: new FakeProvider(() => cut) } });
    const partial = await settle(always.clock, always.pool.call(request()));
    assert.deepEqual([partial.status, partial.status === 'partial' && partial.text], ['partial', 'half an']);
  });

  it('takes the end of the stream for an answer where the provider reports no finish', async () => {
    const a = new FakeProvider(() => [{ type: 'text', text: 'all of it' }], { reportsFinish: false });
    const { pool, clock } = poolOf({ providers: { a } });
    const outcome = await settle(clock, pool.call(request()));
    assert.equal(outcome.status, 'completed');
    assert.equal(outcome.attempts[0]?.tokens.estimated, true);
  });

  it('gives up on a provider that never answers, and marks it as possibly billed', async () => {
    const silent = new FakeProvider((_call, _count, signal) => hang(signal));
    const { pool, clock, ledger } = poolOf({ providers: { silent, good: new FakeProvider(() => answer()) } });
    const outcome = await settle(clock, pool.call(request()));
    assert.deepEqual(accountsOf(outcome), ['silent:timeout', 'good:completed']);
    assert.equal(ledger[0]?.possiblyBilled, true);
  });

  it('stops at once when it is aborted, and leaves nothing in flight', async () => {
    const a = new FakeProvider((_call, _count, signal) => hang(signal));
    const { pool, clock } = poolOf({ providers: { a } });
    const controller = new AbortController();
    const call = pool.call(request(), { signal: controller.signal });
    await clock.advance(10);
    controller.abort(new Error('enough'));
    await assert.rejects(call, /enough/);
    await clock.advance(0);
    assert.equal(a.inFlight, 0);
    assert.equal(pool.status()[0]?.inFlight, 0);
  });
});

describe('AccountPool: budgets', () => {
  // 30 bytes are 23 tokens at worst with the frame of a message; 100 of output at 2 USD: 223 micro-USD.
  const WORST = 223e-6;
  const full = () => new FakeProvider(() => answer('x', { input: 23, output: 100 }));

  it('sends exactly one of 50 calls that use their whole reservation, with a budget for one', async () => {
    const a = full();
    const { pool, clock } = poolOf({ providers: { a } });
    const calls = Array.from({ length: 50 }, () => pool.call(request({ runBudget: { usd: WORST, tokens: null } })));
    const outcomes = await settle(clock, Promise.all(calls));
    assert.equal(a.calls.length, 1);
    assert.equal(outcomes.filter((outcome) => outcome.status === 'completed').length, 1);
    const refused = outcomes.find((outcome) => outcome.status === 'refused');
    assert.match(refused?.status === 'refused' ? refused.reason : '', /budget of this run \(\$0\.0002\)/);
  });

  it('has all 50 in flight at once with a budget for 50', async () => {
    const a: FakeProvider = new FakeProvider(async function* () {
      await clock.sleep(100);
      yield* answer('x', { input: 23, output: 100 });
    });
    const { pool, clock } = poolOf({ providers: { a } });
    const calls = Array.from({ length: 50 }, () =>
      pool.call(request({ runBudget: { usd: WORST * 50, tokens: null } })),
    );
    const outcomes = await settle(clock, Promise.all(calls));
    assert.equal(a.peak, 50);
    assert.ok(outcomes.every((outcome) => outcome.status === 'completed'));
  });

  it('waits while a running call may free enough, and settles what was really used', async () => {
    const a: FakeProvider = new FakeProvider(async function* () {
      await clock.sleep(100);
      yield* answer('x', { input: 10, output: 5 });
    });
    const { pool, clock, quota } = poolOf({ providers: { a } });
    const calls = [1, 2, 3].map(() => pool.call(request({ runBudget: { usd: WORST * 1.5, tokens: null } })));
    const outcomes = await settle(clock, Promise.all(calls));
    assert.ok(outcomes.every((outcome) => outcome.status === 'completed'));
    assert.equal(a.peak, 1);
    assert.deepEqual(await quota.usage(['run:run']), { 'run:run': { spent: 60, reserved: 0 } });
  });

  it('releases the reservation of an attempt that failed unbilled, and keeps that of one that may have been billed', async () => {
    const unbilled = poolOf({ providers: { a: new FakeProvider(() => failure('invalid-request')) } });
    await settle(unbilled.clock, unbilled.pool.call(request({ runBudget: { usd: 1, tokens: null } })));
    assert.deepEqual(await unbilled.quota.usage(['run:run']), { 'run:run': { spent: 0, reserved: 0 } });

    const billed = poolOf({
      providers: { a: new FakeProvider(() => failure('invalid-request', { possiblyBilled: true })) },
    });
    await settle(billed.clock, billed.pool.call(request({ runBudget: { usd: 1, tokens: null } })));
    assert.deepEqual(await billed.quota.usage(['run:run']), { 'run:run': { spent: 223, reserved: 0 } });
  });

  it('refuses an unknown price under a USD budget, unless tokens bound the run', async () => {
    const { pool, clock } = poolOf({ providers: { a: full() }, price: null });
    const refused = await settle(clock, pool.call(request({ runBudget: { usd: 1, tokens: null } })));
    assert.equal(refused.status === 'refused' && refused.scope, 'price');
    const bounded = await settle(clock, pool.call(request({ runBudget: { usd: 1, tokens: 10_000 } })));
    assert.equal(bounded.status, 'completed');
    assert.equal(bounded.attempts[0]?.costUSD, null);
  });

  it('shares the budget of the day between pools on one store', async () => {
    const first = poolOf({ providers: { a: full() } });
    const second = poolOf({ providers: { a: full() }, quota: first.quota });
    const limited = { runBudget: { usd: null, tokens: 123 } };
    const one = await settle(first.clock, first.pool.call(request(limited)));
    const two = await settle(second.clock, second.pool.call(request(limited)));
    assert.deepEqual([one.status, two.status], ['completed', 'refused']);
  });
});

async function* hang(signal: AbortSignal): AsyncGenerator<never> {
  await new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}
