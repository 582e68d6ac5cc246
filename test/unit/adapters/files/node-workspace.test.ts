import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NodeWorkspace } from '../../../../src/adapters/files/node-workspace.ts';
import { temporaryDirectory, writeFiles } from './temporary-directory.ts';

const SIGNAL = new AbortController().signal;

describe('NodeWorkspace', () => {
  let directory: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: directory, remove } = await temporaryDirectory());
  });
  afterEach(() => remove());

  const open = (where = directory) => NodeWorkspace.open(where, { trusted: false });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });

  describe('its root', () => {
    it('is the directory itself where there is no git', async () => {
      await mkdir(path.join(directory, 'sub'));
      const workspace = await open(path.join(directory, 'sub'));
      assert.equal(workspace.root, path.join(directory, 'sub'));
      assert.equal(workspace.trusted, false);
      assert.equal(await workspace.changedFiles(null, SIGNAL), null);
    });

    it('is the top of the repository, also of a worktree and through a link', async () => {
      await writeFiles(directory, { 'repo/.git/HEAD': 'x', 'tree/.git': 'gitdir: elsewhere', 'repo/a/b/c.ts': '' });
      await symlink('repo', path.join(directory, 'link'));
      assert.equal((await open(path.join(directory, 'repo/a/b'))).root, path.join(directory, 'repo'));
      assert.equal((await open(path.join(directory, 'link/a'))).root, path.join(directory, 'repo'));
      assert.equal((await open(path.join(directory, 'tree'))).root, path.join(directory, 'tree'));
    });

    it('must be a directory', async () => {
      await writeFile(path.join(directory, 'file'), '');
      for (const name of ['file', 'gone'])
        await assert.rejects(open(path.join(directory, name)), { code: 'invalid-input' });
    });
  });

  describe('what it does not read', () => {
    it('is not held up by a pipe', async () => {
      execFileSync('mkfifo', [path.join(directory, 'pipe')]);
      const workspace = await open();
      assert.deepEqual(await workspace.readDirectory(''), [{ name: 'pipe', kind: 'other' }]);
      await assert.rejects(workspace.readFile('pipe', 10), { code: 'invalid-input' });
    });

    it('reads no device through a link', async () => {
      await symlink('/dev/zero', path.join(directory, 'zero'));
      const workspace = await open();
      await assert.rejects(workspace.readFile('zero', 10), { code: 'invalid-input' });
      assert.equal(await workspace.resolveLink('zero'), null);
    });

    it('reads only the beginning of a file of 10 GB', async () => {
      const file = path.join(directory, 'huge');
      await writeFile(file, 'start');
      await truncate(file, 10 * 1024 ** 3);
      const { bytes, truncated } = await (await open()).readFile('huge', 100_000);
      assert.deepEqual(
        [bytes.length, truncated, Buffer.from(bytes).toString('latin1', 0, 6)],
        [100_000, true, 'start\0'],
      );
    });

    it('does not follow a directory that became a link meanwhile', async () => {
      await writeFiles(directory, { 'root/.git/HEAD': '', 'root/src/a.ts': 'mine', 'outside/a.ts': 'not mine' });
      const workspace = await open(path.join(directory, 'root'));
      await workspace.readFile('src/a.ts', 10);
      await rename(path.join(directory, 'root/src'), path.join(directory, 'root/old'));
      await symlink('../outside', path.join(directory, 'root/src'));
      await assert.rejects(workspace.readFile('src/a.ts', 10), { code: 'invalid-input' });
      await assert.rejects(workspace.readDirectory('src'), { code: 'invalid-input' });
      await assert.rejects(workspace.stat('src/a.ts'), { code: 'invalid-input' });
    });

    it('says so when the system refuses', async () => {
      const workspace = await open();
      await assert.rejects(workspace.readFile('x'.repeat(300), 10), { code: 'invalid-input', message: /ENAMETOOLONG/ });
    });
  });

  describe('what changed', () => {
    beforeEach(async () => {
      git('init', '-q', '-b', 'main');
      await writeFiles(directory, {
        'kept.ts': '1',
        'edited.ts': '1',
        'renamed.ts': 'long enough to be a rename',
        'deleted.ts': '1',
        '.gitignore': 'ignored.ts',
      });
      git('add', '.');
      git('commit', '-qm', 'first');
    });

    it('is what is not committed, new files included, deleted and ignored ones not', async () => {
      await writeFiles(directory, {
        'edited.ts': '2',
        'new/näme "with" spaces\n.ts': '',
        'staged.ts': '',
        'ignored.ts': '',
      });
      await rm(path.join(directory, 'deleted.ts'));
      git('mv', 'renamed.ts', 'moved.ts');
      git('add', 'staged.ts');
      assert.deepEqual(await (await open()).changedFiles(null, SIGNAL), [
        'edited.ts',
        'moved.ts',
        'new/näme "with" spaces\n.ts',
        'staged.ts',
      ]);
      assert.deepEqual(await (await open(path.join(directory, 'new'))).changedFiles('HEAD', SIGNAL), [
        'edited.ts',
        'moved.ts',
        'new/näme "with" spaces\n.ts',
        'staged.ts',
      ]);
    });

    it('counts from where the branch left its base', async () => {
      git('checkout', '-qb', 'feature');
      await writeFiles(directory, { 'feature.ts': '1' });
      git('add', '.');
      git('commit', '-qm', 'feature');
      git('checkout', '-q', 'main');
      await writeFiles(directory, { 'kept.ts': 'changed on main' });
      git('commit', '-qam', 'main goes on');
      git('checkout', '-q', 'feature');
      await writeFiles(directory, { 'edited.ts': '2' });
      assert.deepEqual(await (await open()).changedFiles('main', SIGNAL), ['edited.ts', 'feature.ts']);
      assert.deepEqual(await (await open()).changedFiles(null, SIGNAL), ['edited.ts']);
    });

    it('knows the texts from before, where there were any', async () => {
      await writeFiles(directory, { 'edited.ts': '2', 'new.ts': 'n' });
      const workspace = await open();
      const texts = await workspace.baseTexts(null, ['edited.ts', 'kept.ts', 'new.ts', '../x'], SIGNAL);
      assert.deepEqual(Object.fromEntries(texts), { 'edited.ts': '1', 'kept.ts': '1' });
      git('commit', '-qam', 'second');
      assert.deepEqual([...(await workspace.baseTexts('HEAD~1', ['edited.ts'], SIGNAL))], [['edited.ts', '1']]);
      await assert.rejects(workspace.baseTexts('no-such-branch', ['edited.ts'], SIGNAL), { code: 'invalid-input' });
    });

    it('leaves out repositories inside', async () => {
      execFileSync('git', ['init', '-q', path.join(directory, 'inner')]);
      await writeFiles(directory, { 'inner/a.ts': '', 'new.ts': '' });
      assert.deepEqual(await (await open()).changedFiles(null, SIGNAL), ['new.ts']);
    });

    it('runs no program that the repository names', async () => {
      const trap = path.join(directory, 'trap.sh');
      const proof = path.join(directory, '..', `${path.basename(directory)}-proof`);
      await writeFile(trap, `#!/bin/sh\ntouch "${proof}"\ncat\n`, { mode: 0o755 });
      await writeFiles(directory, { '.gitattributes': '*.ts filter=trap diff=trap', 'edited.ts': '2' });
      for (const setting of [
        'core.fsmonitor',
        'filter.trap.clean',
        'filter.trap.process',
        'diff.trap.textconv',
        'diff.trap.command',
        'core.hooksPath',
        'diff.external',
      ]) {
        git('config', setting, trap);
      }
      assert.deepEqual(await (await open()).changedFiles(null, SIGNAL), ['.gitattributes', 'edited.ts', 'trap.sh']);
      await assert.rejects(rm(proof), { code: 'ENOENT' });
    });

    it('is unknown where git is not installed, and an error where git fails', async () => {
      const missing = Object.assign(new Error('no git'), { code: 'ENOENT' });
      const without = await NodeWorkspace.open(directory, { trusted: false, run: () => Promise.reject(missing) });
      assert.equal(await without.changedFiles(null, SIGNAL), null);
      await rm(path.join(directory, '.git/HEAD'));
      await assert.rejects((await open()).changedFiles(null, SIGNAL), {
        code: 'invalid-input',
        message: /not a git repository/,
      });
    });
  });
});
