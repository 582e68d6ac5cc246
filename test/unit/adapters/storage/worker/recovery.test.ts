import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { BACKUPS_KEPT } from '../../../../../src/adapters/storage/worker/backups.ts';
import { SALVAGED_TABLES } from '../../../../../src/adapters/storage/worker/salvage.ts';
import { outcome, write } from '../../../../contract/journal-samples.ts';
import { errorCodes, request, StoreForTests, storeForEach } from './store-for-tests.ts';

const PAGE = 8_192;

describe('a damaged database', () => {
  let store: StoreForTests;
  storeForEach((fresh) => {
    store = fresh;
    store.addRun('first', 200);
    store.open();
    store.close();
    assert.equal(store.backups().length, 1);
    store.append('first', 40);
    store.addRun('second', 3);
  });

  const notices = () => store.server.takeNotices().join('\n');
  const seqs = (runId: string) => store.call('readJournal', runId, 0).map(({ seq }) => seq);
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const expectSound = () => {
    assert.deepEqual(store.inspect('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(store.inspect('PRAGMA foreign_key_check'), []);
  };

  it('that is empty although it has a backup is restored', () => {
    store.damage(() => Buffer.alloc(0));
    store.open();
    assert.deepEqual(seqs('first'), upTo(201));
    assert.match(notices(), /empty although it has backups.*is in its place.*kept as .*test\.db\.damaged/s);
    assert.equal(store.call('readRun', 'second'), null);
    expectSound();
    assert.deepEqual(store.neighbours(), ['', '-undo', '.backups', '.damaged']);
  });

  it('that was cut is restored, with what the rest still gives away', () => {
    store.damage((bytes) => bytes.subarray(0, bytes.length - PAGE));
    store.open();
    assert.match(notices(), /8192 bytes are missing/);
    assert.ok(seqs('first').length >= 201);
    assert.deepEqual(seqs('first'), upTo(seqs('first').length));
    expectSound();
  });

  it('whose header is destroyed is restored from its backup', () => {
    store.damage((bytes) => bytes.fill(0xaa, 0, 100));
    store.open();
    assert.match(notices(), /header is destroyed/);
    assert.deepEqual(seqs('first'), upTo(201));
    expectSound();
  });

  for (const when of ['while it is open', 'between two sessions']) {
    it(`that breaks ${when} is restored, and the engines at work on it are stopped`, () => {
      store.open();
      if (when !== 'while it is open') store.close();
      const bytes = fs.readFileSync(store.file);
      // Every page but the first two: whatever is read next is malformed.
      for (let at = 2 * PAGE; at < bytes.length; at += PAGE) bytes.fill(0x55, at, at + 64);
      fs.writeFileSync(store.file, bytes);
      const [reply] = store.server.execute([request('readJournal', 'first', 0)]);
      if (when === 'while it is open') assert.deepEqual(reply && errorCodes([reply]), ['storage-corrupt']);
      assert.match(notices(), /is in its place/);
      assert.deepEqual(seqs('first'), upTo(201));
      assert.throws(() => store.call('appendToRun', 'first', 1, write([outcome('zombie')])), { code: 'run-lost' });
      assert.ok(store.call('claimRun', 'first', currentOwner()).epoch > 100);
      expectSound();
    });
  }

  it('gives its readable newer rows to the restored copy', () => {
    const id = store.call('saveDocument', {
      taskId: 't',
      title: 'T',
      content: 'newer than the backup',
      format: 'text',
    });
    store.close();
    // The root page of one index: rows can be read by number, queries fail.
    const [index] = store.inspect("SELECT rootpage FROM sqlite_schema WHERE name = 'usage_by_account'");
    const root = Number(index?.rootpage);
    store.damage((bytes) => bytes.fill(0xff, (root - 1) * PAGE, root * PAGE));
    store.server.execute([request('summarizeUsage', '2020')]);
    assert.match(notices(), /newer rows were saved/);
    assert.equal(store.call('readDocument', id)?.content, 'newer than the backup');
    assert.deepEqual(seqs('first'), upTo(241));
    assert.deepEqual(seqs('second'), upTo(4));
    assert.equal(store.call('readTasks', 'second').length, 2);
    expectSound();
  });

  it('saves rows of every table but those of a minute and those that are built again', () => {
    store.call('decideFinding', '/w', {
      ...{
        fingerprint: 'f',
        decision: 'dismissed',
        reason: 'intended',
        note: null,
        runId: 'first',
        file: 'a.ts',
        title: 'T',
      },
    });
    const tables = store.inspect(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    const known = [...SALVAGED_TABLES, 'quota'].sort();
    assert.deepEqual(
      tables.map(({ name }) => name),
      known,
    );
    const [index] = store.inspect("SELECT rootpage FROM sqlite_schema WHERE name = 'usage_by_account'");
    const root = Number(index?.rootpage);
    store.damage((bytes) => bytes.fill(0xff, (root - 1) * PAGE, root * PAGE));
    store.server.execute([request('summarizeUsage', '2020')]);
    assert.match(notices(), /newer rows were saved/);
    assert.equal(store.call('readDecisions', '/w')[0]?.fingerprint, 'f');
    expectSound();
  });

  it('does not bring back what was deleted since the backup', () => {
    store.call('releaseRun', 'first', 1);
    assert.deepEqual(store.call('deleteRuns', ['first']), ['first']);
    const [index] = store.inspect("SELECT rootpage FROM sqlite_schema WHERE name = 'usage_by_account'");
    const root = Number(index?.rootpage);
    store.damage((bytes) => bytes.fill(0xff, (root - 1) * PAGE, root * PAGE));
    store.server.execute([request('summarizeUsage', '2020')]);
    assert.match(notices(), /is in its place/);
    assert.equal(store.call('readRun', 'first'), null);
    assert.deepEqual(store.inspect("SELECT * FROM agents WHERE task_id LIKE 'first%'"), []);
    assert.deepEqual(seqs('second'), upTo(4));
    expectSound();
  });

  it('starts empty, with what can be saved, where there is no backup', () => {
    store.close();
    fs.rmSync(`${store.file}.backups`, { recursive: true });
    store.damage((bytes) => bytes.subarray(0, bytes.length - PAGE));
    store.open();
    assert.match(notices(), /no good backup/);
    assert.ok(seqs('first').length > 100);
    expectSound();
  });

  it('passes over a backup that is damaged itself', () => {
    store.ageBackups(2);
    store.open();
    store.close();
    const newest = path.join(`${store.file}.backups`, store.backups().at(-1) ?? '');
    fs.writeFileSync(newest, 'no database');
    store.damage(() => Buffer.alloc(0));
    store.open();
    assert.match(notices(), new RegExp(`${store.backups()[0]} is in its place`));
    assert.deepEqual(seqs('first'), upTo(201));
  });

  it('loses only its search index when only that is broken', () => {
    store.call('beginConversation', {
      taskId: 't',
      runId: 'first',
      type: 'x',
      messages: 'needle',
      model: 'm',
      account: 'a',
    });
    store.alter("UPDATE conversation_search_segdir SET root = x'00'");
    const query = { search: 'needle', runId: null, limit: 1, offset: 0 };
    const [reply] = store.server.execute([request('readConversations', query)]);
    assert.equal(reply?.ok, false);
    assert.match(notices(), /search index .* built again/);
    assert.equal(store.call('readConversations', query).total, 1);
    assert.deepEqual(seqs('first'), upTo(241));
    assert.equal(store.neighbours().includes('.damaged'), false);
  });

  it('that another process has replaced is not written to any more', () => {
    store.open();
    fs.copyFileSync(store.file, `${store.file}.next`);
    fs.renameSync(`${store.file}.next`, store.file);
    store.call('recordAudit', 'a', 's', null);
    assert.deepEqual(store.inspect('SELECT count(*) AS n FROM audit'), [{ n: 1 }]);
  });

  it('that somebody deleted is begun anew', () => {
    store.open();
    fs.rmSync(store.file);
    assert.equal(store.call('readRun', 'first'), null);
    store.addRun('third');
    assert.deepEqual(store.inspect('SELECT run_id FROM runs'), [{ run_id: 'third' }]);
  });

  it('is never silently wrong: any flipped bits are harmless, restored or reported', () => {
    store.close();
    const image = fs.readFileSync(store.file);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return Math.floor((seed / 0x7fffffff) * below);
    };
    for (let round = 0; round < 30; round++) {
      const bytes = Buffer.from(image);
      for (let flips = 0; flips < 8; flips++) bytes[random(bytes.length)]! ^= 1 << random(8);
      store.damage(() => bytes);
      const replies = store.server.execute([request('readJournal', 'first', 0), request('readRuns', 10, 0)]);
      for (const code of errorCodes(replies)) assert.ok(code === null || code === 'storage-corrupt', `${code}`);
      assert.deepEqual(errorCodes(store.server.execute([request('recordAudit', 'a', 's', null)])), [null]);
    }
  });

  describe('backups', () => {
    it('are made once a day, three are kept', () => {
      store.open();
      store.close();
      assert.equal(store.backups().length, 1);
      for (let day = 0; day < BACKUPS_KEPT + 2; day++) {
        store.ageBackups(1);
        store.open();
        store.close();
      }
      assert.equal(store.backups().length, BACKUPS_KEPT);
      assert.equal(fs.statSync(`${store.file}.backups`).mode & 0o777, 0o700);
    });

    it('are made at the end of a session at the latest, not before its first answer', () => {
      store.close();
      store.ageBackups(1);
      store.open();
      assert.equal(store.backups().length, 1);
      store.call('recordAudit', 'a', 's', null);
      store.close();
      assert.equal(store.backups().length, 2);
    });

    it('that were left half-made are no backups, and are cleared away', () => {
      store.close();
      store.ageBackups(1);
      const [whole = ''] = store.backups();
      const half = path.join(`${store.file}.backups`, '20990101T000000000Z-1.db.part');
      fs.writeFileSync(half, 'half');
      store.open();
      store.close();
      assert.deepEqual(store.backups(), [whole, path.basename(half)], 'somebody else seems to be making one');
      const before = new Date(Date.now() - 3_600_000);
      fs.utimesSync(half, before, before);
      store.open();
      store.close();
      assert.equal(store.backups().length, 2);
      assert.equal(fs.existsSync(half), false);
      store.damage(() => Buffer.alloc(0));
      store.open();
      assert.equal(seqs('second').length, 4);
    });

    it('that fail are told, and leave the database as it is', () => {
      store.close();
      store.ageBackups(1);
      const server = store.open();
      const folder = `${store.file}.backups`;
      fs.renameSync(folder, `${folder}-moved`);
      fs.writeFileSync(folder, 'a file where the folder should be');
      server.backupFailed({ problem: 'no room', isDamage: false });
      assert.match(notices(), /Today's backup of the database could not be made.*no room/s);
      assert.equal(server.dailyBackup.due(), 'no', 'told once');
      assert.equal(seqs('first').length, 241);
      fs.rmSync(folder);
      fs.renameSync(`${folder}-moved`, folder);
    });

    it('are not made of a new, empty database', () => {
      const fresh = new StoreForTests(store.sqlite);
      fresh.open();
      fresh.close();
      assert.deepEqual(fresh.backups(), []);
      fresh.remove();
    });

    it('do not stand in the way of opening', () => {
      store.ageBackups(1);
      store.close();
      const blocked = `${store.file}.backups`;
      fs.rmSync(blocked, { recursive: true });
      fs.writeFileSync(blocked, 'a file where the folder should be');
      assert.throws(() => store.open(), { code: 'storage-failed' });
    });
  });

  describe('copies', () => {
    it('are whole databases of their own', () => {
      const target = path.join(store.folder, 'copy.db');
      store.call('copyTo', target);
      const copy = new StoreForTests(store.sqlite);
      Object.assign(copy, { file: target });
      assert.equal(copy.call('readJournal', 'first', 0).length, 241);
      copy.remove();
      assert.equal(fs.statSync(target).mode & 0o777, 0o600);
    });

    it('never replace a file, and need a folder', () => {
      const target = path.join(store.folder, 'precious.txt');
      fs.writeFileSync(target, 'precious');
      assert.throws(() => store.call('copyTo', target), { code: 'invalid-input' });
      assert.equal(fs.readFileSync(target, 'utf8'), 'precious');
      assert.throws(() => store.call('copyTo', path.join(store.folder, 'none', 'copy.db')), { code: 'invalid-input' });
    });
  });
});
