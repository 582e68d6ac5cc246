import assert from 'node:assert/strict';
import { noCounts, problemLines } from '../../../scripts/lib/counts.mjs';
import { runJobs, runJobsTwice } from '../../../scripts/lib/jobs.mjs';

/** A job that ends as told, try by try, and remembers when it ran. */
function job(name: string, ran: string[], ...ends: ('passes' | 'fails')[]) {
  return async () => {
    ran.push(name);
    const end = ends.length > 1 ? ends.shift() : ends[0];
    return end === 'passes' ? { ...noCounts(), passed: 2 } : { ...noCounts(), passed: 1, failed: 1, failures: [name] };
  };
}

describe('jobs of tests', () => {
  it('run so many at a time, and answer in their order', async () => {
    let running = 0;
    let most = 0;
    const slow = (passed: number) => async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      return { ...noCounts(), passed };
    };
    const counts = await runJobs([slow(1), slow(2), slow(3)], 2);
    assert.deepEqual(
      counts.map(({ passed }) => passed),
      [1, 2, 3],
    );
    assert.equal(most, 2);
  });

  it('that fail run once more at the end, and are named as flaky when they pass then', async () => {
    const ran: string[] = [];
    const [a, b] = await runJobsTwice([job('a', ran, 'fails', 'passes'), job('b', ran, 'passes')], 2);
    assert.deepEqual(ran, ['a', 'b', 'a']);
    assert.deepEqual(a, { ...noCounts(), passed: 2, flaky: ['a'] });
    assert.deepEqual(b, { ...noCounts(), passed: 2 });
    assert.deepEqual(problemLines(a), ['FLAKY a']);
  });

  it('that fail twice have failed', async () => {
    const ran: string[] = [];
    const [a] = await runJobsTwice([job('a', ran, 'fails')], 2);
    assert.deepEqual(ran, ['a', 'a']);
    assert.equal(a.failed, 1);
    assert.deepEqual(problemLines(a), ['FAIL a']);
  });

  it('are not tried again where many fail', async () => {
    const ran: string[] = [];
    const names = ['a', 'b', 'c', 'd'];
    const counts = await runJobsTwice(
      names.map((name) => job(name, ran, 'fails', 'passes')),
      2,
    );
    assert.deepEqual(ran, names);
    assert.ok(counts.every(({ failed }) => failed === 1));
  });
});
