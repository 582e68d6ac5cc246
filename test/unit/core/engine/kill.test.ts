import assert from 'node:assert/strict';
import { DurablePlace, type RunProcess, randomFrom } from '../../../support/durability/durable-place.ts';

/** The rest of the thousand is `npm run soak`. */
const KILLS = 100;

describe('a run whose processes are killed', function () {
  this.timeout(240_000);
  let place: DurablePlace;
  before(async () => {
    place = await DurablePlace.open(randomFrom(20_261_121));
  });
  after(() => place.close());

  const epochs = async (runId: string) => (await place.storage.journal.read(runId)).map(({ epoch }) => epoch);
  const statusOf = async (process: RunProcess) => [...(await process.ended).endings.values()][0] ?? process.output;
  const tracesOf = (runId: string, { child }: RunProcess) =>
    place.traces(runId).filter(([pid]) => pid === String(child.pid));

  it('belongs to its process also while that one stands still', async () => {
    const first = place.process(['stopped'], 20);
    await first.lines(6);
    first.child.kill('SIGSTOP');
    const second = place.process(['stopped']);
    assert.equal(await statusOf(second), 'run-owned-elsewhere');
    assert.deepEqual(tracesOf('stopped', second), []);
    first.child.kill('SIGCONT');
    assert.equal(await statusOf(first), 'suspended');
    assert.deepEqual([...new Set(await epochs('stopped'))], [1]);
  });

  it('belongs to whoever took it over: the one that stood still writes nothing more', async () => {
    const loser = place.process(['taken'], 20);
    await loser.lines(6);
    loser.child.kill('SIGSTOP');
    // What another machine decides that cannot see the process, or an administrator.
    await place.storage.journal.release('taken', 1);
    const winner = place.process(['taken']);
    assert.equal(await statusOf(winner), 'suspended');
    const [entries, traces] = [await place.storage.journal.read('taken'), tracesOf('taken', loser).length];
    loser.child.kill('SIGCONT');
    assert.equal(await statusOf(loser), 'run-lost');
    assert.deepEqual(await place.storage.journal.read('taken'), entries, 'the loser has written nothing');
    const order = await epochs('taken');
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    // Effects whose intent was durable before may have been about to begin.
    const late = tracesOf('taken', loser).slice(traces);
    const intended = entries.filter(({ kind, epoch }) => kind === 'effect-intent' && epoch === 1).length;
    const begun = tracesOf('taken', loser).filter(([, what]) => what === 'effect').length;
    assert.ok(begun <= intended && late.length <= 6, `${late.length} effects after the takeover`);
  });

  it('goes to exactly one of several processes that want it at once', async () => {
    const first = place.process(['wanted'], 5);
    await first.lines(10);
    await first.kill();
    const rivals = [1, 2, 3].map(() => place.process(['wanted'], 20));
    const statuses = await Promise.all(rivals.map(statusOf));
    // Who comes after the winner has stopped finds the run free again, and what it finds is as it should be.
    assert.ok(
      statuses.every((status) => status === 'suspended' || status === 'run-owned-elsewhere'),
      statuses.join(),
    );
    assert.ok(statuses.includes('suspended'));
    const entries = await place.storage.journal.read('wanted');
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, index) => index + 1),
    );
    const order = await epochs('wanted');
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  it(`does what is done once and comes to the same result, at ${KILLS} points`, async () => {
    const report = await place.killTimes(KILLS);
    console.log(`      ${JSON.stringify(report)}`);
    assert.ok(report.inside >= KILLS / 2, 'most points are inside of a run');
    assert.ok(report.suspensions > 0 && report.answers > 0);
  });
});
