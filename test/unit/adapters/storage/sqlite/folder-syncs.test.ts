import assert from 'node:assert/strict';
import path from 'node:path';
import { FolderSyncs } from '../../../../../src/adapters/storage/sqlite/folder-syncs.ts';

describe('FolderSyncs', () => {
  const folder = path.resolve('somewhere');
  const file = path.join(folder, 'a');
  const born = (birthtimeNs: bigint, ino = 7n) => ({ dev: 1n, ino, birthtimeNs });

  it('asks once for a file that stays', () => {
    const syncs = new FolderSyncs();
    assert.equal(syncs.isDue(folder), false);
    syncs.opened(file, born(1n));
    assert.equal(syncs.isDue(folder), true);
    syncs.done(folder);
    syncs.opened(file, born(1n));
    assert.equal(syncs.isDue(folder), false);
  });

  it('asks again for another file of that name, also where it has the number of the one before', () => {
    const syncs = new FolderSyncs();
    for (const stats of [born(1n), born(1n, 8n), born(2n, 8n)]) {
      syncs.opened(file, stats);
      assert.equal(syncs.isDue(folder), true);
      syncs.done(folder);
      assert.equal(syncs.isDue(folder), false);
    }
  });

  it('asks after a removal, and when what was removed comes back', () => {
    const syncs = new FolderSyncs();
    syncs.opened(file, born(1n));
    syncs.done(folder);
    syncs.removed(file);
    assert.equal(syncs.isDue(folder), true);
    syncs.done(folder);
    syncs.opened(file, born(1n));
    assert.equal(syncs.isDue(folder), true);
  });

  it('knows folders apart', () => {
    const syncs = new FolderSyncs();
    syncs.opened(file, born(1n));
    const other = path.resolve('elsewhere');
    assert.equal(syncs.isDue(other), false);
    syncs.done(other);
    assert.equal(syncs.isDue(folder), true);
  });
});
