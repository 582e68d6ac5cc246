import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryQuota } from '../../../../src/adapters/storage/memory/memory-quota.ts';
import { GroupGate, type Pass } from '../../../../src/core/accounts/group-gate.ts';
import { type QuotaLimits, UNPACED } from '../../../../src/core/config.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const PATIENT = new AbortController().signal;
const STAY = () => false;

function gateOf(limits: Partial<QuotaLimits>, clock = new FakeClock(), quota = new MemoryQuota()) {
  return { gate: new GroupGate('group', { ...UNPACED, ...limits }, quota, clock), clock, quota };
}

function passed(pass: Pass | null): Pass {
  return pass ?? assert.fail('was sent away');
}

describe('GroupGate', () => {
  it('keeps the limit however calls come, are cancelled and end', async () => {
    const call = fc.record({
      at: fc.integer({ min: 0, max: 20_000 }),
      cancelAfter: fc.option(fc.integer({ min: 0, max: 10_000 })),
      lasts: fc.integer({ min: 0, max: 3_000 }),
      priority: fc.integer({ min: 1, max: 10 }),
    });
    const calls = fc.array(call, { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        calls,
        fc.integer({ min: 6, max: 240 }),
        fc.integer({ min: 1, max: 4 }),
        async (all, rpm, limit) => {
          const { gate, clock } = gateOf({ requestsPerMinute: rpm, concurrent: limit });
          const sends: number[] = [];
          let inside = 0;
          const work = all.map(async ({ at, cancelAfter, lasts, priority }) => {
            await clock.sleep(at);
            const controller = new AbortController();
            if (cancelAfter !== null)
              void clock.sleep(cancelAfter).then(() => controller.abort(new Error('cancelled')));
            const pass = passed(await gate.enter(priority, controller.signal, STAY));
            sends.push(clock.monotonic());
            assert.ok(++inside <= limit, 'too many at once');
            await clock.sleep(lasts);
            inside--;
            pass.leave();
          });
          const ended = Promise.allSettled(work);
          await clock.advance(400_000);
          for (const one of await ended) assert.ok(one.status === 'fulfilled' || /cancelled/.test(String(one.reason)));
          for (const [index, time] of sends.entries()) {
            const before = sends[index - 1];
            if (before !== undefined) assert.ok(time - before >= 60_000 / rpm - 0.01, `${time - before} ms apart`);
          }
          assert.equal(clock.sleeping, 0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('sends everybody back when it is held, and holds nobody afterwards', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 60 });
    const first = await gate.enter(5, PATIENT, STAY);
    assert.ok(first);
    const waiting = [gate.enter(5, PATIENT, STAY), gate.enter(5, PATIENT, STAY)];
    gate.hold(clock.now() + 30_000);
    assert.deepEqual(await Promise.all(waiting), [null, null]);
    assert.equal(gate.heldUntil(clock.now()), clock.now() + 30_000);
    await clock.advance(30_000);
    passed(await gate.enter(5, PATIENT, STAY));
  });

  it('sends a call elsewhere when another process has the next send times, and keeps those that stay', async () => {
    const { gate, clock, quota } = gateOf({ requestsPerMinute: 60 });
    await quota.holdUntil('group', clock.now() + 20_000);
    const flexible = gate.enter(5, PATIENT, () => true);
    const loyal = gate.enter(5, PATIENT, STAY);
    assert.equal(await flexible, null);
    let sentAt = 0;
    void loyal.then(() => {
      sentAt = clock.monotonic();
    });
    await clock.advance(25_000);
    assert.equal(sentAt, 20_000);
  });

  it('gives a new send time to a call that comes late to its own', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 60 });
    const late = passed(await gate.enter(5, PATIENT, STAY));
    await clock.advance(5_000);
    const sends: number[] = [];
    const send = async (pass: Pass) => {
      assert.equal(await pass.punctual(PATIENT), true);
      sends.push(clock.monotonic());
    };
    const both = Promise.all([gate.enter(5, PATIENT, STAY).then((pass) => send(passed(pass))), send(late)]);
    await clock.advance(5_000);
    await both;
    assert.ok(Math.abs((sends[1] ?? 0) - (sends[0] ?? 0)) >= 1_000, String(sends));
  });

  it('leaves no timer behind when the last one that waited is cancelled', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 1 });
    passed(await gate.enter(5, PATIENT, STAY));
    const controller = new AbortController();
    const cancelled = gate.enter(5, controller.signal, STAY);
    await clock.advance(10);
    assert.equal(clock.sleeping, 1);
    controller.abort(new Error('enough'));
    await assert.rejects(cancelled, /enough/);
    await clock.advance(0);
    assert.equal(clock.sleeping, 0);
  });

  it('draws at most a second of send times ahead, and none twice', async () => {
    const { gate, clock, quota } = gateOf({ requestsPerMinute: 600 });
    let draws = 0;
    const draw = quota.drawSlots.bind(quota);
    quota.drawSlots = (request) => {
      draws++;
      assert.ok(request.want <= 10);
      return draw(request);
    };
    const calls = Promise.all(Array.from({ length: 50 }, () => gate.enter(5, PATIENT, STAY)));
    await clock.advance(5_000);
    await calls;
    // The first call draws before the others are there.
    assert.equal(draws, 6);
  });

  it('refuses all that wait when the store fails, and works again afterwards', async () => {
    const { gate, quota } = gateOf({ requestsPerMinute: 60 });
    const draw = quota.drawSlots.bind(quota);
    quota.drawSlots = () => Promise.reject(new Error('disk full'));
    await assert.rejects(gate.enter(5, PATIENT, STAY), /disk full/);
    quota.drawSlots = draw;
    passed(await gate.enter(5, PATIENT, STAY));
  });
});
