import assert from 'node:assert/strict';
import { KillResume } from '../e2e/cli/kill-resume.ts';

const POINTS = 100;

/** Small and repeatable: the same points each time, so that a failure can be looked for (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('soak: kill -9 at random points, then resume', () => {
  let place: KillResume;
  before(async () => {
    place = await KillResume.start();
  });
  after(() => place.close());

  it(`repeats no completed task at ${POINTS} points`, async () => {
    const random = randomFrom(20_261_121);
    const completed: (number | null)[] = [];
    for (let point = 0; point < POINTS; point++) {
      const requests = Math.floor(random() * 13);
      // Without a request to wait for, anywhere from the start of the process to the first of them.
      const delayMs = Math.floor(random() * (requests === 0 ? 500 : 30));
      completed.push((await place.killAt(requests, delayMs)).completed);
    }
    await place.checkDatabase();
    const inside = completed.filter((count) => count !== null && count > 0 && count < 12).length;
    console.log(
      `      ${POINTS} points: ${completed.map((count) => count ?? '-').join(' ')} tasks completed at the kill`,
    );
    assert.ok(inside >= POINTS / 2, `${inside} points were in the middle of a run`);
  });
});
