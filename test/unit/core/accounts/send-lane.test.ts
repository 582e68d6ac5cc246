import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { SystemClock } from '../../../../src/adapters/system-clock.ts';
import { SendLane } from '../../../../src/core/accounts/send-lane.ts';

describe('SendLane', () => {
  it('lets one request out per turn of the event loop, in order', async () => {
    const lane = new SendLane(new SystemClock());
    const sent: [turn: number, call: number][] = [];
    let turns = 0;
    const calls = Array.from({ length: 20 }, async (_, call) => {
      await lane.enter();
      sent.push([turns, call]);
      lane.sent();
    });
    while (sent.length < 20) {
      await turn();
      turns++;
    }
    await Promise.all(calls);
    assert.deepEqual(
      sent.map(([, call]) => call),
      Array.from({ length: 20 }, (_, call) => call),
    );
    assert.equal(new Set(sent.map(([at]) => at)).size, 20);
  });

  it('makes nobody wait for one that does not send', async () => {
    const lane = new SendLane(new SystemClock());
    await lane.enter();
    let entered = false;
    const next = lane.enter().then(() => {
      entered = true;
    });
    await Promise.resolve();
    assert.equal(entered, false);
    lane.leave();
    await next;
    assert.equal(entered, true);
  });

  it('measures how long a send keeps the process busy', async () => {
    let now = 0;
    const clock = { monotonic: () => now, sleep: () => turn() };
    const lane = new SendLane(clock);
    await lane.enter();
    lane.sent();
    now = 40;
    await lane.enter();
    assert.equal(lane.longestMs, 40);
  });
});
