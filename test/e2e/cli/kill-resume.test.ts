import assert from 'node:assert/strict';
import { type KilledRun, KillResume } from './kill-resume.ts';

describe('cli: kill -9 and resume', () => {
  let place: KillResume;
  before(async () => {
    place = await KillResume.start();
  });
  after(() => place.close());

  it('repeats no completed task, wherever the process dies', async function () {
    this.timeout(120_000);
    const ends: KilledRun[] = [];
    // Before the first request, then at each of the twelve, a little earlier or later in the course of things.
    for (let point = 0; point <= 12; point++) ends.push(await place.killAt(point, (point * 7) % 23));
    assert.ok(ends.some(({ completed }) => completed !== null && completed > 0 && completed < 12));
    await place.checkDatabase();
  });
});
