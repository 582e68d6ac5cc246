import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStorage } from '../../../../src/adapters/storage/open-storage.ts';
import { currentOwner } from '../../../../src/adapters/storage/process-identity.ts';
import type { Storage } from '../../../../src/adapters/storage/storage.ts';
import { FIRST, outcome, write } from '../../../contract/journal-samples.ts';
import { openFile, SILENT, temporaryFolder } from '../../../contract/storage-implementations.ts';

/** How a made-up worker begins: it has taken the lock of the database, as one in the middle of a transaction. */
const WITH_LOCK = `
  import fs from 'node:fs';
  import { parentPort, workerData } from 'node:worker_threads';
  fs.writeFileSync(workerData.file + '.lock', JSON.stringify(workerData.owner));`;

const CONVERSATION = { taskId: 't', runId: 'r', type: 'test', messages: [], model: 'm', account: 'a' };

describe('openStorage', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, 'x.db');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** A storage whose worker is `source`. */
  const openWith = (source: string, warn: (notice: string) => void = () => {}): Promise<Storage> => {
    const worker = path.join(folder, 'worker.mjs');
    fs.writeFileSync(worker, source);
    return openStorage({ file, workerUrl: pathToFileURL(worker), wasmFile: 'none', logger: { ...SILENT, warn } });
  };

  describe('close', () => {
    it('writes what is under way first', async () => {
      const storage = await openFile(file);
      const pending = [
        storage.journal.create('r', currentOwner(), FIRST),
        ...Array.from({ length: 2_500 }, (_, index) => storage.journal.append('r', 1, write([outcome(`${index}`)]))),
      ];
      await storage.close();
      assert.equal((await Promise.all(pending)).length, 2_501);
      const again = await openFile(file);
      assert.equal((await again.journal.read('r')).length, 2_501);
      await again.close();
    });

    it('can be called twice, and leaves no lock', async () => {
      const storage = await openFile(file);
      await Promise.all([storage.close(), storage.stores.close()]);
      await storage.close();
      assert.deepEqual(fs.readdirSync(folder).sort(), ['x.db', 'x.db-undo']);
    });

    it('makes later calls fail', async () => {
      const storage = await openFile(file);
      await storage.close();
      await assert.rejects(storage.journal.get('r'), { code: 'storage-failed', message: /closed/ });
    });
  });

  it('survives an argument that no message can carry', async () => {
    const storage = await openFile(file);
    const wrong = storage.stores.audit.record('a', 's', (() => 1) as never);
    await assert.rejects(wrong, { code: 'internal' });
    await storage.stores.audit.record('b', 's', null);
    assert.deepEqual(
      [await storage.stores.audit.has('a', 's'), await storage.stores.audit.has('b', 's')],
      [false, true],
    );
    await storage.close();
  });

  it('rejects with the reason of the worker, and leaves nothing behind', async () => {
    fs.writeFileSync(file, 'not a database, but long enough to have a header'.repeat(10));
    await assert.rejects(openFile(file), { name: 'EnsembleError', code: 'storage-corrupt', hint: /./ });
    assert.deepEqual(fs.readdirSync(folder), ['x.db']);
  });

  it('rejects when the worker cannot be started', async () => {
    const workerUrl = pathToFileURL(path.join(folder, 'missing.mjs'));
    await assert.rejects(openStorage({ file, workerUrl, wasmFile: 'none', logger: SILENT }), {
      code: 'storage-failed',
    });
    await assert.rejects(openWith(WITH_LOCK), { code: 'storage-failed', message: /thread stopped/ });
  });

  it('tells notices to the log and to whoever asks', async () => {
    const warnings: string[] = [];
    const reply = `{ type: 'replies', replies: [{ ok: true, value: 1 }], notices: ['later'] }`;
    const source = `${WITH_LOCK}
      parentPort.postMessage({ type: 'opened', notices: ['at once'] });
      parentPort.on('message', (message) => message.type === 'close' ? parentPort.close() : parentPort.postMessage(${reply}));`;
    const storage = await openWith(source, (notice) => warnings.push(notice));
    await storage.stores.conversations.begin(CONVERSATION);
    assert.deepEqual(storage.notices, ['at once', 'later']);
    assert.deepEqual(warnings, ['at once', 'later']);
    await storage.close();
  });

  for (const [what, reaction] of [
    ['throws', `throw new Error('trap')`],
    ['ends', 'process.exit()'],
  ]) {
    describe(`when its thread ${what}`, () => {
      const source = `${WITH_LOCK}
        parentPort.postMessage({ type: 'opened', notices: [] });
        parentPort.on('message', () => { ${reaction}; });`;

      it('rejects all pending and later calls, and frees the lock', async () => {
        const storage = await openWith(source);
        assert.equal(fs.existsSync(`${file}.lock`), true);
        const pending = [1, 2, 3].map(() => storage.stores.conversations.begin(CONVERSATION));
        for (const result of await Promise.allSettled(pending)) {
          assert.equal(result.status === 'rejected' && result.reason.code, 'storage-failed');
        }
        await assert.rejects(storage.journal.get('r'), { code: 'storage-failed', hint: /resumed/ });
        await storage.close();
        assert.equal(fs.existsSync(`${file}.lock`), false);
      });

      it('does not hang a close', async () => {
        const storage = await openWith(source);
        const pending = storage.stores.conversations.begin(CONVERSATION);
        await Promise.all([assert.rejects(pending, { code: 'storage-failed' }), storage.close()]);
      });
    });
  }
});
