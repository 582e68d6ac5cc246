import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryQuota } from '../../../../src/adapters/storage/memory/memory-quota.ts';
import { EMPTY_TOKENS, settleTokens, takeTokens } from '../../../../src/core/accounts/token-window.ts';
import type { LimitReport } from '../../../../src/core/model.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';
import { account, type PoolWorld, poolOf, request, settle } from '../../../support/pool-fixture.ts';

/** A provider that notes the time of its calls. */
function timed(clockOf: () => FakeClock, times: number[], usage = { input: 10, output: 5 }) {
  return new FakeProvider(function* () {
    times.push(clockOf().monotonic());
    yield* answer('fine', usage);
  });
}

describe('takeTokens', () => {
  const limits = { tokensPerMinute: 100, inputTokensPerMinute: 60, outputTokensPerMinute: null };

  it('never lets a minute hold more than a limit, whatever is settled meanwhile', () => {
    const call = fc.record({
      step: fc.integer({ min: 0, max: 40_000 }),
      input: fc.integer({ min: 0, max: 60 }),
      output: fc.integer({ min: 0, max: 40 }),
      used: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
        let window = EMPTY_TOKENS;
        let now = 1_000_000;
        const taken: { at: number; input: number; output: number }[] = [];
        for (const { step, input, output, used } of calls) {
          now += step;
          const { window: next, grant } = takeTokens(window, { tokens: { input, output }, limits, now });
          window = next;
          if (!grant.granted) {
            assert.ok(grant.freeAt > now && grant.freeAt <= now + 60_000);
            // It does not wait.
            if (grant.claim !== null) window = settleTokens(window, grant.claim, { input: 0, output: 0 });
            continue;
          }
          const actual = { input: Math.min(input, used), output: Math.min(output, used) };
          window = settleTokens(window, grant.ticket, actual);
          taken.push({ at: now, ...actual });
          const minute = taken.filter(({ at }) => at > now - 60_000);
          const sum = (count: (one: (typeof taken)[number]) => number) =>
            minute.reduce((all, one) => all + count(one), 0);
          assert.ok(sum((one) => one.input) <= 60);
          assert.ok(sum((one) => one.input + one.output) <= 100);
        }
      }),
    );
  });

  it('lets a call that is larger than the limit go when the minute is empty', () => {
    const large = { tokens: { input: 500, output: 0 }, limits, now: 1_000_000 };
    const first = takeTokens(EMPTY_TOKENS, large);
    assert.equal(first.grant.granted, true);
    assert.deepEqual(takeTokens(first.window, large).grant, {
      granted: false,
      freeAt: 1_060_000,
      claim: 2,
      used: { input: 500, output: 0 },
    });
  });
});

describe('takeTokens: who waits', () => {
  const limits = { tokensPerMinute: 10_000, inputTokensPerMinute: null, outputTokensPerMinute: null };
  const request = (tokens: number, now: number) => ({ tokens: { input: tokens, output: 0 }, limits, now });

  it('serves a large call within a minute of its asking, however many small ones take what is free', () => {
    const small = fc.record({ step: fc.integer({ min: 0, max: 3_000 }), tokens: fc.integer({ min: 1, max: 2_000 }) });
    const large = fc.record({ after: fc.nat(150), tokens: fc.integer({ min: 2_000, max: 20_000 }) });
    fc.assert(
      fc.property(fc.array(small, { minLength: 200, maxLength: 300 }), large, (calls, { after, tokens }) => {
        let window = EMPTY_TOKENS;
        let now = 1_000_000;
        let claim: number | null = null;
        let due = Number.POSITIVE_INFINITY;
        let askedAt = 0;
        for (const [index, call] of calls.entries()) {
          now += call.step;
          if (index === after || now >= due) {
            if (index === after) askedAt = now;
            const result = takeTokens(window, { ...request(tokens, now), claim });
            window = result.window;
            if (result.grant.granted) return assert.ok(now - askedAt <= 60_000 + 2 * 3_000, `${now - askedAt}`);
            ({ claim, freeAt: due } = result.grant);
          }
          const result = takeTokens(window, request(call.tokens, now));
          window = result.window;
          if (result.grant.granted || result.grant.claim === null) continue;
          window = settleTokens(window, result.grant.claim, { input: 0, output: 0 });
        }
        assert.ok(now - askedAt <= 70_000, 'it was never served');
      }),
    );
  });

  it('lets small calls go meanwhile that delay nobody', () => {
    let { window } = takeTokens(EMPTY_TOKENS, request(9_000, 1_000_000));
    ({ window } = takeTokens(window, request(5_000, 1_010_000)));
    assert.equal(takeTokens(window, request(1_000, 1_011_000)).grant.granted, true);
    assert.equal(takeTokens(window, request(1_001, 1_011_000)).grant.granted, false);
  });

  it('lets nobody wait for a call of lower priority', () => {
    let { window } = takeTokens(EMPTY_TOKENS, request(9_000, 1_000_000));
    ({ window } = takeTokens(window, { ...request(9_500, 1_010_000), priority: 3 }));
    assert.equal(takeTokens(window, { ...request(900, 1_011_000), priority: 3 }).grant.granted, false);
    assert.equal(takeTokens(window, { ...request(900, 1_011_000), priority: 4 }).grant.granted, true);
  });

  it('forgets who does not ask again', () => {
    let { window } = takeTokens(EMPTY_TOKENS, request(9_000, 1_000_000));
    ({ window } = takeTokens(window, request(9_500, 1_010_000)));
    assert.equal(takeTokens(window, request(900, 1_064_000)).grant.granted, false);
    assert.equal(takeTokens(window, request(9_900, 1_066_000)).grant.granted, true);
  });
});

describe('AccountPool: tokens per minute that a vendor names', () => {
  const reading = (limit: number, remaining: number) => ({ limit, remaining, resetMs: 1_000 });
  const naming = (limits: Partial<LimitReport>, usage = { input: 16, output: 100 }) =>
    new FakeProvider(function* () {
      yield { type: 'limits', limits: { requests: null, tokens: null, ...limits } };
      yield* answer('fine', usage);
    });
  const rows = ({ pool }: PoolWorld) =>
    pool.status()[0]?.limits.map(({ kind, limit, learned }) => [kind, limit, learned]);

  it('hold from the first answer on, and calls wait for them', async () => {
    const world = poolOf({ providers: { a: naming({ tokens: reading(250, 134) }) } });
    await world.pool.call(request());
    assert.deepEqual(rows(world), [['tokens-per-minute', 250, true]]);
    const began = world.clock.monotonic();
    await settle(world.clock, Promise.all([1, 2].map(() => world.pool.call(request()))));
    assert.ok(world.clock.monotonic() - began >= 59_000, `${world.clock.monotonic() - began}`);
  });

  it('are kept apart for input and output where the vendor does', async () => {
    const world = poolOf({
      providers: {
        a: naming({ tokens: reading(900, 500), inputTokens: reading(1_000, 900), outputTokens: reading(300, 200) }),
      },
    });
    await world.pool.call(request());
    assert.deepEqual(rows(world), [
      ['input-tokens-per-minute', 1_000, true],
      ['output-tokens-per-minute', 300, true],
    ]);
  });

  it('give way to what the user set', async () => {
    const world = poolOf({
      providers: { a: naming({ tokens: reading(9_000, 8_000) }) },
      limits: { a: { tokensPerMinute: 500 } },
    });
    await world.pool.call(request());
    assert.deepEqual(rows(world), [['tokens-per-minute', 500, false]]);
  });

  it('count in what others use of the key', async () => {
    const world = poolOf({
      providers: { a: naming({ tokens: reading(1_000, 50) }) },
      limits: { a: { tokensPerMinute: 1_000 } },
    });
    await world.pool.call(request());
    const began = world.clock.monotonic();
    await settle(world.clock, world.pool.call(request()));
    assert.ok(world.clock.monotonic() - began >= 59_000);
  });
});

describe('AccountPool: limits of a group', () => {
  it('keeps the tokens of a minute, and takes back what a call did not use', async () => {
    const times: number[] = [];
    const world = poolOf({
      providers: { a: timed(() => world.clock, times) },
      limits: { a: { tokensPerMinute: 250 } },
    });
    const calls = Array.from({ length: 5 }, () => world.pool.call(request()));
    await settle(world.clock, Promise.all(calls));
    // At worst 116 each, so two at once; 15 really, so that the others follow as soon as these are settled.
    assert.equal(times.length, 5);
    assert.ok((times.at(-1) ?? 0) < 61_000, `${times}`);
    const limit = world.pool.status()[0]?.limits.find(({ kind }) => kind === 'tokens-per-minute');
    assert.equal(limit?.limit, 250);
    assert.ok((limit?.used ?? 0) > 0);
  });

  it('waits for the minute where calls use what they reserve, and goes elsewhere where it can', async () => {
    const [a, b]: [number[], number[]] = [[], []];
    const usage = { input: 16, output: 100 };
    const world = poolOf({
      providers: { a: timed(() => world.clock, a, usage), b: timed(() => world.clock, b, usage) },
      limits: { a: { tokensPerMinute: 250 }, b: { outputTokensPerMinute: 100 } },
    });
    await settle(world.clock, Promise.all(Array.from({ length: 6 }, () => world.pool.call(request()))));
    assert.deepEqual([a.filter((at) => at < 60_000).length, b.filter((at) => at < 60_000).length], [2, 1]);
    assert.equal(a.length + b.length, 6);
  });

  it('lets a large call have its tokens among many small ones, in turn', async () => {
    const [small, large]: [number[], number[]] = [[], []];
    const world = poolOf({
      providers: {
        a: new FakeProvider(function* ({ maxTokens }) {
          (maxTokens > 100 ? large : small).push(world.clock.monotonic());
          yield* answer('fine', { input: 16, output: maxTokens });
        }),
      },
      limits: { a: { tokensPerMinute: 1_000 } },
    });
    const calls = Array.from({ length: 40 }, () => world.pool.call(request()));
    await world.clock.advance(1_000);
    calls.push(
      world.pool.call(
        request({
          maxTokens: 800,
          attribution: { runId: 'other', instanceId: 'task', agent: 'agent', purpose: 'subtask' },
        }),
      ),
    );
    await settle(world.clock, Promise.all(calls));
    assert.ok((large[0] ?? Number.POSITIVE_INFINITY) <= 130_000, `${large}`);
    assert.equal(small.length, 40);
  });

  it('keeps a limit of one model, and lets the others go', async () => {
    const times: Record<string, number[]> = {};
    const world = poolOf({
      providers: {
        a: new FakeProvider(function* ({ model }) {
          times[model] = [...(times[model] ?? []), world.clock.monotonic()];
          yield* answer();
        }),
      },
      limits: { a: { perModel: { 'model-complex': { requestsPerMinute: 30 } } } },
    });
    const complex = Array.from({ length: 3 }, () => world.pool.call(request({ tier: 'complex' })));
    const simple = Array.from({ length: 3 }, () => world.pool.call(request()));
    await settle(world.clock, Promise.all([...complex, ...simple]));
    assert.deepEqual(times['model-simple'], [0, 0, 0]);
    assert.ok((times['model-complex']?.[2] ?? 0) >= 4_000, `${times['model-complex']}`);
  });

  it('cools only the model that was refused where it has a limit of its own', async () => {
    const world = poolOf({
      providers: {
        a: new FakeProvider(({ model }, count) =>
          model === 'model-complex' && count === 1 ? failure('rate-limited', { retryAfterMs: 20_000 }) : answer(),
        ),
      },
      limits: { a: { perModel: { 'model-complex': { requestsPerMinute: 600 } } } },
    });
    const complex = world.pool.call(request({ tier: 'complex' }));
    await world.clock.advance(100);
    await settle(world.clock, world.pool.call(request()));
    assert.ok(world.clock.monotonic() < 1_000);
    assert.equal((await settle(world.clock, complex)).status, 'completed');
    assert.ok(world.clock.monotonic() >= 20_000);
  });

  it('sends no more than the requests of a day, over all pools on one store, and says when the next are free', async () => {
    const quota = new MemoryQuota();
    const limits = { a: { requestsPerDay: 3, dayResets: '06:00Z' } };
    const worlds = [1, 2].map(() => poolOf({ providers: { a: new FakeProvider(() => answer()) }, limits, quota }));
    const [first, second] = worlds;
    assert.ok(first && second);
    for (const { pool, clock } of [first, second, first]) await settle(clock, pool.call(request()));
    const outcome = await settle(second.clock, second.pool.call(request()));
    assert.equal(outcome.status === 'failed' && outcome.failure.cause, 'daily-quota');
    const [status] = second.pool.status();
    assert.equal(status?.cooldown?.cause, 'daily-quota');
    assert.match(status?.freeAt ?? '', /T06:00:\d\d|T06:\d\d:/);
  });
});

describe('AccountPool: what its status tells', () => {
  it('is what all processes together have used, of minute and day, and what any of them has learned', async () => {
    const quota = new MemoryQuota();
    const limits = { a: { requestsPerMinute: 600, burst: 60, tokensPerMinute: 5_000, requestsPerDay: 100 } };
    const naming = new FakeProvider(function* () {
      yield { type: 'limits', limits: { requests: { limit: 300, remaining: 299, resetMs: 0 }, tokens: null } };
      yield* answer();
    });
    const providers = { a: new FakeProvider(() => answer()), b: naming };
    const one = poolOf({ providers: { a: providers.a }, limits, quota });
    const two = poolOf({ providers: { b: naming }, quota, clock: one.clock });
    const other = poolOf({ providers, limits, quota, clock: one.clock });
    const pools = [one, one, one, two, two, two];
    await settle(one.clock, Promise.all(pools.map(({ pool }) => pool.call(request()))));
    const rows = () =>
      other.pool
        .status()
        .map(({ limits: all }) => all.map(({ kind, limit, used, learned }) => [kind, limit, used, learned]));
    assert.deepEqual(rows()[0]?.[0], ['requests-per-minute', 600, 0, false]);
    await other.pool.look();
    assert.deepEqual(rows(), [
      [
        ['requests-per-minute', 600, 3, false],
        ['requests-per-day', 100, 3, false],
        ['tokens-per-minute', 5_000, 45, false],
      ],
      [['requests-per-minute', 300, 3, true]],
    ]);
    await one.clock.advance(61_000);
    assert.deepEqual(rows()[0]?.[0], ['requests-per-minute', 600, 0, false]);
  });
});

describe('AccountPool: who goes where', () => {
  it('lets runs of the same priority take turns', async () => {
    const order: string[] = [];
    const world = poolOf({
      providers: { a: new FakeProvider(() => answer()) },
      limits: { a: { requestsPerMinute: 60 } },
    });
    const call = async (runId: string) => {
      await world.pool.call(
        request({ attribution: { runId, instanceId: 'task', agent: 'agent', purpose: 'subtask' } }),
      );
      order.push(runId);
    };
    const many = Array.from({ length: 6 }, () => call('large'));
    const few = Array.from({ length: 2 }, () => call('small'));
    await settle(world.clock, Promise.all([...many, ...few]));
    assert.ok(order.lastIndexOf('small') <= 5, order.join(' '));
  });

  it('stays at the account whose vendor has the prompt in its cache, as long as it is free', async () => {
    const providers = { a: new FakeProvider(() => answer()), b: new FakeProvider(() => answer()) };
    const { pool, clock } = poolOf({ providers });
    const messages = [{ role: 'user' as const, content: 'x'.repeat(8_000) }];
    for (let index = 0; index < 4; index++) await settle(clock, pool.call(request({ messages })));
    assert.deepEqual([providers.a.calls.length, providers.b.calls.length].toSorted(), [0, 4]);
    await clock.advance(400_000);
    await settle(clock, pool.call(request({ messages })));
    assert.deepEqual([providers.a.calls.length, providers.b.calls.length].toSorted(), [1, 4]);
  });

  it('serves a model whose whole group is out for long by the tier of another vendor, and says so', async () => {
    const asked = new FakeProvider(() => failure('daily-quota', { retryAfterMs: 3_600_000 }));
    const other = new FakeProvider(() => answer());
    const { pool, clock } = poolOf({
      providers: { asked, other },
      accounts: [account('asked'), account('other', { provider: 'anthropic' })],
    });
    const notes: string[] = [];
    const outcome = await settle(
      clock,
      pool.call(request({ model: 'openai/gpt-x' }), {
        onNote: (note) => {
          if (note.type === 'notice') notes.push(note.message);
        },
      }),
    );
    assert.equal(outcome.status, 'completed');
    assert.match(notes.join(), /serves instead/);
  });
});

describe('AccountPool: budgets of more kinds', () => {
  const worst = 138e-6 * 2;

  it('holds what one agent may spend in a run, and lets the others go on', async () => {
    const usage = { input: 38, output: 100 };
    const { pool, clock } = poolOf({
      providers: { a: new FakeProvider(() => answer('fine', usage)) },
      overrides: { budget: budget({ perAgentUSD: worst }) },
    });
    const as = (agent: string) =>
      pool.call(request({ attribution: { runId: 'run', instanceId: 'task', agent, purpose: 'subtask' } }));
    assert.equal((await settle(clock, as('one'))).status, 'completed');
    const second = await settle(clock, as('one'));
    assert.equal(second.status, 'refused');
    assert.match(second.status === 'refused' ? second.reason : '', /the agent one in this run/);
    assert.equal((await settle(clock, as('two'))).status, 'completed');
  });

  it('holds the month and the tokens of the day', async () => {
    for (const [some, name] of [
      [{ perMonthUSD: worst }, 'the month'],
      [{ perDayTokens: 200 }, 'the day'],
    ] as const) {
      const usage = { input: 38, output: 100 };
      const { pool, clock } = poolOf({
        providers: { a: new FakeProvider(() => answer('fine', usage)) },
        overrides: { budget: budget(some) },
      });
      assert.equal((await settle(clock, pool.call(request()))).status, 'completed');
      const refused = await settle(clock, pool.call(request()));
      assert.match(refused.status === 'refused' ? refused.reason : '', new RegExp(name));
    }
  });
});

describe('AccountPool: the ledger of cancelled calls', () => {
  it('has a row for a call that was stopped after it was sent, with what was heard, and none for one that was not sent', async () => {
    const world = poolOf({
      providers: {
        a: new FakeProvider(async function* (_call, _count, signal) {
          yield { type: 'text', text: 'x'.repeat(40) };
          await world.clock.sleep(60_000, signal);
        }),
      },
      limits: { a: { concurrent: 1 } },
    });
    const stop = new AbortController();
    const calls = [1, 2].map(() => world.pool.call(request(), { signal: stop.signal }));
    const ended = Promise.allSettled(calls);
    await world.clock.advance(1_000);
    stop.abort(new Error('stopped'));
    await ended;
    assert.deepEqual(
      world.ledger.map(({ outcome, possiblyBilled, tokens }) => [
        outcome,
        possiblyBilled,
        tokens.output,
        tokens.estimated,
      ]),
      [['cancelled', true, 10, true]],
    );
    assert.ok((world.ledger[0]?.costUSD ?? 0) > 0);
  });
});

function budget(some: object) {
  const none = { perRunUSD: null, perDayUSD: null, perRunTokens: null, perMonthUSD: null, perAgentUSD: null };
  return { ...none, perDayTokens: null, askAboveUSD: null, allowUnknownPrices: false, ...some };
}
