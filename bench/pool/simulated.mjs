// The pool against simulated vendors, in simulated time: the same on every machine, however busy it is.
import { simulate } from '../../test/support/pool-simulation.ts';

const VENDOR = { latencyMs: [500, 1_500], errorRate: 0.02 };
const KINDS = [
  ['sliding window', { type: 'window', limit: 60, windowMs: 60_000 }],
  ['bucket of burst 2', { type: 'bucket', limit: 60, windowMs: 60_000, burst: 2 }],
];
const KNOWN = { a: { requestsPerMinute: 60 }, b: { requestsPerMinute: 60 } };
const SEEDS = [1, 2, 3];

export async function simulated() {
  console.log('Simulated: 300 calls, 32 workers, 2 accounts x 60 per minute, 2 % of errors; median of three seeds.\n');
  console.log('| limits | longest way to the vendor, ms | time / shortest possible | 429s | failures |');
  console.log('|---|---|---|---|---|');
  for (const [kind, limit] of KINDS) {
    for (const [how, limits, pools] of [
      ['known', KNOWN, 1],
      ['hidden', {}, 1],
      ['known, two processes', KNOWN, 2],
    ]) {
      for (const jitterMs of [0, 300]) {
        const vendors = { a: { ...VENDOR, limit }, b: { ...VENDOR, limit } };
        const results = [];
        for (const seed of SEEDS) {
          results.push(await simulate({ vendors, limits, pools, jitterMs, seed, calls: 300, workers: 32 }));
        }
        const ratio = results.map((result) => result.ratio).toSorted((x, y) => x - y)[1];
        const list = (field) => results.map((result) => result[field]).join(' ');
        console.log(`| ${kind}, ${how} | ${jitterMs} | ${ratio.toFixed(3)} | ${list('refused')} | ${list('failed')} |`);
      }
    }
  }
  console.log('');
}
