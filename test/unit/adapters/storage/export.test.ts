import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openStorage } from '../../../../src/adapters/storage/open-storage.ts';
import type { Storage } from '../../../../src/adapters/storage/storage.ts';
import { cancelledError } from '../../../../src/core/errors.ts';
import type { ExportProgress } from '../../../../src/core/maintenance.ts';
import { SILENT, temporaryFolder, WORKER_URL } from '../../../contract/storage-implementations.ts';

/** Prints the ids that the tables of an archive have: of documents, and of the documents of versions. */
const READ = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
rows = lambda table: [json.loads(line) for line in archive.read('json/' + table + '.jsonl').decode().split('\\n')[:-1]]
print(json.dumps([[row['id'] for row in rows('documents')], [row['document_id'] for row in rows('document_versions')]]))
`;

describe('exporting a database that is in use', () => {
  let folder = '';
  let storage: Storage;
  let target = '';
  before(function () {
    if (spawnSync('python3', ['-c', 'import zipfile']).status !== 0) this.skip();
  });
  beforeEach(async () => {
    folder = temporaryFolder();
    fs.mkdirSync(path.join(folder, 'out'));
    target = path.join(folder, 'out', 'all.zip');
    const file = path.join(folder, 'store.db');
    storage = await openStorage({ file, workerUrl: WORKER_URL, logger: SILENT, backupAfterMs: 60_000 });
  });
  afterEach(async () => {
    await storage.close();
    fs.rmSync(folder, { recursive: true });
  });

  const save = (title: string) =>
    storage.stores.documents.save({ taskId: 't', title, content: 'x'.repeat(2_000), format: 'text' });
  const fill = (count: number) => Promise.all(Array.from({ length: count }, (_, index) => save(`before ${index}`)));
  const read = (): [number[], number[]] => {
    const { stdout, stderr } = spawnSync('python3', ['-c', READ, target], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };
  /** What is left beside the target and among the backups. */
  const left = () => {
    const backups = path.join(folder, 'store.db.backups');
    return [...fs.readdirSync(path.join(folder, 'out')), ...(fs.existsSync(backups) ? fs.readdirSync(backups) : [])];
  };

  it('gives what there was at one moment, while others write on', async () => {
    const before = await fill(300);
    let goesOn = true;
    const writing = (async () => {
      for (let index = 0; goesOn; index++) await save(`meanwhile ${index}`);
    })();
    const steps = new Set<string>();
    const report = await storage.stores.maintenance.exportAll(target, { onProgress: ({ step }) => steps.add(step) });
    goesOn = false;
    await writing;
    const [documents, versions] = read();
    assert.deepEqual(
      documents,
      versions.toSorted((a, b) => a - b),
      'a document and its version are written together',
    );
    for (const id of before) assert.ok(documents.includes(id), `document ${id}`);
    assert.equal(report.rows.documents, documents.length);
    assert.ok(steps.has('writing'));
    assert.deepEqual(left(), ['all.zip']);
    const { users } = (await storage.stores.maintenance.status()) ?? assert.fail();
    assert.equal(users.length, 1, 'the thread was no user of its own');
  });

  it('can be done twice at a time', async () => {
    await fill(20);
    const second = path.join(folder, 'out', 'second.zip');
    const reports = await Promise.all([target, second].map((file) => storage.stores.maintenance.exportAll(file)));
    assert.deepEqual(
      reports.map(({ rows }) => rows.documents),
      [20, 20],
    );
    assert.deepEqual(left().sort(), ['all.zip', 'second.zip']);
  });

  for (const step of ['copying', 'writing'] as const) {
    it(`leaves nothing when it is cancelled while ${step}`, async () => {
      await fill(3_000);
      const stop = new AbortController();
      const onProgress = (progress: ExportProgress) => {
        if (progress.step === step) stop.abort(cancelledError('No more.'));
      };
      const { maintenance } = storage.stores;
      await assert.rejects(maintenance.exportAll(target, { signal: stop.signal, onProgress }), { message: 'No more.' });
      assert.deepEqual(left(), []);
      assert.deepEqual((await storage.stores.audit.list({ limit: 10, action: 'database-exported' })).items, []);
    });
  }

  it('ends with the database that is closed, and leaves nothing', async () => {
    await fill(1_000);
    const ended = assert.rejects(storage.stores.maintenance.exportAll(target), { code: 'cancelled' });
    await storage.close();
    await ended;
    assert.deepEqual(
      left().filter((name) => !name.endsWith('.db')),
      [],
    );
  });

  it('says what is wrong with the target before it copies anything', async () => {
    fs.writeFileSync(target, 'precious');
    const onProgress = () => assert.fail('nothing was begun');
    await assert.rejects(storage.stores.maintenance.exportAll(target, { onProgress }), { message: /exists already/ });
    assert.equal(fs.readFileSync(target, 'utf8'), 'precious');
  });
});
