import assert from 'node:assert/strict';
import { SystemClock } from '../../../src/adapters/system-clock.ts';

describe('SystemClock', () => {
  const clock = new SystemClock();

  it('sleeps at least as long as asked', async () => {
    const before = clock.monotonic();
    await clock.sleep(20);
    assert.ok(clock.monotonic() - before >= 20);
  });

  it('does not sleep for what is no duration', async () => {
    for (const ms of [0, -5, Number.NaN]) await clock.sleep(ms);
  });

  it('rejects with the reason when aborted, before and during the sleep, however long it is', async () => {
    const controller = new AbortController();
    const sleeps = [60_000, 2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY].map((ms) => clock.sleep(ms, controller.signal));
    const ended = sleeps.map(async (sleep) =>
      sleep.then(
        () => 'woke',
        (error: Error) => error.message,
      ),
    );
    controller.abort(new Error('stop'));
    assert.deepEqual(await Promise.all(ended), ['stop', 'stop', 'stop', 'stop']);
    await assert.rejects(clock.sleep(1, controller.signal), /stop/);
  });

  it('calls after a while, not too early and only where nobody stops it', async () => {
    const before = clock.monotonic();
    const stopped: string[] = [];
    const stop = clock.timer(5, () => stopped.push('called'));
    stop();
    const took = await new Promise<number>((resolve) => clock.timer(20, () => resolve(clock.monotonic() - before)));
    assert.ok(took >= 20);
    assert.deepEqual(stopped, []);
  });

  it('can be stopped also where the time is longer than what Node can wait', () => {
    const stops = [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY].map((ms) => clock.timer(ms, assert.fail));
    for (const stop of stops) stop();
  });
});
