import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { writeUserConfig } from '../../../../src/adapters/files/user-config.ts';
import { temporaryDirectory, writeFiles } from './temporary-directory.ts';

describe('writeUserConfig', () => {
  let directory: string;
  let file: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: directory, remove } = await temporaryDirectory());
    file = path.join(directory, '.ensemble', 'config.json');
  });
  afterEach(() => remove());

  const read = async () => JSON.parse(await readFile(file, 'utf8')) as unknown;

  it('creates the file for its owner alone', async () => {
    await writeUserConfig(file, [{ name: 'grok-1', provider: 'xai', apiKeyEnv: 'GROK_API_KEY' }]);
    assert.deepEqual(await read(), {
      schema: 1,
      accounts: [{ name: 'grok-1', provider: 'xai', apiKeyEnv: 'GROK_API_KEY' }],
    });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(path.dirname(file)), ['config.json']);
  });

  it('keeps what is there, also what it does not know', async () => {
    const before = {
      strategy: 'parallel',
      later: { x: 1 },
      accounts: [
        { name: 'a', provider: 'xai', weight: 3, own: true },
        { name: 'b', provider: 'ollama' },
      ],
    };
    await writeFiles(directory, { '.ensemble/config.json': before });
    await writeUserConfig(file, [
      { name: 'a', provider: 'openai' },
      { name: 'c', provider: 'groq' },
    ]);
    assert.deepEqual(await read(), {
      schema: 1,
      ...before,
      accounts: [
        { name: 'a', provider: 'openai', weight: 3, own: true },
        { name: 'b', provider: 'ollama' },
        { name: 'c', provider: 'groq' },
      ],
    });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('leaves alone what it cannot understand', async () => {
    for (const content of ['{ broken', '[]']) {
      await writeFiles(directory, { '.ensemble/config.json': content });
      await assert.rejects(writeUserConfig(file, []), { code: 'invalid-config', message: /was not changed/ });
      assert.equal(await readFile(file, 'utf8'), content);
    }
  });

  it('says why it cannot be written, and leaves nothing behind', async () => {
    await mkdir(file, { recursive: true });
    await assert.rejects(writeUserConfig(file, []), { code: 'invalid-config' });
    assert.deepEqual(await readdir(path.dirname(file)), ['config.json']);
  });

  it('writes through a link', async () => {
    await writeFiles(directory, { 'dotfiles/config.json': {} });
    await mkdir(path.dirname(file));
    await symlink('../dotfiles/config.json', file);
    await writeUserConfig(file, [{ name: 'a', provider: 'xai' }]);
    assert.ok((await lstat(file)).isSymbolicLink());
    assert.match(await readFile(path.join(directory, 'dotfiles/config.json'), 'utf8'), /"name": "a"/);
  });
});
