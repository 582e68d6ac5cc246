import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Storage } from '../../../../../src/adapters/storage/storage.ts';
import { openFile, temporaryFolder } from '../../../../contract/storage-implementations.ts';
import { type Acknowledged, bundleChild, ChildRun } from './child-process.ts';
import { expectAcknowledged, expectSound } from './verify.ts';

/** Another program's SQLite, opening, reading and closing as fast as it can until the file `stop` appears. */
const FOREIGN_READER = `
import os, sqlite3, sys
file, stop = sys.argv[1:]
reads = errors = 0
while not os.path.exists(stop):
    try:
        connection = sqlite3.connect(file, timeout=0)
        connection.execute('SELECT count(*), max(payload) FROM journal').fetchone()
        connection.close()
        reads += 1
    except sqlite3.Error:
        errors += 1
print(reads, errors)
`;

describe('storage processes', function () {
  this.timeout(60_000);
  let bundle = '';
  let folder = '';
  let file = '';
  before(async () => {
    bundle = await bundleChild();
  });
  after(() => fs.rmSync(bundle, { recursive: true }));
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, 'shared.db');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const finish = async (storage: Storage) => {
    await storage.close();
    expectSound(file);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.endsWith('.lock')),
      [],
    );
  };

  it('lose nothing that was acknowledged, killed at 24 moments', async () => {
    const storage = await openFile(file);
    for (let round = 0; round < 24; round += 2) {
      const children = [0, 1].map((index) => new ChildRun(bundle, 'write', file, `r${round + index}`, 100_000));
      for (const acknowledged of await Promise.all(children.map((child) => child.killWithin(120, Math.random)))) {
        await expectAcknowledged(storage, acknowledged);
      }
    }
    await finish(storage);
  });

  it('lose nothing that was acknowledged, killed before each of 20 changes of a file', async () => {
    const storage = await openFile(file);
    for (let change = 0; change < 20; change++) {
      const child = new ChildRun(bundle, 'dieAtChange', file, `c${change}`, change);
      const { signal, acknowledged } = await child.ended;
      assert.equal(signal, 'SIGKILL');
      assert.ok(acknowledged.size === 1);
      await expectAcknowledged(storage, acknowledged);
    }
    await finish(storage);
  });

  it('lose nothing that was acknowledged, killed before each of 10 changes of a file from their start', async () => {
    const all: Acknowledged = new Map();
    for (let change = 0; change < 40; change += 4) {
      const { signal, acknowledged } = await new ChildRun(bundle, 'dieFromStart', file, `s${change}`, change).ended;
      assert.equal(signal, 'SIGKILL');
      for (const [run, last] of acknowledged) all.set(run, last);
    }
    const storage = await openFile(file);
    await expectAcknowledged(storage, all);
    await finish(storage);
  });

  it('lose nothing that was acknowledged, four at a time, killed and begun again', async () => {
    const storage = await openFile(file);
    const all: Acknowledged = new Map();
    const writer = async (index: number) => {
      for (let round = 0; round < 2; round++) {
        const child = new ChildRun(bundle, 'write', file, `f${index}-${round}`, 100_000);
        for (const [run, last] of await child.killWithin(150, Math.random)) all.set(run, last);
      }
    };
    await Promise.all([0, 1, 2, 3].map(writer));
    await expectAcknowledged(storage, all);
    await finish(storage);
  });

  it('write side by side, with another program reading (needs python3 with sqlite3)', async function () {
    if (spawnSync('python3', ['-c', 'import sqlite3']).status !== 0) this.skip();
    const stop = path.join(folder, 'stop');
    const storage = await openFile(file);
    const reader = spawn('python3', ['-c', FOREIGN_READER, file, stop], { stdio: ['ignore', 'pipe', 'inherit'] });
    const report = text(reader.stdout);
    const writers = ['a', 'b'].map((name) => new ChildRun(bundle, 'write', file, name, 300));
    const ends = await Promise.all(writers.map((writer) => writer.ended));
    fs.writeFileSync(stop, '');
    await once(reader, 'exit');
    const [reads = 0] = (await report).trim().split(' ').map(Number);
    assert.ok(reads > 0, 'the other program never got to read');
    const all: Acknowledged = new Map(ends.flatMap(({ acknowledged }) => [...acknowledged]));
    assert.deepEqual([...all.values()], [300, 300, 300, 300, 300, 300]);
    assert.equal(await expectAcknowledged(storage, all), 0);
    await finish(storage);
  });

  it('may create the same database at the same moment', async () => {
    const children = ['a', 'b', 'c', 'd'].map((name) => new ChildRun(bundle, 'write', file, name, 5));
    const ends = await Promise.all(children.map((child) => child.ended));
    const storage = await openFile(file);
    for (const { acknowledged } of ends) {
      assert.deepEqual([...acknowledged.values()], [5, 5, 5]);
      assert.equal(await expectAcknowledged(storage, acknowledged), 0);
    }
    await finish(storage);
  });

  it('end by themselves while their storage is open, but not before pending calls are durable', async () => {
    const { code, acknowledged } = await new ChildRun(bundle, 'leaveOpen', file, 'left', 0).ended;
    assert.equal(code, 0);
    assert.deepEqual([...acknowledged], [['left', 2]]);
    const storage = await openFile(file);
    assert.equal((await storage.journal.read('left')).length, 2);
    await finish(storage);
  });
});
