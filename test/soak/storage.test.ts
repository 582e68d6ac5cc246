import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Storage } from '../../src/adapters/storage/storage.ts';
import { openFile, temporaryFolder } from '../contract/storage-implementations.ts';
import { type Acknowledged, bundleChild, ChildRun } from '../unit/adapters/storage/processes/child-process.ts';
import { expectAcknowledged, expectSound } from '../unit/adapters/storage/processes/verify.ts';

/** Kills in all. 10,000 take about an hour on two cores. */
const KILLS = Number(process.env.ENSEMBLE_SOAK_KILLS ?? 1_000);

/** Part of the kills that happen among four processes that write the same file. */
const AMONG_FOUR = 0.2;

/** Databases under attack at once, and kills of one before the next begins with an empty file. */
const LANES = 2;
const KILLS_OF_ONE_FILE = 50;

/** More changes of files than opening makes, and about as many as five commits make. */
const CHANGES_OF_OPENING = 60;
const CHANGES_OF_COMMITS = 80;

describe('storage, for a long time', function () {
  this.timeout(0);
  let bundle = '';
  let folder = '';
  before(async () => {
    bundle = await bundleChild();
  });
  after(() => fs.rmSync(bundle, { recursive: true }));
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const random = (below: number) => Math.floor(Math.random() * below);

  /** One kill; resolves with what was acknowledged before it. */
  const kill = async (file: string, name: string): Promise<Acknowledged> => {
    const kind = random(4);
    if (kind === 0) return new ChildRun(bundle, 'write', file, name, 1_000_000).killWithin(60, Math.random);
    if (kind === 1) return new ChildRun(bundle, 'dieAtChange', file, name, 1_000_000).killWithin(40, Math.random);
    const [mode, changes] =
      kind === 2 ? (['dieFromStart', CHANGES_OF_OPENING] as const) : (['dieAtChange', CHANGES_OF_COMMITS] as const);
    const { signal, acknowledged } = await new ChildRun(bundle, mode, file, name, random(changes)).ended;
    assert.equal(signal, 'SIGKILL');
    return acknowledged;
  };

  /** Opens the file as the next process would, and asserts that nothing is lost and nothing had to be mended. */
  const expectWhole = async (file: string, all: Acknowledged): Promise<void> => {
    const storage = await openFile(file);
    try {
      await expectAcknowledged(storage, all);
      assert.deepEqual((await storage.stores.maintenance.check()).problems, []);
      assert.deepEqual(storage.notices, []);
    } finally {
      await storage.close();
    }
    expectSound(file);
  };

  /** Half of the time a process that lives looks at the file after each kill, half of the time nobody does before the end. */
  const attackFile = async (file: string, kills: number, watcher: Storage | null): Promise<number> => {
    const all: Acknowledged = new Map();
    for (let round = 0; round < kills; round++) {
      const acknowledged = await kill(file, `r${round}`);
      for (const [run, last] of acknowledged) all.set(run, last);
      if (watcher !== null) await expectAcknowledged(watcher, acknowledged);
    }
    await watcher?.close();
    await expectWhole(file, all);
    return [...all.values()].reduce((sum, rows) => sum + rows, 0);
  };

  it(`loses nothing when ${Math.round(KILLS * (1 - AMONG_FOUR))} processes are killed, at any change of a file and at any time`, async () => {
    const wanted = Math.round(KILLS * (1 - AMONG_FOUR));
    let killed = 0;
    let rows = 0;
    const lane = async (index: number) => {
      for (let turn = 0; killed < wanted; turn++) {
        const kills = Math.min(KILLS_OF_ONE_FILE, wanted - killed);
        killed += kills;
        const file = path.join(folder, `soak-${index}-${turn}.db`);
        rows += await attackFile(file, kills, turn % 2 === 0 ? await openFile(file) : null);
        for (const name of [file, `${file}-undo`]) fs.rmSync(name, { force: true });
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
    console.log(`      ${killed} processes killed, ${rows} acknowledged rows, all there`);
  });

  it(`loses nothing when ${Math.round(KILLS * AMONG_FOUR)} processes are killed while four write the same file`, async () => {
    const file = path.join(folder, 'four.db');
    const all: Acknowledged = new Map();
    let left = Math.round(KILLS * AMONG_FOUR);
    const writer = async (index: number) => {
      for (let round = 0; left > 0; round++) {
        left--;
        const child = new ChildRun(bundle, 'write', file, `w${index}-${round}`, 1_000_000);
        for (const [run, last] of await child.killWithin(150, Math.random)) all.set(run, last);
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    await expectWhole(file, all);
    const rows = [...all.values()].reduce((sum, last) => sum + last, 0);
    console.log(`      ${Math.round(KILLS * AMONG_FOUR)} processes killed, ${rows} acknowledged rows, all there`);
  });
});
