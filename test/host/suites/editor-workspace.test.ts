import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { EditorWorkspace } from '../../../src/shells/vscode/host/editor-workspace.ts';
import { closeAll, folder, openFile } from './support.ts';

describe('EditorWorkspace', () => {
  const workspace = new EditorWorkspace();
  const text = async (file: string, limit = 1000) =>
    new TextDecoder().decode((await workspace.readFile(file, limit)).bytes);
  const on = (...segments: string[]) => path.join(folder().fsPath, 'workspace', ...segments);

  before(() => {
    fs.mkdirSync(on('sub'), { recursive: true });
    fs.writeFileSync(on('a.ts'), 'alpha');
    fs.writeFileSync(on('sub', 'b.ts'), 'beta');
    fs.symlinkSync('a.ts', on('link.ts'));
    fs.symlinkSync('/etc/hostname', on('out'));
  });
  after(() => fs.rmSync(on(), { recursive: true, force: true }));
  afterEach(closeAll);

  it('is the open folder', () => {
    assert.equal(workspace.root, folder().fsPath);
    assert.equal(workspace.trusted, true);
    assert.equal(workspace.uriOf('workspace/a.ts')?.fsPath, on('a.ts'));
    assert.equal(workspace.pathOf(vscode.Uri.file(on('sub', 'b.ts'))), 'workspace/sub/b.ts');
    assert.equal(workspace.pathOf(vscode.Uri.file('/elsewhere/x.ts')), null);
  });

  it('lists directories by name, with what each entry is', async () => {
    assert.deepEqual(await workspace.readDirectory('workspace'), [
      { name: 'a.ts', kind: 'file' },
      { name: 'link.ts', kind: 'symlink' },
      { name: 'out', kind: 'symlink' },
      { name: 'sub', kind: 'directory' },
    ]);
    assert.ok((await workspace.readDirectory('')).some(({ name }) => name === 'workspace'));
  });

  it('tells kind and size, or that there is nothing', async () => {
    assert.deepEqual(await workspace.stat('workspace/a.ts'), { kind: 'file', size: 5 });
    assert.equal((await workspace.stat('workspace/sub'))?.kind, 'directory');
    assert.equal((await workspace.stat('workspace/link.ts'))?.kind, 'symlink');
    assert.equal(await workspace.stat('workspace/none'), null);
    assert.equal(await workspace.stat('../x'), null);
  });

  it('reads at most so many bytes and never outside', async () => {
    assert.equal(await text('workspace/sub/b.ts'), 'beta');
    assert.deepEqual(await workspace.readFile('workspace/a.ts', 2).then(({ truncated }) => truncated), true);
    for (const file of ['../x', '/etc/hostname', 'workspace/out', 'workspace/sub', 'workspace/none']) {
      await assert.rejects(workspace.readFile(file, 10), file);
    }
  });

  it('resolves links that stay inside', async () => {
    assert.equal(await workspace.resolveLink('workspace/link.ts'), 'workspace/a.ts');
    assert.equal(await workspace.resolveLink('workspace/out'), null);
  });

  it('reads text that is not saved as it stands', async () => {
    const editor = await openFile('workspace/c.ts', 'saved');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'un'));
    assert.equal(await text('workspace/c.ts'), 'unsaved');
    assert.deepEqual(await workspace.stat('workspace/c.ts'), { kind: 'file', size: 7 });
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('knows no changes where there is no git', async () => {
    assert.equal(await workspace.changedFiles(null, new AbortController().signal), null);
  });
});
