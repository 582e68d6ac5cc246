import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { NodeWorkspace } from '../../src/adapters/files/node-workspace.ts';
import type { Workspace } from '../../src/core/ports.ts';
import { temporaryDirectory, writeFiles } from '../unit/adapters/files/temporary-directory.ts';
import { MemoryWorkspace } from './memory-workspace.ts';

/** A workspace with this content: strings are files, `{ link }` are symbolic links, null is an empty directory. */
export type Tree = Readonly<Record<string, string | { readonly link: string } | null>>;

const TREE: Tree = {
  'README.md': 'hello',
  'src/b.ts': 'b',
  'src/a.ts': 'äöü',
  'src/deep/c.ts': '',
  empty: null,
  'link-inside': { link: 'src/a.ts' },
  'link-directory': { link: 'src' },
  'link-outside': { link: '../outside.txt' },
  'link-nowhere': { link: 'gone.txt' },
  'link-loop': { link: 'link-loop' },
};

/** How an implementation gets its files. */
interface Implementation {
  readonly name: string;
  make(tree: Tree): Promise<{ readonly workspace: Workspace; remove(): Promise<void> }>;
}

const IMPLEMENTATIONS: readonly Implementation[] = [
  {
    name: 'MemoryWorkspace',
    make: async (tree) => ({ workspace: new MemoryWorkspace(tree), remove: async () => undefined }),
  },
  {
    name: 'NodeWorkspace',
    make: async (tree) => {
      const directory = await temporaryDirectory();
      const root = path.join(directory.path, 'root');
      await writeFiles(directory.path, { 'outside.txt': 'outside', 'root-sibling/file.txt': 'sibling' });
      await mkdir(root);
      for (const [name, content] of Object.entries(tree)) {
        const file = path.join(root, name);
        if (content === null) await mkdir(file, { recursive: true });
        else if (typeof content === 'string') await writeFiles(root, { [name]: content });
        else await symlink(content.link, file);
      }
      execFileSync('git', ['init', '-q', root]);
      return { workspace: await NodeWorkspace.open(root, { trusted: true }), remove: directory.remove };
    },
  },
];

for (const { name, make } of IMPLEMENTATIONS) {
  describe(`Workspace: ${name}`, () => {
    let workspace: Workspace;
    let remove: () => Promise<void>;

    before(async () => {
      ({ workspace, remove } = await make(TREE));
    });
    after(() => remove());

    const textOf = async (file: string, maxBytes = 100) => {
      const { bytes, truncated } = await workspace.readFile(file, maxBytes);
      return [new TextDecoder().decode(bytes), truncated];
    };

    it('lists directories sorted by name, with kinds', async () => {
      const entries = (await workspace.readDirectory('')).filter((entry) => entry.name !== '.git');
      assert.deepEqual(
        entries.map((entry) => `${entry.name}:${entry.kind}`),
        [
          'README.md:file',
          'empty:directory',
          'link-directory:symlink',
          'link-inside:symlink',
          'link-loop:symlink',
          'link-nowhere:symlink',
          'link-outside:symlink',
          'src:directory',
        ],
      );
      assert.deepEqual(await workspace.readDirectory('src'), [
        { name: 'a.ts', kind: 'file' },
        { name: 'b.ts', kind: 'file' },
        { name: 'deep', kind: 'directory' },
      ]);
      assert.deepEqual(await workspace.readDirectory('empty'), []);
    });

    it('refuses to list what is no directory', async () => {
      for (const file of ['README.md', 'gone', 'link-directory']) {
        await assert.rejects(workspace.readDirectory(file), { code: 'invalid-input' }, file);
      }
    });

    it('tells kind and size, without following links', async () => {
      assert.equal((await workspace.stat(''))?.kind, 'directory');
      assert.deepEqual(await workspace.stat('src/a.ts'), { kind: 'file', size: 6 });
      assert.equal((await workspace.stat('link-inside'))?.kind, 'symlink');
      for (const file of ['gone', 'gone/deeper', 'README.md/below'])
        assert.equal(await workspace.stat(file), null, file);
    });

    it('reads files up to a limit', async () => {
      assert.deepEqual(await textOf('src/a.ts'), ['äöü', false]);
      assert.deepEqual(await textOf('README.md', 5), ['hello', false]);
      assert.deepEqual(await textOf('README.md', 4), ['hell', true]);
      assert.deepEqual(await textOf('README.md', 0), ['', true]);
      assert.deepEqual(await textOf('src/deep/c.ts', 0), ['', false]);
    });

    it('reads regular files only', async () => {
      for (const file of ['', 'src', 'gone', 'link-inside', 'link-outside', 'link-nowhere', 'link-directory/a.ts']) {
        await assert.rejects(workspace.readFile(file, 10), { code: 'invalid-input' }, file);
      }
    });

    it('says where a link leads, as long as it leads inside', async () => {
      assert.equal(await workspace.resolveLink('link-inside'), 'src/a.ts');
      assert.equal(await workspace.resolveLink('link-directory'), 'src');
      assert.equal(await workspace.resolveLink('src/a.ts'), 'src/a.ts');
      for (const file of ['link-outside', 'link-nowhere', 'link-loop', 'gone'])
        assert.equal(await workspace.resolveLink(file), null, file);
    });

    const outside = [
      '..',
      '../outside.txt',
      'src/../../outside.txt',
      '/etc/passwd',
      './README.md',
      'src//a.ts',
      'src/',
      'a\0b',
      '../root-sibling/file.txt',
      'file:///etc/passwd',
    ];
    for (const file of outside) {
      it(`refuses the path ${JSON.stringify(file)}`, async () => {
        await assert.rejects(workspace.readFile(file, 10), { code: 'invalid-input' });
        await assert.rejects(workspace.readDirectory(file), { code: 'invalid-input' });
        await assert.rejects(workspace.stat(file), { code: 'invalid-input' });
      });
    }

    it('lists every file as changed where nothing is committed', async () => {
      const changed = await workspace.changedFiles(null, new AbortController().signal);
      assert.deepEqual(
        changed?.filter((file) => !file.startsWith('link-')),
        ['README.md', 'src/a.ts', 'src/b.ts', 'src/deep/c.ts'],
      );
    });

    it('knows no base that does not exist', async () => {
      for (const base of ['no-such-branch', '--output=x', '']) {
        await assert.rejects(workspace.changedFiles(base, new AbortController().signal), { code: 'invalid-input' });
      }
    });

    it('stops listing changes when aborted', async () => {
      await assert.rejects(workspace.changedFiles(null, AbortSignal.abort(new Error('stop'))), { message: 'stop' });
    });
  });
}
