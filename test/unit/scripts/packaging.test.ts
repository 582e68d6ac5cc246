import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { packageProblems } from '../../../scripts/lib/package-contents.mjs';
import { listZip } from '../../../scripts/lib/zip.mjs';

const ALLOWED = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/dist/extension.js',
  'extension/dist/storage-worker.js',
  'extension/dist/web/extension.cjs',
  'extension/dist/sql-wasm-debug.wasm',
  'extension/dist/THIRD_PARTY_NOTICES.txt',
  'extension/media/sample/server.ts',
];

const files = (...names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));

describe('package contents', () => {
  it('accepts a whole package', () => {
    assert.deepEqual(packageProblems(files(...ALLOWED)), []);
  });

  for (const name of [
    'extension/.env',
    'extension/.env.local',
    'extension/dist/.env',
    'extension/server.pem',
    'extension/certificate.key',
    'extension/id_ed25519',
    'extension/dist/extension.js.map',
    'extension/src/extension.ts',
    'extension/dist/index.d.ts',
    'extension/test/unit/a.js',
    'extension/scripts/test.mjs',
    'extension/bench/run.mjs',
    'extension/node_modules/zod/index.js',
    'extension/package-lock.json',
    'extension/old.vsix',
    'extension/ensemble.db',
  ]) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(packageProblems(files(...ALLOWED, name)), [`must not be in the package: ${name}`]);
    });
  }

  it('misses what every package needs', () => {
    const without = ALLOWED.filter((name) => name !== 'extension/dist/sql-wasm-debug.wasm');
    assert.deepEqual(packageProblems(files(...without)), ['is missing: dist/sql-wasm-debug.wasm']);
  });
});

describe('zip listing', () => {
  /** A minimal archive by the format's description: local files, central directory, end record. */
  function zip(entries: Readonly<Record<string, string>>, comment = ''): Buffer {
    const locals: Buffer[] = [];
    const directory: Buffer[] = [];
    let offset = 0;
    for (const [name, text] of Object.entries(entries)) {
      const data = deflateRawSync(Buffer.from(text));
      const local = Buffer.alloc(30 + name.length);
      local.writeUInt32LE(0x04034b50, 0);
      local.writeUInt16LE(name.length, 26);
      local.write(name, 30);
      const entry = Buffer.alloc(46 + name.length);
      entry.writeUInt32LE(0x02014b50, 0);
      entry.writeUInt32LE(data.length, 20);
      entry.writeUInt32LE(text.length, 24);
      entry.writeUInt16LE(name.length, 28);
      entry.writeUInt32LE(offset, 42);
      entry.write(name, 46);
      locals.push(local, data);
      directory.push(entry);
      offset += local.length + data.length;
    }
    const end = Buffer.alloc(22 + comment.length);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(directory.length, 10);
    end.writeUInt32LE(offset, 16);
    end.write(comment, 22);
    return Buffer.concat([...locals, ...directory, end]);
  }

  it('names every file with its sizes, also behind a comment', () => {
    const listed = listZip(zip({ 'a.txt': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'b/c.js': 'x' }, 'made by a test'));
    assert.deepEqual(
      listed.map(({ name, size }) => [name, size]),
      [
        ['a.txt', 30],
        ['b/c.js', 1],
      ],
    );
    assert.ok(listed[0] && listed[0].compressed < 30);
  });

  it('refuses what is no archive', () => {
    assert.throws(() => listZip(Buffer.from('not a zip archive, but long enough to be one')), /not a zip/);
  });
});
