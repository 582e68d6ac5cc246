import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryQuota } from '../../../../src/adapters/storage/memory/memory-quota.ts';
import { EMPTY_TOKENS, settleTokens, takeTokens } from '../../../../src/core/accounts/token-window.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';
import { account, poolOf, request } from '../../../support/pool-fixture.ts';

async function settle<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  await clock.runUntil(() => over);
  return work;
}

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
      used: { input: 500, output: 0 },
    });
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
