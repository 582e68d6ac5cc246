import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { Sandbox } from './sandbox.ts';

describe('the database on the command line', () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = new Sandbox();
  });
  after(() => sandbox.remove());

  const names = async () =>
    (await sandbox.json(['prompt', 'list'])).document.items.map(({ name }: { readonly name: string }) => name);

  it('is backed up, restored, and the restore is undone', async () => {
    assert.equal((await sandbox.run(['prompt', 'save', 'before', '--content', 'a'])).code, 0);
    const backup = (await sandbox.json(['database', 'backup'])).document.item;
    assert.equal(backup.origin, 'manual');
    assert.equal((await sandbox.run(['prompt', 'save', 'later', '--content', 'b'])).code, 0);
    const { code, document } = await sandbox.json(['database', 'restore', backup.file]);
    assert.equal(code, 0);
    assert.ok((await names()).includes('before'));
    assert.ok(!(await names()).includes('later'));
    assert.equal((await sandbox.run(['database', 'restore', document.item.before])).code, 0);
    assert.ok((await names()).includes('later'));
    const list = (await sandbox.json(['database'])).document.items;
    assert.ok(list.some(({ origin }: { readonly origin: string }) => origin === 'before-restore'));
  });

  it('is checked and compacted', async () => {
    const { code, document } = await sandbox.json(['database', 'check']);
    assert.deepEqual([code, document.item.problems], [0, []]);
    assert.match((await sandbox.run(['database', 'compact'])).stdout, /kB before, .* now/);
  });

  it('holds a log of what was done that nobody can change', async () => {
    sandbox.write({ 'a.ts': 'export const run = (text: string) => eval(text);\n' });
    assert.equal((await sandbox.run(['review', 'a.ts'])).code, 0);
    const called = (await sandbox.json(['audit', '--action', 'agent-called'])).document;
    assert.ok(called.total >= 5, String(called.total));
    assert.equal(called.items[0].detail.account, 'offline');
    const all = (await sandbox.json(['audit', '--last', '500'])).document.items;
    const actions = new Set(all.map(({ action }: { readonly action: string }) => action));
    assert.ok(actions.has('run-started') && actions.has('run-ended'));
    const database = new DatabaseSync(sandbox.database);
    assert.throws(() => database.exec('DELETE FROM audit'), /append-only/);
    assert.throws(() => database.exec("UPDATE audit SET subject = 'x'"), /append-only/);
    database.close();
  });

  it('loses a part of its history only when that is agreed to, after a backup, and keeps what was spent', async () => {
    sandbox.write({ 'a.ts': 'export const run = (text: string) => eval(text);\n' });
    assert.equal((await sandbox.run(['review', 'a.ts'])).code, 0);
    const counted = async () => {
      const { runs, conversations, documents } = (await sandbox.json(['database', 'status'])).document.item.rows;
      return { runs, conversations, documents };
    };
    const before = await counted();
    const vague = await sandbox.run(['history', 'delete']);
    assert.deepEqual([vague.code, vague.stdout], [2, '']);
    assert.match(vague.stderr, /--before, --older-than or --all/);
    const asked = await sandbox.run(['history', 'delete', '--all', '--workspace', '.']);
    assert.equal(asked.code, 2);
    assert.match(
      asked.stderr,
      /Delete \d+ runs? of the history\?.*conversations? and all findings.*Nothing was deleted/s,
    );
    assert.deepEqual(await counted(), before);
    assert.match((await sandbox.run(['--yes', 'history', 'delete', '--older-than', '1'])).stdout, /nothing that old/);

    const { code, document } = await sandbox.json(['--yes', 'history', 'delete', '--all', '--keep-documents']);
    assert.deepEqual([code, document.item.deleted], [0, before.runs]);
    assert.deepEqual(await counted(), { runs: 0, conversations: 0, documents: before.documents });
    assert.ok((await sandbox.json(['stats', '--usage', 'attempts'])).document.items.length > 0);
    const [backup] = (await sandbox.json(['database', 'backups'])).document.items;
    assert.equal((await sandbox.run(['database', 'restore', backup.file])).code, 0);
    assert.deepEqual(await counted(), before);
  });

  it('is exported whole, never over another file, and nothing is left of an export that fails', async () => {
    const { code, document } = await sandbox.json(['database', 'export', 'all.zip']);
    assert.equal(code, 0);
    const { file, sizeBytes, rows, problems } = document.item;
    assert.equal(statSync(file).size, sizeBytes);
    assert.ok(rows.conversations >= 5 && rows.prompts >= 1 && rows.audit >= 1, JSON.stringify(rows));
    assert.deepEqual(problems, []);
    assert.equal(readFileSync(file).subarray(0, 2).toString(), 'PK');
    const again = await sandbox.run(['database', 'export', 'all.zip']);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /exists already/);
    assert.equal((await sandbox.run(['database', 'export', 'none/all.zip'])).code, 2);
    assert.match((await sandbox.run(['database', 'export'])).stdout, /ensemble-export-\d{4}-\d\d-\d\d\.zip/);
    const zips = readdirSync(sandbox.workspace).filter((name) => name.includes('.zip'));
    assert.deepEqual(zips.map((name) => name.replace(/\d{4}-\d\d-\d\d/, 'DATE')).sort(), [
      'all.zip',
      'ensemble-export-DATE.zip',
    ]);
  });

  it('leaves nothing of an export that is cancelled half way', async () => {
    const large = path.join(sandbox.home, 'large.db');
    assert.equal((await sandbox.run(['stats', '--copy', large])).code, 0);
    const database = new DatabaseSync(large);
    database.exec(`INSERT INTO audit (at, action, subject, detail)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
      SELECT '2026-01-01T00:00:00.000Z', 'run-started', 'run-' || i, 'null' FROM n`);
    database.close();
    const { process, end } = sandbox.start(['database', 'export', 'cancelled.zip', '--db', large]);
    const parts = () => readdirSync(sandbox.workspace).filter((name) => name.includes('cancelled.zip'));
    const written = () => parts().some((name) => statSync(path.join(sandbox.workspace, name)).size > 0);
    while (process.exitCode === null && !written()) await setTimeout(5);
    process.kill('SIGINT');
    const { code, stderr } = await end;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /nothing is left of the export/);
    assert.deepEqual(parts(), []);
    assert.deepEqual(
      readdirSync(`${large}.backups`).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('says where it is, how it is, and who has it open', async () => {
    const { item } = (await sandbox.json(['database', 'status'])).document;
    assert.equal(item.file, sandbox.database);
    assert.equal(item.lastCheck.problems, 0);
    assert.ok(item.backups.length > 0 && item.rows.conversations >= 5);
    assert.deepEqual(
      item.users.map(({ isThis }: { readonly isThis: boolean }) => isThis),
      [true],
    );
    const { stdout } = await sandbox.run(['database', 'status']);
    assert.match(stdout, /Last check .*nothing was wrong/);
    assert.match(stdout, /Open in .*\(this one\)/);
  });

  it('is left alone when no such backup exists', async () => {
    const { code, stderr } = await sandbox.run(['database', 'restore', 'nothing.db']);
    assert.equal(code, 2);
    assert.match(stderr, /no backup of/);
  });
});
