import { openAiLimits } from '../../src/adapters/providers/limit-headers.ts';
import { retryAfterMs } from '../../src/adapters/providers/retry-after.ts';
import type { QuotaLimits } from '../../src/core/config.ts';
import type { StreamPart } from '../../src/core/model.ts';
import { FakeClock } from './fake-clock.ts';
import { answer, FakeProvider, failure } from './fake-provider.ts';
import { LimitedVendor, type RateLimit, seededRandom, type VendorBehaviour } from './limited-vendor.ts';
import { type PoolSetup, type PoolWorld, poolOf, request } from './pool-fixture.ts';

/** Accounts at vendors with limits, in simulated time. */
export interface Simulation {
  readonly vendors: Readonly<Record<string, Omit<VendorBehaviour, 'seed'>>>;
  readonly limits?: Readonly<Record<string, Partial<QuotaLimits>>>;
  readonly calls: number;
  readonly workers: number;
  readonly seed: number;
  /** Longest way of a request to the vendor, ms; uniform. */
  readonly jitterMs: number;
  /** Several pools that share one store. */
  readonly pools?: number;
  readonly overrides?: PoolSetup['overrides'];
}

/** What became of it. */
export interface SimulationResult {
  /** Until the last answer. */
  readonly ms: number;
  /** The shortest time in which the vendors could have served so many. */
  readonly ratio: number;
  /** Share of what the vendors could have admitted in that time that was admitted, also for errors. */
  readonly used: number;
  readonly refused: number;
  readonly failed: number;
  readonly worlds: readonly PoolWorld[];
}

/** Makes calls as `workers` workers would, on a clock that jumps from event to event. */
export async function simulate(simulation: Simulation): Promise<SimulationResult> {
  const { calls, workers, seed, pools = 1, limits = {} } = simulation;
  const clock = new FakeClock();
  const vendors = Object.entries(simulation.vendors).map(
    ([name, behaviour], index) =>
      [name, new LimitedVendor({ ...behaviour, seed: seed + index }, () => clock.monotonic())] as const,
  );
  const random = seededRandom(seed);
  const providers = Object.fromEntries(
    vendors.map(([name, vendor]) => [name, providerOf(vendor, clock, () => random() * simulation.jitterMs)]),
  );
  const first = poolOf({ providers, limits, clock, overrides: { random, ...simulation.overrides } });
  const others = Array.from({ length: pools - 1 }, () =>
    poolOf({ providers, limits, clock, quota: first.quota, overrides: { random, ...simulation.overrides } }),
  );
  const worlds = [first, ...others];
  let next = 0;
  let failed = 0;
  let last = 0;
  const worker = async ({ pool }: PoolWorld) => {
    while (next++ < calls) {
      const { status } = await pool.call(request());
      if (status !== 'completed') failed++;
      last = clock.monotonic();
    }
  };
  let over = false;
  const all = worlds.flatMap((world) => Array.from({ length: Math.round(workers / pools) }, () => worker(world)));
  const done = Promise.all(all).finally(() => {
    over = true;
  });
  await clock.runUntil(() => over);
  await done;
  const refused = vendors.reduce((sum, [, { log }]) => sum + log.refused, 0);
  const admitted = vendors.reduce((sum, [, { log }]) => sum + log.requests - log.refused, 0);
  const behaviours = Object.values(simulation.vendors);
  const ratio = last / shortest(behaviours, calls);
  const used = admitted / behaviours.reduce((sum, { limit }) => sum + admittedBy(limit, last), 0);
  return { ms: last, ratio, used, refused, failed, worlds };
}

function providerOf(vendor: LimitedVendor, clock: FakeClock, jitter: () => number): FakeProvider {
  return new FakeProvider(async function* (_call, _count, signal): AsyncGenerator<StreamPart> {
    await clock.sleep(jitter(), signal);
    const reply = await vendor.script({ path: '', headers: {}, key: 'key', body: {}, rawBody: '' }, 1);
    if (reply.type !== 'answer' && reply.type !== 'error') throw new Error(`not simulated: ${reply.type}`);
    const headers = new Headers(reply.headers);
    await clock.sleep(reply.delayMs ?? 0, signal);
    if (reply.type === 'error') {
      const cause = reply.status === 429 ? 'rate-limited' : 'server-error';
      yield* failure(cause, { retryAfterMs: retryAfterMs(headers, clock.now()) });
      return;
    }
    const limits = openAiLimits(headers, clock.now());
    if (limits) yield { type: 'limits', limits };
    yield* answer();
  });
}

/** Until the vendors together may have admitted so many requests, and the mean latency of the last. */
function shortest(vendors: readonly Omit<VendorBehaviour, 'seed'>[], calls: number): number {
  const admitted = (ms: number) => vendors.reduce((sum, { limit }) => sum + admittedBy(limit, ms), 0);
  let ms = 0;
  while (admitted(ms) < calls) ms += 10;
  const [min = 0, max = 0] = vendors[0]?.latencyMs ?? [];
  return ms + (min + max) / 2;
}

function admittedBy(limit: RateLimit, ms: number): number {
  if (limit.type === 'window') return limit.limit * (Math.floor(ms / limit.windowMs) + 1);
  return limit.burst + Math.floor((ms * limit.limit) / limit.windowMs + 1e-9);
}
