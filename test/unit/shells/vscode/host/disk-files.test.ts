import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readDiskFile, resolveDiskLink } from '../../../../../src/shells/vscode/host/disk-files.ts';

describe('disk files', () => {
  let outside: string;
  let root: string;

  beforeEach(() => {
    outside = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-disk-')));
    root = path.join(outside, 'root');
    fs.mkdirSync(path.join(root, 'src'), { recursive: true });
    fs.writeFileSync(path.join(outside, 'secret.txt'), 'secret');
    fs.writeFileSync(path.join(root, 'src', 'a.ts'), 'const a = 1;\n');
    fs.symlinkSync('src/a.ts', path.join(root, 'inside.ts'));
    fs.symlinkSync('../secret.txt', path.join(root, 'outside.txt'));
    fs.symlinkSync('..', path.join(root, 'up'));
    fs.symlinkSync('nowhere', path.join(root, 'dangling'));
  });

  afterEach(() => fs.rmSync(outside, { recursive: true, force: true }));

  it('reads a file, at most so many bytes', async () => {
    const whole = await readDiskFile(root, ['src', 'a.ts'], 100);
    assert.equal(Buffer.from(whole.bytes).toString(), 'const a = 1;\n');
    assert.equal(whole.truncated, false);
    const part = await readDiskFile(root, ['src', 'a.ts'], 5);
    assert.equal(Buffer.from(part.bytes).toString(), 'const');
    assert.equal(part.truncated, true);
  });

  it('reads nothing through links, nothing outside, no folders', async () => {
    for (const segments of [['outside.txt'], ['inside.ts'], ['up', 'secret.txt'], ['src'], ['dangling']]) {
      await assert.rejects(readDiskFile(root, segments, 100), segments.join('/'));
    }
  });

  it('does not hang on a pipe', async function () {
    if (process.platform === 'win32') return this.skip();
    execFileSync('mkfifo', [path.join(root, 'pipe')]);
    await assert.rejects(readDiskFile(root, ['pipe'], 100), { code: 'invalid-input' });
  });

  it('resolves links that stay inside', async () => {
    assert.deepEqual(await resolveDiskLink(root, ['inside.ts']), ['src', 'a.ts']);
    assert.equal(await resolveDiskLink(root, ['outside.txt']), null);
    assert.equal(await resolveDiskLink(root, ['up']), null);
    assert.equal(await resolveDiskLink(root, ['dangling']), null);
  });
});
