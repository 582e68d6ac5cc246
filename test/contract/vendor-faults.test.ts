import assert from 'node:assert/strict';
import { TOTAL_TIMEOUT_MS } from '../../src/core/accounts/silence-watch.ts';
import type { CallOutcome } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { GARBAGE } from '../support/garbage-answers.ts';
import { LimitedVendor, type RateLimit } from '../support/limited-vendor.ts';
import { account, poolOf, request } from '../support/pool-fixture.ts';
import { ScaledClock } from '../support/scaled-clock.ts';
import type { Reply, ScriptedServer } from '../support/scripted-server.ts';
import { providerAt, SHAPES, type Shape, withEar } from '../support/vendor-shapes.ts';

const GOOD = 'The answer of the account that works. '.repeat(3);
/** Calls that meet every fault at once. */
const CALLS = 30;
const HALF = 'Words of an answer that comes to nothing. '.repeat(4);

for (const [name, shape] of Object.entries(SHAPES)) {
  describe(`faults of an upstream with ${name}'s API, over sockets`, () => {
    let servers: ScriptedServer[] = [];
    afterEach(async () => {
      await Promise.all(servers.map((server) => server.close()));
      for (const server of servers) assert.deepEqual(server.unscripted, []);
      servers = [];
    });

    const start = async (script: Parameters<Shape['start']>[0]) => {
      const server = await shape.start(script);
      servers.push(server);
      return server;
    };

    /** A pool of an account whose upstream does so, and one that works. `hear` is called for every sign of life of the first. */
    async function pair(reply: Reply, hear: () => void = () => undefined) {
      const [faulty, good] = await Promise.all([start(() => reply), start(() => ({ type: 'answer', text: GOOD }))]);
      const providers: Record<string, ModelProvider> = {
        a: withEar(await providerAt(shape, faulty, 'a'), hear),
        b: await providerAt(shape, good, 'b'),
      };
      const accounts = Object.keys(providers).map((one) => account(one, { provider: shape.vendor }));
      const world = poolOf({
        providers: {},
        accounts,
        overrides: { providerFor: async (one) => providers[one.name] ?? assert.fail() },
      });
      let shown = '';
      const onText = (text: string, reset: boolean) => {
        shown = reset ? text : shown + text;
      };
      const call = (): Promise<CallOutcome> => world.pool.call(request(), { onText });
      return { ...world, call, faulty, shown: () => shown };
    }

    /** The call was answered by the second account, after the first failed so; nothing of the first is left. */
    function failedOver(outcome: CallOutcome, shown: string): string {
      assert.deepEqual([outcome.status, 'text' in outcome && outcome.text, shown], ['completed', GOOD, GOOD]);
      assert.deepEqual(
        outcome.attempts.map((attempt) => attempt.account),
        ['a', 'b'],
      );
      assert.equal(outcome.attempts[1]?.outcome, 'completed');
      return outcome.attempts[0]?.outcome ?? '';
    }

    /** Each piece comes `gapMs` after the client has noticed the one before. */
    function dripping(gapMs: number, pieces: number | 'bytes') {
      const heard = { count: 0, seen: 0 };
      const body = { type: 'answer' as const, text: HALF };
      const beforePiece = async (sent: number) => {
        if (sent === 0) return;
        while (heard.count <= heard.seen) await new Promise((resolve) => setTimeout(resolve, 1));
        heard.seen = heard.count;
        await world.value?.clock.advance(gapMs);
      };
      const world: { value?: Awaited<ReturnType<typeof pair>> } = {};
      const begin = async () => {
        const whole = (await start(() => body)).bodyOf(body).length;
        const chunkBytes = pieces === 'bytes' ? 1 : Math.ceil(whole / pieces);
        world.value = await pair({ ...body, chunkBytes, beforePiece }, () => heard.count++);
        return world.value;
      };
      return begin();
    }

    it('an answer that drips, below the idle time-out, is taken to its end', async () => {
      const { call, shown, clock } = await dripping(50_000, 12);
      const outcome = await call();
      assert.deepEqual([outcome.status, 'text' in outcome && outcome.text, shown()], ['completed', HALF, HALF]);
      assert.equal(outcome.attempts.length, 1);
      assert.ok(clock.monotonic() >= 500_000, `over ${clock.monotonic() / 1000} s`);
    });

    it('one that falls silent for longer is given up, and the other account answers', async () => {
      const { call, shown, faulty } = await dripping(61_000, 4);
      assert.equal(failedOver(await call(), shown()), 'timeout');
      while (faulty.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    });

    it('one of a byte per 30 seconds ends at the total deadline', async () => {
      const { call, shown, clock } = await dripping(30_000, 'bytes');
      assert.equal(failedOver(await call(), shown()), 'timeout');
      assert.ok(clock.monotonic() >= TOTAL_TIMEOUT_MS && clock.monotonic() < TOTAL_TIMEOUT_MS + 60_000);
    });

    it('a call that is cancelled within its answer closes its socket within a second, and leaves one row', async () => {
      let cancelledAt = Number.POSITIVE_INFINITY;
      const controller = new AbortController();
      const beforePiece = async (sent: number) => {
        if (sent > 0) await new Promise(() => undefined);
      };
      const { pool, faulty, ledger, clock } = await pair({ type: 'answer', text: HALF, beforePiece });
      const onText = () => {
        cancelledAt = performance.now();
        controller.abort(new Error('enough'));
      };
      await assert.rejects(pool.call(request(), { onText, signal: controller.signal }), /enough/);
      while (faulty.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      const tookMs = performance.now() - cancelledAt;
      assert.ok(tookMs < 1_000, `${tookMs} ms`);
      await clock.advance(600_000);
      assert.deepEqual(
        ledger.map((row) => [row.account, row.outcome, row.possiblyBilled]),
        [['a', 'cancelled', true]],
      );
    });

    for (const [what, reply] of Object.entries(GARBAGE)) {
      it(`${what}: a typed failure, and the other account answers`, async () => {
        const { call, shown, ledger } = await pair(reply);
        const cause = failedOver(await call(), shown());
        assert.ok(['invalid-response', 'cut-stream', 'server-error', 'network'].includes(cause), cause);
        const rows = ledger.map((row) => [row.account, row.outcome]);
        assert.deepEqual(rows, [
          ['a', cause],
          ['b', 'completed'],
        ]);
      });
    }

    for (const limit of [
      { type: 'window', limit: 20, windowMs: 4_000 },
      { type: 'bucket', limit: 20, windowMs: 4_000, burst: 2 },
    ] as const satisfies readonly RateLimit[]) {
      it(`all of them at once, with a ${limit.type} as limit: every call ends whole, once`, async function () {
        this.timeout(60_000);
        const clock = new ScaledClock(25);
        const behaviour = {
          limit,
          latencyMs: [1, 8],
          errorRate: 0.08,
          cutRate: 0.08,
          dripRate: 0.15,
          dripMs: 2,
        } as const;
        const vendor = new LimitedVendor(
          { ...behaviour, garbageRate: 0.15, headers: shape.headers, headerScale: 1, text: GOOD, seed: 7 },
          () => clock.monotonic(),
        );
        const server = await start(vendor.script);
        const providers: Record<string, ModelProvider> = {};
        for (const one of ['a', 'b', 'c']) providers[one] = await providerAt(shape, server, one);
        const { pool, ledger } = poolOf({
          providers: {},
          accounts: Object.keys(providers).map((one) => account(one, { provider: shape.vendor })),
          overrides: { clock, random: Math.random, providerFor: async (one) => providers[one.name] ?? assert.fail() },
        });
        const texts = await Promise.all(
          Array.from({ length: CALLS }, async () => {
            let shown = '';
            const onText = (text: string, reset: boolean) => {
              shown = reset ? text : shown + text;
            };
            const outcome = await pool.call(request(), { onText });
            assert.equal(outcome.status, 'completed', JSON.stringify(outcome));
            return ['text' in outcome && outcome.text, shown];
          }),
        );
        for (const text of texts) assert.deepEqual(text, [GOOD, GOOD]);
        const { requests, completed, drips, garbage, cuts, errors } = vendor.log;
        assert.equal(ledger.filter((row) => row.outcome === 'completed').length, CALLS);
        assert.equal(ledger.length, requests, 'a row for every attempt');
        assert.ok(completed >= CALLS && drips > 0 && garbage > 0 && cuts > 0 && errors > 0, JSON.stringify(vendor.log));
      });
    }
  });
}
