import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkOutputFile, writeOutputFile } from '../../../../src/shells/cli/output-file.ts';

describe('output file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ensemble-out-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is written whole and leaves nothing beside it', async () => {
    const file = await checkOutputFile(folder, 'report.md');
    await writeOutputFile(file, 'first');
    await writeOutputFile(file, 'second');
    assert.equal(readFileSync(path.join(folder, 'report.md'), 'utf8'), 'second');
    assert.deepEqual(readdirSync(folder), ['report.md']);
  });

  it('is never a folder, nor a link to one', async () => {
    mkdirSync(path.join(folder, 'taken'));
    symlinkSync('taken', path.join(folder, 'link'));
    for (const target of ['taken', 'link', '.']) {
      await assert.rejects(checkOutputFile(folder, target), { code: 'invalid-input', message: /folder/ });
    }
  });

  it('needs a folder that exists', async () => {
    await assert.rejects(checkOutputFile(folder, 'missing/report.md'), {
      code: 'invalid-input',
      hint: /Make the folder/,
    });
  });

  it('replaces a link instead of writing through it', async () => {
    writeFileSync(path.join(folder, 'precious'), 'kept');
    symlinkSync('precious', path.join(folder, 'report.md'));
    await writeOutputFile(await checkOutputFile(folder, 'report.md'), 'report');
    assert.equal(readFileSync(path.join(folder, 'precious'), 'utf8'), 'kept');
    assert.equal(readFileSync(path.join(folder, 'report.md'), 'utf8'), 'report');
  });

  it('leaves nothing behind when it cannot be written', async () => {
    mkdirSync(path.join(folder, 'taken'));
    await assert.rejects(writeOutputFile(path.join(folder, 'taken'), 'x'), { code: 'invalid-input' });
    assert.deepEqual(readdirSync(folder), ['taken']);
  });
});
