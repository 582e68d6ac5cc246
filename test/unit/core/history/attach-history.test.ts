import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { attachHistory, followWorkspace } from '../../../../src/core/history/attach-history.ts';

describe('history that follows a folder', () => {
  const open = () => {
    const { history, stores } = openMemoryStorage();
    const parts = { history, stores };
    const at = (path: string, identities: readonly string[], ...gone: string[]) =>
      followWorkspace(parts, { path, identities, isGone: async (one) => gone.includes(one) });
    const attachedTo = async (path: string) =>
      (await history.workspaces()).find((one) => one.path === path)?.attachedTo ?? null;
    return { at, attachedTo, parts };
  };

  it('follows the folder that has moved, and back again', async () => {
    const { at, attachedTo } = open();
    assert.deepEqual(await at('/a', ['folder:1', 'git:x']), []);
    assert.deepEqual(await at('/b', ['folder:1', 'git:x'], '/a'), ['/a']);
    assert.deepEqual(await at('/b', ['folder:1', 'git:x'], '/a'), [], 'it is told once');
    assert.equal(await attachedTo('/a'), '/b');
    assert.deepEqual(await at('/a', ['folder:1', 'git:x'], '/b'), ['/b']);
    assert.deepEqual([await attachedTo('/a'), await attachedTo('/b')], [null, '/a']);
  });

  it('takes nothing from a folder that is still there, nor from one of several copies', async () => {
    const { at } = open();
    await at('/a', ['folder:1', 'git:x']);
    assert.deepEqual(await at('/copy', ['folder:2', 'git:x']), [], 'another copy');
    assert.deepEqual(await at('/new', ['folder:3', 'git:x'], '/a', '/copy'), [], 'which of both?');
    assert.deepEqual(await at('/one', ['folder:4', 'git:x'], '/a'), ['/a'], 'the only one that is gone');
  });

  it('takes what already follows a place along with it', async () => {
    const { at, attachedTo } = open();
    await at('untitled:1', ['folders:x']);
    assert.deepEqual(await at('untitled:2', ['folders:x'], 'untitled:1'), ['untitled:1']);
    assert.deepEqual(await at('/saved', ['folders:x'], 'untitled:1', 'untitled:2'), ['untitled:2']);
    assert.deepEqual([await attachedTo('untitled:1'), await attachedTo('untitled:2')], ['untitled:2', '/saved']);
  });

  it('does nothing for a folder that nothing is known of', async () => {
    const { at, parts } = open();
    assert.deepEqual(await at('', ['folder:1']), []);
    assert.deepEqual(await at('/a', []), []);
    assert.deepEqual(await parts.history.workspaces(), []);
    await assert.rejects(attachHistory(parts, '/a', '/a'), { code: 'invalid-input' });
  });
});
