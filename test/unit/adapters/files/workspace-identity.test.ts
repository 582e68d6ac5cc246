import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { identitiesOf, identitiesOfWorkspace, isGone } from '../../../../src/adapters/files/workspace-identity.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describe('the identity of a workspace', () => {
  let place: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ path: place, remove } = await temporaryDirectory());
  });
  afterEach(() => remove());

  const folder = (name: string, origin?: string) => {
    const made = path.join(place, name);
    fs.mkdirSync(path.join(made, '.git'), { recursive: true });
    if (origin !== undefined)
      write(name, `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${origin}\n\tfetch = +refs\n`);
    return made;
  };
  const write = (name: string, config: string | Buffer) =>
    fs.writeFileSync(path.join(place, name, '.git', 'config'), config);
  const of = async (made: string, prefix: string) => (await identitiesOf(made)).find((one) => one.startsWith(prefix));

  it('stays when the folder is renamed and is another one for a copy, which has the same origin', async () => {
    const before = folder('before', 'https://example.com/team/project.git');
    const known = await identitiesOf(before);
    assert.deepEqual(
      known.map((one) => one.replace(/:.*/, '')),
      ['folder', 'git'],
    );
    const after = path.join(place, 'after');
    fs.renameSync(before, after);
    assert.deepEqual(await identitiesOf(after), known);
    fs.cpSync(after, path.join(place, 'copy'), { recursive: true });
    assert.notEqual(await of(path.join(place, 'copy'), 'folder:'), await of(after, 'folder:'));
    assert.equal(await of(path.join(place, 'copy'), 'git:'), await of(after, 'git:'));
  });

  it('is that of the repository, whoever asks for it and however its address ends', async () => {
    const same = [
      'https://example.com/team/project',
      'https://example.com/team/project.git',
      'https://example.com/team/project.git/',
      'https://somebody:secret@example.com/team/project',
    ];
    const found = await Promise.all(same.map((origin, index) => of(folder(`f${index}`, origin), 'git:')));
    assert.deepEqual([new Set(found).size, found.includes(undefined)], [1, false]);
    assert.notEqual(await of(folder('other', 'https://example.com/team/other'), 'git:'), found[0]);
    assert.doesNotMatch(String(found[0]), /example|secret/);
  });

  it('takes no other remote for the origin, and reads no huge configuration', async () => {
    const made = folder('f', 'https://example.com/a');
    write('f', '[remote "origin"]\n\tfetch = +refs\n[remote "fork"]\n\turl = https://example.com/fork\n');
    assert.equal(await of(made, 'git:'), undefined);
    write('f', Buffer.concat([Buffer.from('[remote "origin"]\nurl = x\n'), Buffer.alloc(1024 * 1024, 10)]));
    assert.equal(await of(made, 'git:'), undefined);
  });

  it('is empty for what is no folder, and tells what is gone from what cannot be known', async () => {
    const file = path.join(place, 'file');
    fs.writeFileSync(file, '');
    const nowhere = path.join(place, 'nowhere');
    assert.deepEqual([await identitiesOf(file), await identitiesOf(nowhere)], [[], []]);
    assert.deepEqual([await isGone(nowhere), await isGone(path.join(file, 'below'))], [true, true]);
    assert.deepEqual(
      [await isGone(place), await isGone('vscode-vfs://github/a/b'), await isGone('relative')],
      [false, false, false],
    );
  });

  it('of several folders is their set, whatever their order and names, and whether it was saved', async () => {
    const [one, two] = [folder('one'), folder('two')];
    const unsaved = await identitiesOfWorkspace('untitled:1', [one, two]);
    assert.match(unsaved.join(), /^folders:[0-9a-f]{32}$/);
    const file = path.join(place, 'both.code-workspace');
    fs.writeFileSync(file, '{}');
    const [own, ...saved] = await identitiesOfWorkspace(file, [two, one]);
    assert.deepEqual(saved, unsaved);
    assert.match(own ?? '', /^folder:/);
    const renamed = path.join(place, 'renamed');
    fs.renameSync(one, renamed);
    assert.deepEqual(await identitiesOfWorkspace('untitled:2', [renamed, two]), unsaved);
    assert.notDeepEqual(await identitiesOfWorkspace('untitled:2', [renamed]), unsaved);
    assert.deepEqual(await identitiesOfWorkspace('untitled:2', [renamed, two, one]), [], 'one cannot be read');
    assert.deepEqual(await identitiesOfWorkspace('untitled:2', []), []);
    assert.equal(await isGone('untitled:1700000000000'), true, 'a name that is given once');
  });
});
