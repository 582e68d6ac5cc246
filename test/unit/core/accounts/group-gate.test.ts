import assert from 'node:assert/strict';
import { MemoryQuota } from '../../../../src/adapters/storage/memory/memory-quota.ts';
import { GroupGate } from '../../../../src/core/accounts/group-gate.ts';
import { SendLane } from '../../../../src/core/accounts/send-lane.ts';
import { type QuotaLimits, UNPACED } from '../../../../src/core/config.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { holdKey } from '../../../support/pool-fixture.ts';

const PATIENT = new AbortController().signal;

function gateOf(limits: Partial<QuotaLimits>) {
  const clock = new FakeClock();
  const quota = new MemoryQuota();
  const problems: unknown[] = [];
  const heard = { changes: 0 };
  const gate = new GroupGate(
    'group',
    { ...UNPACED, ...limits },
    {
      quota,
      clock,
      lane: new SendLane(clock),
      changed: () => {
        heard.changes++;
      },
      failed: (error) => problems.push(error),
      notKept: (error) => problems.push(error),
    },
  );
  return { gate, clock, quota, problems, heard };
}

describe('GroupGate', () => {
  it('lets everybody pass where there is no limit, without asking the store', () => {
    const { gate, quota } = gateOf({});
    quota.drawSlots = () => assert.fail('the store was asked');
    gate.want(3);
    assert.equal(gate.canPass, true);
    gate.take();
    assert.equal(gate.canPass, true);
  });

  it('says when the next send time has come', async () => {
    const { gate, clock, heard } = gateOf({ requestsPerMinute: 60 });
    gate.want(1);
    await clock.advance(0);
    assert.equal(gate.canPass, true);
    await gate.take().punctual(PATIENT);
    gate.want(1);
    await clock.advance(500);
    assert.equal(gate.canPass, false);
    gate.want(1);
    const before = heard.changes;
    await clock.advance(555);
    assert.ok(heard.changes > before);
    assert.equal(gate.canPass, true);
  });

  for (const requestsPerMinute of [600, 10_000, 60_000, 1_000_000, 1e9]) {
    it(`lets a call pass soon at ${requestsPerMinute} a minute, however unevenly the store answers`, async () => {
      const { gate, clock, quota } = gateOf({ requestsPerMinute });
      const draw = quota.drawSlots.bind(quota);
      let draws = 0;
      quota.drawSlots = async (wanted) => {
        const drawn = await draw(wanted);
        await clock.sleep(3 + (draws++ % 3) * 0.4);
        return drawn;
      };
      for (let ms = 0; ms < 60 && !gate.canPass; ms += 0.2) {
        gate.want(1);
        await clock.advance(0.2);
      }
      assert.ok(gate.canPass, `not within 60 ms and ${draws} draws`);
      assert.ok(draws < 10, `${draws} draws`);
    });
  }

  it('draws at most a second of send times ahead', async () => {
    const { gate, clock, quota } = gateOf({ requestsPerMinute: 600 });
    const wants: number[] = [];
    const draw = quota.drawSlots.bind(quota);
    quota.drawSlots = (request) => {
      wants.push(request.want);
      return draw(request);
    };
    gate.want(500);
    gate.want(500);
    await clock.advance(0);
    gate.want(500);
    assert.deepEqual(wants, [10]);
  });

  it('holds the number of calls at once', () => {
    const { gate } = gateOf({ concurrent: 2 });
    const first = gate.take();
    gate.take();
    assert.equal(gate.canPass, false);
    first.leave();
    first.leave();
    assert.equal(gate.canPass, true);
    gate.take();
    assert.equal(gate.canPass, false);
  });

  it('gives a new send time to a call that comes late to its own', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 60 });
    gate.want(1);
    await clock.advance(0);
    const pass = gate.take();
    await clock.advance(5_000);
    gate.want(1);
    await clock.advance(0);
    const other = gate.take();
    assert.equal(await other.punctual(PATIENT), true);
    const sentAt = clock.monotonic();
    const late = pass.punctual(PATIENT);
    await clock.advance(1_100);
    assert.equal(await late, true);
    assert.ok(clock.monotonic() >= sentAt + 1_000);
  });

  it('sends a late call at once where nobody sends before or after it: being late costs no whole step', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 60 });
    gate.want(2);
    await clock.advance(0);
    const late = gate.take();
    gate.want(1);
    await clock.advance(200);
    assert.equal(await late.punctual(PATIENT), true);
    assert.equal(clock.monotonic(), 200);
    gate.want(1);
    await clock.advance(0);
    await clock.advance(999);
    const next = gate.take().punctual(PATIENT);
    let sentAt = 0;
    const sent = next.then(() => {
      sentAt = clock.monotonic();
    });
    await clock.advance(60);
    await sent;
    assert.ok(sentAt >= 1_200, `${sentAt}`);
  });

  it('lets a call get ready before its send time, as long as calls need for that', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 60 });
    gate.want(1);
    await clock.advance(0);
    const first = gate.take();
    await clock.advance(20);
    assert.equal(await first.punctual(PATIENT), true);
    gate.want(1);
    await clock.advance(1_015);
    assert.equal(gate.canPass, true);
    const second = gate.take();
    const punctual = second.punctual(PATIENT);
    await clock.advance(14);
    assert.equal(clock.sleeping, 1);
    await clock.advance(1);
    assert.equal(await punctual, true);
  });

  it('sends a late call back where its new time is far off, and keeps that time for others', async () => {
    const { gate, clock, quota } = gateOf({ requestsPerMinute: 60 });
    gate.want(1);
    await clock.advance(0);
    const pass = gate.take();
    await clock.advance(5_000);
    await holdKey(quota, 'group', clock.now() + 20_000);
    assert.equal(await pass.punctual(PATIENT), false);
    assert.equal(gate.isFar, true);
    pass.leave();
    gate.want(1);
    await clock.advance(20_000);
    assert.equal(gate.canPass, true);
  });

  it('frees the send time of a call that is not sent after all', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 60, concurrent: 1 });
    gate.want(1);
    await clock.advance(0);
    const pass = gate.take();
    assert.equal(gate.canPass, false);
    pass.giveBack();
    pass.leave();
    assert.equal(gate.canPass, true);
  });

  it('forgets the send times within a hold, and is free after it', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 600 });
    gate.want(10);
    await clock.advance(0);
    gate.hold(clock.now() + 30_000);
    gate.hold(clock.now() + 1_000);
    assert.equal(gate.heldUntil(clock.now()), clock.now() + 30_000);
    assert.equal(gate.canPass, false);
    await clock.advance(30_000);
    gate.want(1);
    await clock.advance(0);
    assert.equal(gate.canPass, true);
  });

  it('leaves no timer behind when nobody waits any more', async () => {
    const { gate, clock } = gateOf({ requestsPerMinute: 1 });
    gate.want(1);
    await clock.advance(0);
    await gate.take().punctual(PATIENT);
    gate.want(1);
    await clock.advance(0);
    gate.want(1);
    assert.equal(clock.sleeping, 1);
    gate.idle();
    assert.equal(clock.sleeping, 0);
  });

  it('tells when the store fails, and works again afterwards', async () => {
    const { gate, clock, quota, problems } = gateOf({ requestsPerMinute: 60 });
    const draw = quota.drawSlots.bind(quota);
    quota.drawSlots = () => Promise.reject(new Error('disk full'));
    gate.want(1);
    await clock.advance(0);
    assert.match(String(problems[0]), /disk full/);
    quota.drawSlots = draw;
    gate.want(1);
    await clock.advance(0);
    assert.equal(gate.canPass, true);
  });
});
