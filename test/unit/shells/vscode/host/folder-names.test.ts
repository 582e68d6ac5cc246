import assert from 'node:assert/strict';
import { folderSegments, safeSegments } from '../../../../../src/shells/vscode/host/folder-names.ts';

describe('folderSegments', () => {
  it('gives each folder a segment of its own', () => {
    const folders = [{ name: 'app' }, { name: 'app' }, { name: 'app-2' }, { name: 'a/b' }, { name: '' }];
    const segments = folderSegments(folders);
    assert.deepEqual([...segments.keys()], ['app', 'app-2', 'app-2-2', 'a-b', 'folder']);
    assert.deepEqual([...segments.values()], folders);
  });
});

describe('safeSegments', () => {
  it('takes a path apart', () => {
    assert.deepEqual(safeSegments(''), []);
    assert.deepEqual(safeSegments('src/./a.ts'), ['src', 'a.ts']);
    assert.deepEqual(safeSegments('..a/b..'), ['..a', 'b..']);
  });

  it('refuses what could lead outside', () => {
    for (const path of ['..', '../a', 'a/../b', '/etc/passwd', 'a\0b']) assert.equal(safeSegments(path), null, path);
  });
});
