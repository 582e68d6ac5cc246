import assert from 'node:assert/strict';
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

  it('is left alone when no such backup exists', async () => {
    const { code, stderr } = await sandbox.run(['database', 'restore', 'nothing.db']);
    assert.equal(code, 2);
    assert.match(stderr, /no backup of/);
  });
});
