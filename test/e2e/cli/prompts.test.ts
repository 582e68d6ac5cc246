import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Sandbox } from './sandbox.ts';

const LETTER = [
  '---',
  'description: Writes a letter',
  'category: Letters',
  'tags: [polite]',
  'variables:',
  '  tone: { description: How it sounds, default: calm, choices: [calm, brisk] }',
  '---',
  'Write {{text}} in a {{tone}} tone.',
].join('\n');

describe('the prompt library and the archive on the command line', () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = new Sandbox();
    sandbox.write({ 'letter.prompt.md': LETTER });
  });
  after(() => sandbox.remove());

  const item = async (...args: string[]) => (await sandbox.json(['prompt', ...args])).document.item;
  const items = async (...args: string[]) => (await sandbox.json(['prompt', ...args])).document.items;

  it('saves a prompt from a file, from standard input and from an option, each a version', async () => {
    const first = await item('save', 'letter', '--file', 'letter.prompt.md');
    assert.deepEqual([first.version, first.category, first.tags], [1, 'Letters', ['polite']]);
    const piped = await sandbox.run(['prompt', 'save', 'letter', '--file', '-', '--reason', 'shorter'], {
      input: 'Write {{text}}, {{tone}}.',
    });
    assert.deepEqual([piped.code, piped.stdout], [0, 'Saved letter as version 2.\n']);
    const kept = await item('show', 'letter');
    assert.deepEqual(
      [kept.template, kept.category, kept.parameters[0].name],
      ['Write {{text}}, {{tone}}.', 'Letters', 'tone'],
    );
    assert.equal((await sandbox.run(['library', 'save-prompt', '--name', 'short', '--content', 'Hi {{you}}'])).code, 0);
    assert.deepEqual((await item('show', 'short')).variables, ['you']);
    for (const args of [
      ['x'],
      ['x', '--content', 'a', '--file', 'b'],
      ['x', '--content', '{{#if a}}'],
      ['', '--content', 'a'],
    ])
      assert.equal((await sandbox.run(['prompt', 'save', ...args])).code, 2, args.join(' '));
  });

  it('fills in defaults and refuses other values than the choices', async () => {
    assert.equal((await item('render', 'letter', '--vars', 'text=it')).text, 'Write it, calm.');
    const { code, stderr } = await sandbox.run(['prompt', 'render', 'letter', '--vars', 'text=it', 'tone=rude']);
    assert.equal(code, 2);
    assert.match(stderr, /calm, brisk/);
  });

  it('lists and compares versions', async () => {
    const versions = await items('versions', 'letter');
    assert.deepEqual(
      versions.map(({ version, reason }: { version: number; reason: string }) => [version, reason]),
      [
        [2, 'shorter'],
        [1, 'saved'],
      ],
    );
    const { stdout } = await sandbox.run(['prompt', 'diff', 'letter', '--quiet']);
    assert.match(stdout, /^-Write \{\{text\}\} in a \{\{tone\}\} tone\.$/m);
    assert.match(stdout, /^\+Write \{\{text\}\}, \{\{tone\}\}\.$/m);
    assert.equal((await sandbox.run(['prompt', 'diff', 'short'])).code, 2);
    assert.equal((await sandbox.run(['prompt', 'versions', 'none'])).code, 2);
  });

  it('tags and searches', async () => {
    assert.deepEqual((await item('tag', 'letter', 'daily', '--remove', 'polite')).tags, ['daily']);
    const found = await items('search', 'daily');
    assert.deepEqual([found.length, found[0].prompt.name], [1, 'letter']);
    assert.equal((await items('search', 'weakness', 'attacker'))[0].prompt.name, 'security-audit');
    assert.match((await sandbox.run(['prompt', 'search', '"*', '--quiet'])).stdout, /^No prompt/);
  });

  it('deletes and brings back', async () => {
    const deleted = await sandbox.run(['prompt', 'delete', 'short']);
    assert.match(deleted.stderr, /prompt restore "short"/);
    assert.equal((await sandbox.run(['prompt', 'show', 'short'])).code, 2);
    assert.equal((await item('restore', 'short')).version, 2);
    const builtIn = await sandbox.run(['prompt', 'delete', 'refactor']);
    assert.equal(builtIn.code, 2);
    assert.match(builtIn.stderr, /built-in/);
  });

  it('exports a folder that another library imports whole, and names the files that are broken', async () => {
    assert.match((await sandbox.run(['prompt', 'export', '--out', 'all', '--quiet'])).stdout, /^Exported 10 prompts/);
    const files = readdirSync(path.join(sandbox.workspace, 'all'));
    assert.ok(files.includes('letter.prompt.md') && files.length === 10, files.join());
    assert.match((await sandbox.run(['prompt', 'export', 'letter', '--quiet'])).stdout, /^---\nname: letter\n/);
    await sandbox.run(['prompt', 'export', 'letter', '--out', 'one.json']);
    sandbox.write({
      'all/broken.prompt.md': '---\ntags: [a\n---\nx',
      'all/half.json': '{"name": "half"}',
      'all/note.bin': '',
    });
    const other = ['--db', 'other.db'];
    const { code, document } = await sandbox.json(['prompt', 'import', 'all', 'one.json', ...other]);
    assert.equal(code, 6);
    assert.deepEqual(
      document.items.map(({ name }: { name: string }) => name),
      ['letter', 'short'],
    );
    assert.deepEqual(
      document.problems.map(({ file }: { file: string }) => path.basename(file)),
      ['broken.prompt.md', 'half.json'],
    );
    const [mine, theirs] = [await item('show', 'letter'), await item('show', 'letter', ...other)];
    assert.deepEqual([theirs.template, theirs.tags, theirs.parameters], [mine.template, mine.tags, mine.parameters]);
    assert.match((await sandbox.run(['prompt', 'import', 'one.json', '--quiet', ...other])).stdout, /1 unchanged/);
  });

  it('imports 5,000 prompts of a folder with duplicates and broken files in one go', async () => {
    const files: Record<string, string> = {};
    for (let index = 0; index < 4_900; index++) {
      files[`many/${index % 7}/p${index}.prompt.md`] =
        `---\nname: many/${index}\ntags: [t${index % 10}]\n---\nExplain {{code}} ${'in detail '.repeat(100)}`;
    }
    for (let index = 0; index < 60; index++)
      files[`many/again/p${index}.prompt.md`] = `---\nname: many/${index}\n---\nOther`;
    for (let index = 0; index < 40; index++) files[`many/torn/p${index}.prompt.md`] = `---\ntags: [\n---\n{{#if}}`;
    sandbox.write(files);
    const other = ['--db', 'many.db'];
    const trial = await sandbox.json(['prompt', 'import', 'many', '--dry-run', ...other]);
    assert.deepEqual([trial.document.items.length, trial.document.problems.length], [4_900, 100]);
    assert.equal((await items('search', 'detail', ...other)).length, 0);
    const { code, stdout } = await sandbox.run(['prompt', 'import', 'many', '--quiet', ...other]);
    assert.equal(code, 6);
    assert.match(stdout, /^Imported 4900: 4900 new, 0 newer, 0 unchanged, 60 duplicate, 40 broken\.\n/);
    assert.match(stdout, /broken: many.torn.p0\.prompt\.md: Line \d/);
    assert.match(stdout, /and 50 more/);
    assert.equal((await item('show', 'many/4899', ...other)).version, 1);
    const again = await sandbox.run(['prompt', 'import', 'many', '--quiet', ...other]);
    assert.match(again.stdout, /^Imported 0: 0 new, 0 newer, 4900 unchanged, 60 duplicate, 40 broken/);
  }).timeout(120_000);

  it('exports a document to a file that is not there yet', async () => {
    sandbox.write({ 'src/a.js': 'eval(process.argv[2]);\n' });
    const review = await sandbox.json(['review', 'src']);
    const id = String(review.document.documentId);
    const { document } = await sandbox.json(['docs', 'export', id]);
    assert.ok(document.item.file.endsWith('Review-of-src.md'), document.item.file);
    assert.match(readFileSync(document.item.file, 'utf8'), /eval|code/);
    assert.equal((await sandbox.run(['docs', 'export', id])).code, 2);
    assert.equal((await sandbox.run(['docs', 'export', id, '--out', 'again.md'])).code, 0);
    assert.ok(existsSync(path.join(sandbox.workspace, 'again.md')));
    assert.equal((await sandbox.run(['docs', 'export', '999'])).code, 2);
    assert.equal((await sandbox.json(['history', '--search', 'eval'])).document.total > 0, true);
  });
});
