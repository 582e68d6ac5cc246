import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStorage } from '../../../../src/adapters/storage/open-storage.ts';
import { SILENT, temporaryFolder, WORKER_URL } from '../../../contract/storage-implementations.ts';

describe('the backup of the day', () => {
  let folder = '';
  let file = '';
  const notices: string[] = [];
  const open = (backupAfterMs: number, backupOnClose = true) =>
    openStorage({
      ...{ file, workerUrl: WORKER_URL, logger: SILENT, backupAfterMs, backupOnClose },
      onNotice: (notice) => notices.push(notice),
    });
  const names = () => (fs.existsSync(`${file}.backups`) ? fs.readdirSync(`${file}.backups`) : []);
  /** Entries of the audit log that the backup has. */
  const entriesOf = (name: string) => {
    const database = new DatabaseSync(path.join(`${file}.backups`, name), { readOnly: true });
    const row = database.prepare('SELECT count(*) AS entries FROM audit').get();
    database.close();
    return Number(row?.entries);
  };

  beforeEach(async () => {
    notices.length = 0;
    folder = temporaryFolder();
    file = path.join(folder, 'store.db');
    const storage = await open(60_000);
    await storage.stores.audit.record('before', 's', null);
    await storage.close();
    assert.deepEqual(names(), [], 'a new file has nothing to lose yet');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('is made aside, while answers go on, also where there is no quiet moment', async () => {
    // Longer than the pauses below: there is no quiet moment.
    const storage = await open(100);
    let written = 0;
    while (!names().some((name) => name.endsWith('.db'))) {
      await storage.stores.audit.record('meanwhile', 's', null);
      written++;
      await sleep(5);
    }
    const [name = '', ...more] = names();
    assert.deepEqual(more, []);
    assert.ok(entriesOf(name) >= 1 && entriesOf(name) <= 1 + written, `${entriesOf(name)} of ${1 + written}`);
    const { users } = (await storage.stores.maintenance.status()) ?? assert.fail();
    assert.equal(users.length, 1, 'the second thread is no user of its own');
    await storage.close();
    assert.deepEqual(names(), [name], 'once a day');
    assert.deepEqual(notices, []);
  });

  it('is complete when the database is closed while it is made', async () => {
    const storage = await open(0);
    await sleep(20);
    await storage.close();
    assert.equal(names().length, 1);
    assert.equal(entriesOf(names()[0] ?? ''), 1);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.includes('.lock')),
      [],
    );
  });

  it('is made on closing where there was no quiet moment', async () => {
    const storage = await open(60_000);
    await storage.stores.audit.record('asked', 's', null);
    assert.deepEqual(names(), []);
    await storage.close();
    assert.equal(entriesOf(names()[0] ?? ''), 2);
  });

  it('is not made on closing where that has to be quick', async () => {
    const storage = await open(60_000, false);
    await storage.stores.audit.record('asked', 's', null);
    await storage.close();
    assert.deepEqual(names(), []);
  });

  it('is not made on closing where nothing was written', async () => {
    const storage = await open(60_000);
    await storage.stores.audit.list({ limit: 1 });
    await storage.close();
    assert.deepEqual(names(), []);
  });

  it('is made after that of a killed process turned out to be abandoned', async () => {
    fs.mkdirSync(`${file}.backups`);
    const { pid } = spawnSync(process.execPath, ['--version']);
    const part = path.join(`${file}.backups`, `20260101T000000000Z-${pid}.db.part`);
    fs.writeFileSync(part, 'half a copy');
    const storage = await open(50);
    await storage.stores.audit.record('asked', 's', null);
    await sleep(300);
    assert.deepEqual(names(), [path.basename(part)], 'somebody may be at it');
    const long = new Date(Date.now() - 60_000);
    fs.utimesSync(part, long, long);
    while (!names().some((name) => name.endsWith('.db'))) await sleep(20);
    assert.equal(names().length, 1, 'the half copy is gone');
    await storage.close();
  });

  it('that fails on closing is told then', async () => {
    const storage = await open(60_000);
    fs.writeFileSync(`${file}.backups`, 'a file where the folder should be');
    await storage.stores.audit.record('asked', 's', null);
    await storage.close();
    assert.match(notices.join(), /^Today's backup of the database could not be made\./);
  });
});
