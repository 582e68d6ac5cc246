import assert from 'node:assert/strict';
import { DurablePlace, randomFrom } from '../support/durability/durable-place.ts';

/** With the hundred of the unit tests they are a thousand. */
const KILLS = Number(process.env.ENSEMBLE_SOAK_KILLS ?? 900);

describe('soak: a run with approvals, messages and a fan-out is killed', function () {
  this.timeout(0);
  let place: DurablePlace;
  before(async () => {
    place = await DurablePlace.open(randomFrom(Number(process.env.ENSEMBLE_SOAK_SEED ?? 5)));
  });
  after(() => place.close());

  it(`does what is done once and comes to the same result, at ${KILLS} points`, async () => {
    const report = await place.killTimes(KILLS);
    console.log(`      ${JSON.stringify(report)}`);
    assert.ok(report.kills >= KILLS);
    assert.ok(report.inside >= KILLS / 2, 'most points are inside of a run');
  });
});
