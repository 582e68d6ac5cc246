import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Sandbox } from './sandbox.ts';

describe('documents on the command line', () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = new Sandbox();
    sandbox.write({
      'notes.md': '# Notes\n\nThe heron fishes.\n',
      'notes2.md': '# Notes\n\nThe heron sleeps.\n',
      'data.json': '{"birds":["heron"]}',
      'src/a.js': 'eval(process.argv[2]);\n',
    });
  });
  after(() => sandbox.remove());

  const docs = async (...args: string[]) => (await sandbox.json(['docs', ...args])).document;
  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await sandbox.run(['docs', ...args]);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('saves files; the same title again is a version, with who, when and why', async () => {
    const first = (await docs('save', 'notes.md', '--title', 'Notes', '--tag', 'birds')).item;
    assert.deepEqual([first.version, first.format, first.tags, first.kind], [1, 'markdown', ['birds'], 'document']);
    const second = (await docs('save', 'notes2.md', '--title', 'Notes', '--reason', 'it was evening')).item;
    assert.deepEqual([second.id, second.version, second.tags], [first.id, 2, ['birds']]);
    const { items, total } = await docs('versions', String(first.id));
    assert.equal(total, 2);
    assert.deepEqual(
      items.map(({ version, reason }: { version: number; reason: string }) => [version, reason]),
      [
        [2, 'it was evening'],
        [1, 'saved'],
      ],
    );
    assert.ok(items[0].author.length > 0 && Date.parse(items[0].createdAt) > 0);
    assert.match(await say('versions', String(first.id)), /VERSION[\s\S]*it was evening/);
    const piped = await sandbox.run(['docs', 'save', '-', '--title', 'Piped'], { input: '{"a":[1]}' });
    assert.match(piped.stdout, /^Saved "Piped" as document \d+, version 1\./);
  });

  it('shows and compares versions, and brings one back', async () => {
    assert.match(await say('show', '1'), /sleeps/);
    assert.match(await say('show', '1', '1'), /fishes/);
    assert.equal((await docs('show', '1', '1')).item.version, 1);
    const diff = await say('diff', '1');
    assert.match(diff, /^--- a\/document-1\n\+\+\+ b\/document-1\n@@ [\s\S]*-The heron fishes\.\n\+The heron sleeps\./);
    assert.match(await say('diff', '1', '2', '1'), /\+The heron fishes/);
    assert.match(await say('diff', '1', '2', '2'), /are the same/);
    assert.equal((await docs('restore', '1', '1')).item.version, 3);
    assert.match(await say('show', '1'), /fishes/);
    assert.equal((await docs('diff', '1', '1', '3')).item.diff, '');
  });

  it('tags, renames and finds', async () => {
    assert.deepEqual((await docs('tag', '1', '+water', '-birds', 'night')).item.tags, ['night', 'water']);
    assert.deepEqual((await docs('tag', '1')).item.tags, ['night', 'water']);
    await say('rename', '1', 'Night Notes');
    const json = (await docs('save', 'data.json')).item;
    assert.deepEqual([json.title, json.format], ['data.json', 'json']);
    assert.match(await say('show', String(json.id)), /^\{\n {2}"birds": \[/);
    const found = async (...args: string[]) => (await docs(...args)).items.map(({ title }: { title: string }) => title);
    assert.deepEqual(await found('--tag', 'water'), ['Night Notes']);
    assert.deepEqual(await found('--tag', 'wat*'), []);
    assert.deepEqual(await found('--search', 'her'), ['data.json', 'Night Notes']);
    assert.deepEqual(await found('--search', 'heron OR NEAR('), []);
    assert.deepEqual(await found('--kind', 'document', '--limit', '1'), ['data.json']);
    assert.match(await say('--search', 'heron'), /# Notes The heron/);
    assert.equal((await sandbox.run(['docs', '--kind', 'documents'])).code, 2);
  });

  it('keeps what a review has made: report and findings', async () => {
    const { documentId, runId } = (await sandbox.json(['review', 'src'])).document;
    const { items } = await docs('--search', 'eval');
    const made = items.filter((one: { runId: string }) => one.runId === runId);
    assert.deepEqual(made.map(({ kind }: { kind: string }) => kind).sort(), ['findings', 'report']);
    const again = (await sandbox.json(['review', 'src'])).document;
    assert.equal(again.documentId, documentId);
    assert.equal((await docs('versions', String(documentId))).total, 2);
    const sarif = made.find(({ kind }: { kind: string }) => kind === 'findings');
    assert.equal(JSON.parse((await docs('show', String(sarif.id))).item.content).version, '2.1.0');
  });

  it('exports into a folder under names that are safe and each its own', async () => {
    sandbox.write({ 'out/keep.txt': '' });
    const title = `../🦊 a/b:c*?"<>| ${'long '.repeat(2_000)}`;
    const one = (await docs('save', 'notes.md', '--title', title)).item;
    const two = (await docs('save', 'notes2.md', '--title', `${title.slice(0, 400)}!`)).item;
    assert.ok(one.id !== two.id);
    await docs('export', String(one.id), String(two.id), '--out', 'out');
    const names = readdirSync(path.join(sandbox.workspace, 'out')).filter((name) => name !== 'keep.txt');
    assert.equal(names.length, 2, names.join());
    for (const name of names) assert.match(name, /^[^/\\:*?"<>|\s]{1,130}\.md$/u);
    await docs('export', '1', '--version-of', '2', '--out', 'old.md');
    assert.match(readFileSync(path.join(sandbox.workspace, 'old.md'), 'utf8'), /sleeps/);
  });

  it('deletes, and brings back', async () => {
    const { total } = await docs();
    assert.match((await sandbox.run(['docs', 'delete', '1', '2'])).stderr, /docs undelete 1 2/);
    assert.equal((await docs()).total, total - 2);
    assert.equal((await sandbox.run(['docs', 'show', '1'])).code, 2);
    await docs('undelete', '1', '2');
    assert.equal((await docs('versions', '1')).total, 3);
  });

  it('says what is wrong', async () => {
    for (const [args, message] of [
      [['show', '999'], /no document 999/],
      [['show', '1', '9'], /no version 9 of document 1/],
      [['restore', '1', '9'], /no version 9/],
      [['diff', '2'], /nothing before/],
      [['save', 'missing.md'], /could not be read \(ENOENT\)/],
      [['save', '-'], /needs a title/],
      [['delete', '999'], /no document 999/],
      [['undelete', '1'], /no deleted document/],
      [['tag', '1', `+${'x'.repeat(80)}`], /too long/],
      [['versoins', '1'], /Did you mean "docs versions"/],
    ] as const) {
      const { code, stderr } = await sandbox.run(['docs', ...args], { input: 'x' });
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });

  it('keeps a document of 50 MB: searched by its first words, listed and exported byte for byte', async () => {
    const line = 'The stork stands in the reeds, and the heron fishes. ä€😀\n';
    const large = line.repeat(Math.ceil(50_000_000 / Buffer.byteLength(line)));
    sandbox.write({ 'large.txt': large });
    const { item } = await docs('save', 'large.txt', '--title', 'Large');
    const size = Buffer.byteLength(large);
    assert.deepEqual([item.version, item.size], [1, size]);
    const [found] = (await docs('--search', 'stork')).items;
    assert.deepEqual([found.title, found.size], ['Large', size]);
    await say('export', String(item.id), '--out', 'exported.txt');
    assert.ok(readFileSync(path.join(sandbox.workspace, 'exported.txt')).equals(Buffer.from(large)));
  });

  it('lists titles with slashes, emoji, line breaks and 10,000 characters, each in a line', async () => {
    const titles = ['../a/b\\c 💥 \u202Eevil\u001b[31m', 'one\ntwo', 'x'.repeat(10_000)];
    for (const title of titles) await docs('save', 'notes.md', '--title', title);
    const shown = (await docs('--limit', '3')).items.map(({ title }: { title: string }) => title).reverse();
    assert.deepEqual([shown[1], shown[2].length], ['one two', 500]);
    const text = await say('--limit', '3');
    assert.equal(text.trimEnd().split('\n').length, 4, text);
    assert.match(text, /\.\.\/a\/b\\c 💥/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what may not be there.
    assert.doesNotMatch(text, /[\u001b\u202e]/);
  });
});
