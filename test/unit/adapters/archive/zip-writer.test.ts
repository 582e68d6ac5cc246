import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { ZIP_LIMITS } from '../../../../src/adapters/archive/zip-format.ts';
import { ZipWriter } from '../../../../src/adapters/archive/zip-writer.ts';
import { temporaryFolder } from '../../../contract/storage-implementations.ts';

/** What another program reads: name, mode, time and text of every file, after its own check of sizes and sums. */
const READ = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, oct(i.external_attr >> 16), i.date_time, archive.read(i).decode()] for i in archive.infolist()]))
`;

type Entry = readonly [name: string, chunks: readonly string[]];

describe('a zip file that is written as a stream', () => {
  let folder = '';
  before(function () {
    if (spawnSync('python3', ['-c', 'import zipfile']).status !== 0) this.skip();
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const write = async (entries: readonly Entry[], limits = ZIP_LIMITS) => {
    const target = path.join(folder, 'test.zip');
    fs.rmSync(target, { force: true });
    const zip = new ZipWriter(target, new Date(2026, 10, 22, 3, 4, 6), limits);
    for (const [name, chunks] of entries) await zip.add(name, chunks);
    assert.equal(zip.finish(), fs.statSync(target).size);
    return target;
  };
  const read = (target: string): [string, string, number[], string][] => {
    const { stdout, stderr } = spawnSync('python3', ['-c', READ, target], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };
  const texts = (target: string) => read(target).map(([name, , , text]) => [name, text]);
  const joined = (entries: readonly Entry[]) => entries.map(([name, chunks]) => [name, chunks.join('')]);

  it('gives another program back what was added, with time and mode', async () => {
    const target = await write([['a/Größe.md', ['one ', 'text']]]);
    assert.deepEqual(read(target), [['a/Größe.md', '0o100644', [2026, 11, 22, 3, 4, 6], 'one text']]);
  });

  it('takes any texts in any chunks, by the first form and by Zip64', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    // Short, and longer than what is compressed at once.
    const chunk = fc.tuple(text, fc.constantFrom(1, 1, 1, 3_000)).map(([some, times]) => some.repeat(times));
    const contents = fc.array(fc.array(chunk, { maxLength: 4 }), { maxLength: 5 });
    const limits = fc.constantFrom(ZIP_LIMITS, { bytes: 60, files: 3 }, { bytes: 0, files: 0 });
    await fc.assert(
      fc.asyncProperty(contents, limits, async (files, some) => {
        const entries = files.map((chunks, index) => [`${index}/ü.md`, chunks] as const);
        assert.deepEqual(texts(await write(entries, some)), joined(entries));
      }),
      { numRuns: 12 },
    );
    // Python starts twelve times, on a machine that may be busy.
  }).timeout(60_000);

  it('says the sums of its files, and leaves nothing when it is abandoned', async () => {
    const zip = new ZipWriter(path.join(folder, 'part'), new Date());
    await zip.add('a', ['text']);
    assert.deepEqual(zip.checksums, ['982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1  a\n']);
    assert.equal(zip.entries, 1);
    const failing = function* () {
      yield 'x'.repeat(200_000);
      throw new Error('no more');
    };
    await assert.rejects(zip.add('b', failing()), /no more/);
    zip.abandon();
    zip.abandon();
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('never writes over a file', () => {
    fs.writeFileSync(path.join(folder, 'part'), 'precious');
    assert.throws(() => new ZipWriter(path.join(folder, 'part'), new Date()), { code: 'EEXIST' });
  });
});
