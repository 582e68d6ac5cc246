import assert from 'node:assert/strict';
import fc from 'fast-check';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import type { Storage } from '../../../../../src/adapters/storage/storage.ts';
import { decodeGeneration, encodeGeneration } from '../../../../../src/adapters/storage/web/generation.ts';
import { WEB_TIMES } from '../../../../../src/adapters/storage/web/web-client.ts';
import { SCHEMA_VERSION } from '../../../../../src/adapters/storage/worker/migrations.ts';
import { EnsembleError } from '../../../../../src/core/errors.ts';
import { RUN, started } from '../../../../contract/journal-samples.ts';
import { FakeBrowser } from '../../../../support/fake-browser.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';
import { sqliteForTests } from '../sqlite-for-tests.ts';

const runStarted = { run: RUN, tasks: [], entries: [started()] };

const NEVER = { quiet: 1e9, longest: 1e9, fresh: 1e9, retry: 1e9 };

const save = (storage: Storage, title: string) =>
  storage.stores.documents.save({ taskId: 'run-1/a', title, content: `text of ${title}`, format: 'text' });

const savePrompt = (storage: Storage, name: string, template: string) =>
  storage.stores.prompts.save(
    { name, template, description: '', category: '', tags: [], variables: [], parameters: [] },
    { author: 'somebody', reason: 'because' },
  );

async function titles(storage: Storage): Promise<string[]> {
  return (await storage.stores.documents.list({ limit: 1000 })).items.map(({ title }) => title).sort();
}

const errorCode = (result: PromiseRejectedResult | undefined) =>
  result?.reason instanceof EnsembleError ? result.reason.code : null;

const isStorageError = (words: RegExp) => (error: unknown) =>
  error instanceof EnsembleError && error.code === 'storage-failed' && words.test(error.message);

describe('storage in the browser', () => {
  // sql.js keeps its first module, and other tests of this thread need theirs.
  before(() => sqliteForTests());

  it('is there again at the next start', async () => {
    const browser = new FakeBrowser();
    const first = await browser.openWindow();
    await save(first, 'one');
    await savePrompt(first, 'mine', 'Look at {{code}}');
    await first.close();
    const second = await browser.openWindow();
    assert.deepEqual(await titles(second), ['one']);
    assert.equal((await second.stores.prompts.get('mine'))?.template, 'Look at {{code}}');
    assert.deepEqual(second.notices, []);
    await second.close();
  });

  it('rejects what comes after it was closed, and closes once', async () => {
    const storage = await new FakeBrowser().openWindow();
    await Promise.all([storage.close(), storage.close()]);
    await assert.rejects(titles(storage), isStorageError(/closed/));
  });

  it('keeps arguments as they were at the call', async () => {
    const browser = new FakeBrowser();
    const [first, second] = [await browser.openWindow({ times: NEVER }), await browser.openWindow({ times: NEVER })];
    const row = { taskId: 'run-1/a', title: 'before', content: '', format: 'text' as const };
    await first.stores.documents.save(row);
    row.title = 'after';
    await savePrompt(second, 'other', 'x');
    await first.close();
    const third = await browser.openWindow();
    assert.deepEqual(await titles(third), ['before']);
    await Promise.all([second.close(), third.close()]);
  });

  describe('when a save is cut off', () => {
    /** A browser with one saved document, and how long its next save is. */
    async function savedOnce() {
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ times: NEVER });
      await save(storage, 'saved');
      await storage.close();
      const sizes = [...browser.files.contents].map(([name, bytes]) => [name, bytes.length] as const);
      return { browser, size: Math.max(...sizes.map(([, size]) => size)) };
    }

    it('has the former one, wherever that was, and goes on from there', async () => {
      const { size } = await savedOnce();
      const places = [...Array.from({ length: 60 }, (_, at) => at), 4095, 4096, 4148, size >> 1, size - 4097, size - 1];
      for (const place of places) {
        const { browser } = await savedOnce();
        const storage = await browser.openWindow({ times: NEVER });
        await save(storage, 'cut off');
        browser.files.onWrite = async (_name, bytes) => Math.min(place, bytes.length - 1);
        await assert.rejects(storage.close());
        browser.files.onWrite = async (_name, bytes) => bytes.length;
        const next = await browser.openWindow({ times: NEVER });
        assert.deepEqual(await titles(next), ['saved'], `cut off at byte ${place}`);
        await save(next, 'later');
        await next.close();
        const last = await browser.openWindow({ times: NEVER });
        assert.deepEqual(await titles(last), ['later', 'saved'], `after ${place}`);
        await last.close();
      }
    }).timeout(120_000);

    it('has the new one when only the note about it is missing', async () => {
      const { browser } = await savedOnce();
      const storage = await browser.openWindow({ times: NEVER });
      await save(storage, 'new');
      browser.files.onWrite = async (name, bytes) => (name.endsWith('.head') ? 10 : bytes.length);
      await assert.rejects(storage.close());
      browser.files.onWrite = async (_name, bytes) => bytes.length;
      const next = await browser.openWindow({ times: NEVER });
      assert.deepEqual(await titles(next), ['new', 'saved']);
      await next.close();
    });

    it('says so when a save that had succeeded is damaged', async () => {
      const { browser } = await savedOnce();
      const storage = await browser.openWindow({ times: NEVER });
      await save(storage, 'new');
      await storage.close();
      const newest = [...browser.files.contents].find(
        ([, bytes]) => decodeGeneration(bytes)?.number === 2 && bytes.length > 100,
      );
      assert.ok(newest);
      browser.files.contents.set(newest[0], newest[1].slice(0, -1));
      const next = await browser.openWindow({ times: NEVER });
      assert.deepEqual(await titles(next), ['saved']);
      assert.match(next.notices.join(' '), /last save of the history was damaged/);
      await next.close();
    });

    it('keeps files that are both broken, says so and starts empty', async () => {
      const { browser } = await savedOnce();
      const [name, bytes] = [...browser.files.contents].find(([, content]) => content.length > 100) ?? assert.fail();
      browser.files.contents.set(name, bytes.slice(0, 900));
      const next = await browser.openWindow({ times: NEVER });
      assert.deepEqual(await titles(next), []);
      assert.match(next.notices.join(' '), /is kept as ensemble-.*damaged/);
      const kept = [...browser.files.contents].find(([file]) => file.includes('damaged'));
      assert.equal(kept?.[1].length, 900);
      await next.close();
    });
  });

  it('refuses a database of a newer program and leaves it as it is', async () => {
    const browser = new FakeBrowser();
    const storage = await browser.openWindow();
    await savePrompt(storage, 'mine', 'x');
    await storage.close();
    for (const [name, bytes] of browser.files.contents) {
      const stored = decodeGeneration(bytes);
      if (!stored || stored.database.length === 0) continue;
      const database = stored.database.slice();
      new DataView(database.buffer).setUint32(60, SCHEMA_VERSION + 1);
      browser.files.contents.set(name, encodeGeneration(stored, database));
    }
    const before = new Map(browser.files.contents);
    await assert.rejects(
      browser.openWindow(),
      (error) => error instanceof EnsembleError && error.code === 'storage-newer-version',
    );
    assert.deepEqual(browser.files.contents, before);
  });

  describe('in two windows', () => {
    it('loses nothing, whoever saves first, and ids stay what they were', async () => {
      const steps = fc.array(
        fc.record({
          window: fc.integer({ min: 0, max: 1 }),
          what: fc.constantFrom('document', 'prompt', 'flush', 'look'),
        }),
        { minLength: 1, maxLength: 25 },
      );
      await fc.assert(
        fc.asyncProperty(steps, async (script) => {
          const browser = new FakeBrowser();
          const windows = [
            await browser.openWindow({ times: NEVER }),
            await browser.openWindow({ times: { ...NEVER, fresh: 0 } }),
          ];
          const ids = new Map<number, string>();
          const prompts = new Set<string>();
          for (const [at, { window, what }] of script.entries()) {
            const storage = windows[window] ?? assert.fail();
            if (what === 'document') ids.set(await save(storage, `${at}`), `${at}`);
            else if (what === 'prompt') {
              await savePrompt(storage, `p${at}`, 'x');
              prompts.add(`p${at}`);
            } else if (what === 'flush') await storage.stores.maintenance.compact();
            else await titles(storage);
          }
          for (const storage of windows) await storage.close();
          const last = await browser.openWindow({ times: NEVER });
          assert.deepEqual(await titles(last), [...ids.values()].sort());
          for (const [id, title] of ids) assert.equal((await last.stores.documents.get(id))?.title, title);
          assert.deepEqual(new Set((await last.stores.prompts.list()).map(({ name }) => name)), prompts);
          assert.deepEqual((await last.stores.maintenance.check()).problems, []);
          await last.close();
        }),
        { numRuns: 20 },
      );
    }).timeout(120_000);

    it('keeps both versions of a prompt that both have edited', async () => {
      const browser = new FakeBrowser();
      const [first, second] = [await browser.openWindow({ times: NEVER }), await browser.openWindow({ times: NEVER })];
      await savePrompt(first, 'mine', 'of the first');
      await savePrompt(second, 'mine', 'of the second');
      const versions = await second.stores.prompts.versions('mine');
      assert.deepEqual(versions.map(({ template }) => template).sort(), ['of the first', 'of the second']);
      await Promise.all([first.close(), second.close()]);
    });

    it('gives a run to one of them only', async () => {
      const browser = new FakeBrowser();
      const [first, second] = [await browser.openWindow({ times: NEVER }), await browser.openWindow({ times: NEVER })];
      const [one, two] = [
        { ...currentOwner(), nonce: 'one' },
        { ...currentOwner(), nonce: 'two' },
      ];
      await first.journal.create('run-1', one, runStarted);
      await first.journal.release('run-1', 1);
      await first.close();
      const third = await browser.openWindow({ times: NEVER });
      const fourth = await browser.openWindow({ times: NEVER });
      const claims = await Promise.allSettled([third.journal.claim('run-1', one), fourth.journal.claim('run-1', two)]);
      assert.deepEqual(claims.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const refused = claims.find((claim) => claim.status === 'rejected');
      assert.equal(errorCode(refused), 'run-owned-elsewhere');
      await Promise.all([second.close(), third.close(), fourth.close()]);
    });

    it('tells what does not fit any more', async () => {
      const browser = new FakeBrowser();
      const first = await browser.openWindow({ times: NEVER });
      await savePrompt(first, 'mine', 'x');
      const second = await browser.openWindow({ times: NEVER });
      const run = { ...currentOwner(), nonce: 'one' };
      await first.journal.create('run-1', run, runStarted);
      await first.stores.findings.save('run-1', []);
      await first.journal.release('run-1', 1);
      const third = await browser.openWindow({ times: NEVER });
      await third.stores.findings.save('run-1', [{ title: 'late' }]);
      await first.history.deleteRuns(['run-1']);
      await third.close();
      assert.match(third.notices.join(' '), /Another window saved first, and 1 changes of this one do not fit/);
      await Promise.all([first.close(), second.close()]);
    });

    it('sees what the other has saved, not later than a second', async () => {
      const browser = new FakeBrowser();
      const clock = new FakeClock();
      const [first, second] = [await browser.openWindow({ clock }), await browser.openWindow({ clock })];
      await savePrompt(first, 'mine', 'x');
      assert.equal(await second.stores.prompts.get('mine'), null);
      await clock.advance(WEB_TIMES.fresh);
      assert.equal((await second.stores.prompts.get('mine'))?.template, 'x');
      await Promise.all([first.close(), second.close()]);
    });
  });

  describe('saves', () => {
    it('after a quiet moment, all at once', async () => {
      const clock = new FakeClock();
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ clock });
      for (let count = 0; count < 20; count++) await save(storage, `${count}`);
      await clock.advance(WEB_TIMES.quiet - 1);
      assert.deepEqual(browser.files.written, []);
      await clock.advance(1);
      assert.deepEqual(browser.files.written, ['ensemble-1.db', 'ensemble.head']);
      await storage.close();
      assert.equal(browser.files.written.length, 2, 'there is nothing left to save');
    });

    it('no later than two seconds when it never gets quiet', async () => {
      const clock = new FakeClock();
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ clock });
      for (let at = 0; at < WEB_TIMES.longest; at += 100) {
        await save(storage, `${at}`);
        await clock.advance(100);
      }
      await clock.advance(0);
      assert.equal(browser.files.written.length, 2);
      await storage.close();
    });

    it('before it answers what must not be forgotten', async () => {
      const clock = new FakeClock();
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ clock });
      await savePrompt(storage, 'mine', 'x');
      assert.equal(browser.files.written.length, 2);
      await storage.journal.create('run-1', currentOwner(), runStarted);
      assert.equal(browser.files.written.length, 4);
      await save(storage, 'a document');
      assert.equal(browser.files.written.length, 4);
      await storage.journal.append('run-1', 1, {
        run: null,
        tasks: [],
        entries: [{ kind: 'effect-intent', instanceId: 'run-1/a', attempt: 1, payload: { key: 'turn', detail: null } }],
      });
      assert.equal(browser.files.written.length, 6);
      await storage.close();
      assert.equal(browser.files.written.length, 6, 'the document went with the intent');
    });

    it('one after the other, and together what comes in the meantime', async () => {
      const browser = new FakeBrowser();
      const storage = await browser.openWindow();
      await Promise.all(Array.from({ length: 50 }, (_, at) => savePrompt(storage, `p${at}`, 'x')));
      assert.ok(browser.files.written.length <= 4, `${browser.files.written.length / 2} saves`);
      await storage.close();
    });
  });

  describe('when there is no room', () => {
    it('says so once, keeps what it has, and saves it when there is room again', async () => {
      const clock = new FakeClock();
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ clock });
      const full = Object.assign(new Error('The quota has been exceeded'), { name: 'QuotaExceededError' });
      browser.files.onWrite = () => Promise.reject(full);
      await assert.rejects(savePrompt(storage, 'mine', 'x'), isStorageError(/quota/i));
      await assert.rejects(savePrompt(storage, 'another', 'x'), isStorageError(/quota/i));
      assert.equal(storage.notices.length, 1);
      assert.match(storage.notices[0] ?? '', /stays in this window, and saving is tried again/);
      assert.equal((await storage.stores.prompts.get('mine'))?.template, 'x');
      browser.files.onWrite = async (_name, bytes) => bytes.length;
      await clock.advance(WEB_TIMES.retry);
      const other = await browser.openWindow({ clock });
      assert.equal((await other.stores.prompts.list()).length, 2);
      await Promise.all([storage.close(), other.close()]);
    });

    it("goes on saving when another window's work could not be read", async () => {
      const clock = new FakeClock();
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ clock });
      const read = browser.files.read.bind(browser.files);
      browser.files.read = () => Promise.reject(new Error('not now'));
      await clock.advance(WEB_TIMES.fresh);
      await save(storage, 'one');
      browser.files.read = read;
      await clock.advance(WEB_TIMES.quiet);
      assert.ok(browser.files.written.includes('ensemble.head'));
      await storage.close();
    });

    it('starts no run above the limit, lets runs end, and takes new ones after history was deleted', async () => {
      const browser = new FakeBrowser();
      const storage = await browser.openWindow({ limits: { newRuns: 1_000_000, everything: 1_400_000 }, times: NEVER });
      const owner = currentOwner();
      await storage.journal.create('old', owner, runStarted);
      const text = ' word'.repeat(10_000);
      const add = (title: string) =>
        storage.stores.documents.save({ taskId: 'old/a', title, content: title + text, format: 'text' });
      let added = 0;
      for (; (await storage.stores.stats()).sizeBytes < 1_000_000; added++) await add(`${added}`);
      await assert.rejects(
        storage.journal.create('new', owner, runStarted),
        isStorageError(/No new run is started.*limit/),
      );
      assert.equal(await storage.journal.get('new'), null);
      await add('still there is room for what goes on');
      await assert.rejects(
        async () => {
          for (let count = 0; count < 20; count++) await add(`more ${count}`);
        },
        isStorageError(/Nothing more is stored/),
      );
      await storage.journal.release('old', 1);
      assert.deepEqual(await storage.history.deleteRuns(['old']), ['old']);
      await storage.journal.create('new', owner, runStarted);
      await storage.close();
      const size = Math.max(...[...browser.files.contents.values()].map((bytes) => bytes.length));
      assert.ok(size < 1_000_000, `the files are ${size} bytes`);
    });
  });

  describe('runs of windows', () => {
    it('can be taken over once their window is gone, not before', async () => {
      const browser = new FakeBrowser();
      const { WindowPresence } = await import('../../../../../src/adapters/storage/web/window-presence.ts');
      const enter = () => WindowPresence.enter(browser.locks, () => crypto.getRandomValues(new Uint8Array(8)));
      const [mine, others] = [await enter(), await enter()];
      const first = await browser.openWindow({ presence: mine, writer: mine.id, owner: mine.owner() });
      await first.journal.create('run-1', mine.owner(), runStarted);
      await first.close();
      const second = await browser.openWindow({ presence: others, times: { ...WEB_TIMES, fresh: 0 } });
      await assert.rejects(second.journal.claim('run-1', others.owner()), /belongs to/);
      browser.locks.tells = false;
      await assert.rejects(second.journal.claim('run-1', others.owner()), /belongs to/, 'who cannot be known is alive');
      browser.locks.tells = true;
      mine.leave();
      assert.equal((await second.journal.claim('run-1', others.owner())).epoch, 2);
      await second.close();
    });
  });

  it('says what is not there in the browser', async () => {
    const storage = await new FakeBrowser().openWindow();
    const { maintenance } = storage.stores;
    assert.deepEqual(await maintenance.backups(), []);
    await assert.rejects(maintenance.backUp(), /VS Code for the Web/);
    await assert.rejects(storage.stores.copyTo('/tmp/x'), /VS Code for the Web/);
    await storage.close();
  });
});
