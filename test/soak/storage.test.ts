import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Storage } from '../../src/adapters/storage/storage.ts';
import { openFile, temporaryFolder } from '../contract/storage-implementations.ts';
import { type Acknowledged, bundleChild, ChildRun } from '../unit/adapters/storage/processes/child-process.ts';
import { expectAcknowledged, expectSound } from '../unit/adapters/storage/processes/verify.ts';

/** Kills of each kind. */
const KILLS = Number(process.env.ENSEMBLE_SOAK_KILLS ?? 300);

describe('storage, for a long time', function () {
  this.timeout(0);
  let bundle = '';
  let folder = '';
  let file = '';
  let storage: Storage;
  before(async () => {
    bundle = await bundleChild();
  });
  after(() => fs.rmSync(bundle, { recursive: true }));
  beforeEach(async () => {
    folder = temporaryFolder();
    file = path.join(folder, 'soak.db');
    storage = await openFile(file);
  });
  afterEach(async () => {
    await storage.close();
    expectSound(file);
    assert.deepEqual(storage.notices, []);
    fs.rmSync(folder, { recursive: true });
  });

  it(`loses nothing in ${KILLS} kills before the n-th change of a file`, async () => {
    for (let change = 0; change < KILLS; change++) {
      const { acknowledged } = await new ChildRun(bundle, 'dieAtChange', file, `c${change}`, change).ended;
      assert.equal(acknowledged.size, 1);
      await expectAcknowledged(storage, acknowledged);
    }
  });

  it(`loses nothing in ${KILLS} kills at any moment among four writers`, async () => {
    const kills = async (writer: number) => {
      const all: Acknowledged = new Map();
      for (let round = 0; round < KILLS / 4; round++) {
        const child = new ChildRun(bundle, 'write', file, `w${writer}-${round}`, 100_000);
        for (const [runId, last] of await child.killWithin(400, Math.random)) all.set(runId, last);
      }
      return all;
    };
    for (const all of await Promise.all([0, 1, 2, 3].map(kills))) await expectAcknowledged(storage, all);
  });
});
