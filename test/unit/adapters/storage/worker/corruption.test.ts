import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { outcome, write } from '../../../../contract/journal-samples.ts';
import { sqliteForTests } from '../sqlite-for-tests.ts';
import { errorCodes, request, StoreForTests } from './store-for-tests.ts';

const PAGE = 8_192;
/** Conversations and documents of the backup, and those that came later. */
const BACKED_UP = 40;
const LATER = 20;
const NOTE = { author: 'me', reason: 'test' };

/** The files of a store: the database, what it holds, and its one backup. */
interface Image {
  readonly database: Buffer;
  readonly backup: Buffer;
  /** Texts by number of the row: of conversations and of documents. */
  readonly texts: ReadonlyMap<number, string>;
  /** First byte of the root page of tables and indexes. */
  readonly roots: ReadonlyMap<string, number>;
}

const textOf = (number: number) => `Text ${number} ${'lorem ipsum dolor '.repeat(40)}`;

describe('a damaged file', () => {
  let image: Image;
  let store: StoreForTests;
  before(async () => {
    image = await makeImage();
  });
  beforeEach(async () => {
    store = new StoreForTests(await sqliteForTests());
  });
  afterEach(() => store.remove());

  /** Puts the files there, damaged by `damage`. */
  const place = (damage: (bytes: Buffer) => Buffer, backups: readonly Buffer[]) => {
    store.close();
    fs.rmSync(path.dirname(store.file), { recursive: true, force: true });
    fs.mkdirSync(`${store.file}.backups`, { recursive: true });
    fs.writeFileSync(store.file, damage(Buffer.from(image.database)));
    for (const [index, bytes] of backups.entries())
      fs.writeFileSync(path.join(`${store.file}.backups`, `2026010${index + 1}T000000000Z-1.db`), bytes);
  };
  const notices = () => store.server.takeNotices().join('\n');

  /**
   * Uses the store as people would: the first request may say that the file is damaged, then everything works. No text is ever
   * another one than was written. Resolves with what is there in the end.
   */
  const use = (): { readonly there: ReadonlySet<number>; readonly told: string } => {
    let told = '';
    const attempt = () => {
      store.server.execute([request('readRuns', 10, 0), request('readStats')]);
      try {
        store.call('checkDatabase');
      } finally {
        told += notices();
      }
    };
    try {
      attempt();
    } catch (error) {
      if ((error as { code?: string }).code !== 'storage-corrupt') throw error;
      attempt();
    }
    const there = new Set<number>();
    for (const [number, text] of image.texts) {
      for (const read of [
        () => store.call('readConversation', number)?.response,
        () => store.call('readDocument', number)?.content,
      ]) {
        try {
          const found = read();
          if (found === undefined) continue;
          assert.equal(found, text);
          there.add(number);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'storage-corrupt', String(error));
        }
      }
    }
    assert.deepEqual(errorCodes(store.server.execute([request('recordAudit', 'a', 's', null)])), [null]);
    assert.deepEqual(store.inspect('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
    assert.deepEqual(store.inspect('PRAGMA foreign_key_check'), []);
    return { there, told };
  };
  const ofBackup = Array.from({ length: BACKED_UP }, (_, index) => index + 1);

  const fill = (at: number, length: number) => (bytes: Buffer) => bytes.fill(0xa5, at, at + length);
  const rootOf = (name: string) => image.roots.get(name) ?? assert.fail(name);
  /** Every page of a kind (10: leaf of an index, 13: leaf of a table, 5 and 2: above them), but the first page. */
  const pagesOf = (bytes: Buffer, kind: number) => {
    const pages: number[] = [];
    for (let at = PAGE; at < bytes.length; at += PAGE) if (bytes[at] === kind) pages.push(at);
    return pages;
  };

  const CASES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    'without a byte': () => Buffer.alloc(0),
    'of one byte': (bytes) => bytes.subarray(0, 1),
    'cut within its header': (bytes) => bytes.subarray(0, 60),
    'cut behind its header': (bytes) => bytes.subarray(0, 100),
    'cut within its first page': (bytes) => bytes.subarray(0, 4_096),
    'cut behind its first page': (bytes) => bytes.subarray(0, PAGE),
    'cut in the middle': (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
    'without its last page': (bytes) => bytes.subarray(0, bytes.length - PAGE),
    'without its last byte': (bytes) => bytes.subarray(0, bytes.length - 1),
    'of zeros': (bytes) => Buffer.alloc(bytes.length),
    'that is a picture': () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(20_000, 7)]),
    'that is text': () => Buffer.from('# README\n'.repeat(1_000)),
    'whose header says another page size': (bytes) => {
      bytes.writeUInt16BE(4_096, 16);
      return bytes;
    },
    'whose page size is none': (bytes) => {
      bytes.writeUInt16BE(0, 16);
      return bytes;
    },
    'whose header is overwritten': fill(0, 100),
    'whose schema is overwritten': fill(100, PAGE - 100),
    'whose schema is overwritten in part': fill(PAGE - 600, 600),
    'whose conversations have lost their root': (bytes) => fill(rootOf('conversations'), PAGE)(bytes),
    'whose index has lost its root': (bytes) => fill(rootOf('conversations_by_run'), PAGE)(bytes),
    'whose table leaves are overwritten, some of them': (bytes) => {
      for (const at of pagesOf(bytes, 13).filter((_, index) => index % 3 === 0)) bytes.fill(0x5a, at, at + 200);
      return bytes;
    },
    'whose pages above the leaves are overwritten': (bytes) => {
      for (const at of [...pagesOf(bytes, 5), ...pagesOf(bytes, 2)]) bytes.fill(0, at, at + 64);
      return bytes;
    },
    'whose pages changed places': (bytes) => {
      const [a = 0, b = 0] = pagesOf(bytes, 13).slice(-2);
      const kept = Buffer.from(bytes.subarray(a, a + PAGE));
      bytes.copy(bytes, a, b, b + PAGE);
      kept.copy(bytes, b);
      return bytes;
    },
    'whose free pages lead nowhere': (bytes) => {
      bytes.writeUInt32BE(0x7fffffff, 32);
      bytes.writeUInt32BE(9, 36);
      return bytes;
    },
    'whose list of free pages bites its tail': (bytes) => {
      const trunk = bytes.readUInt32BE(32);
      assert.ok(trunk > 0, 'the image has free pages');
      bytes.writeUInt32BE(trunk, (trunk - 1) * PAGE);
      return bytes;
    },
  };

  for (const [name, damage] of Object.entries(CASES)) {
    it(`${name} is restored from its backup, with a message`, () => {
      place(damage, [image.backup]);
      const { there, told } = use();
      assert.match(told, /was damaged.*kept as|has been built again/s);
      for (const number of ofBackup) assert.ok(there.has(number), `row ${number} is gone`);
    });

    it(`${name}, without a backup, gives what it has, or is refused untouched`, () => {
      place(damage, []);
      const before = fs.readFileSync(store.file);
      try {
        const { told } = use();
        if (before.length > 0) assert.match(told, /was damaged|has been built again/);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'storage-corrupt', String(error));
        assert.deepEqual(fs.readFileSync(store.file), before);
      }
    });
  }

  it('whose search index alone is damaged gets a new one, and nothing else happens', () => {
    for (const change of [
      "UPDATE conversation_search_segdir SET root = x'00'",
      'DELETE FROM document_search_docsize',
      'UPDATE document_search_segdir SET root = zeroblob(40)',
      'DELETE FROM conversation_search_stat',
    ]) {
      place((bytes) => bytes, [image.backup]);
      store.alter(change);
      store.call('checkDatabase');
      assert.equal(store.call('historyConversations', { search: 'lorem', limit: 1 }).total, BACKED_UP + LATER, change);
      assert.equal(store.call('listDocuments', { search: 'lorem', limit: 1 }).total, BACKED_UP + LATER, change);
      assert.equal(store.neighbours().includes('.damaged'), false);
      assert.equal(use().there.size, BACKED_UP + LATER);
    }
  });

  it('whose newest backups are damaged is restored from an older one', () => {
    place(() => Buffer.alloc(0), [image.backup, image.backup.subarray(0, 20_000), Buffer.from('no database')]);
    const { there, told } = use();
    assert.match(told, /20260101T000000000Z-1\.db is in its place/);
    assert.deepEqual([...there], ofBackup);
  });

  it('all of whose backups are damaged gives what can be read', () => {
    const broken = Buffer.from(image.backup).fill(0x11, PAGE, PAGE * 20);
    place(
      (bytes) => fill(rootOf('conversations_by_run'), PAGE)(bytes),
      [broken, Buffer.from('no database'), Buffer.alloc(0)],
    );
    const { there, told } = use();
    assert.match(told, /There was no good backup; \d+ newer rows were saved/);
    assert.equal(there.size, BACKED_UP + LATER);
  });

  it('that was backed up after it was damaged is restored from an older backup', () => {
    // A bit of an indexed text: no page is malformed, but the index says something else than the table.
    const damage = (bytes: Buffer) => {
      // A version of a document: its task and its format.
      const at = bytes.lastIndexOf('first/atext');
      bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 1;
      return bytes;
    };
    place(damage, [image.backup, damage(Buffer.from(image.database))]);
    const { there, told } = use();
    assert.match(told, /20260101T000000000Z-1\.db is in its place/);
    assert.equal(there.size, BACKED_UP + LATER);
    place(damage, [damage(Buffer.from(image.database))]);
    assert.equal(use().there.size, BACKED_UP + LATER);
  });

  describe('beside an undo file', () => {
    const undo = () => `${store.file}-undo`;
    /** Both files as a kill in the middle of a transaction leaves them. */
    const killedHalfWay = (): { database: Buffer; undo: Buffer } => {
      place((bytes) => bytes, [image.backup]);
      store.open();
      let image2: { database: Buffer; undo: Buffer } | null = null;
      const real = fs.writeSync;
      fs.writeSync = ((...part: Parameters<typeof fs.writeSync>) => {
        const written = real(...part);
        if (fs.existsSync(undo()) && fs.statSync(undo()).size > PAGE)
          image2 = { database: fs.readFileSync(store.file), undo: fs.readFileSync(undo()) };
        return written;
      }) as typeof fs.writeSync;
      try {
        store.addRun('half', 1);
        store.server.execute(
          Array.from({ length: 20 }, (_, n) =>
            request('appendToRun', 'half', 1, write([outcome(`${n}`, 'z'.repeat(9_000))])),
          ),
        );
      } finally {
        fs.writeSync = real;
      }
      store.close();
      return image2 ?? assert.fail('never half-way');
    };

    it('of a killed process loses nothing', () => {
      const files = killedHalfWay();
      fs.writeFileSync(store.file, files.database);
      fs.writeFileSync(undo(), files.undo);
      assert.equal(use().there.size, BACKED_UP + LATER);
    });

    for (const [name, change] of Object.entries<(bytes: Buffer) => Buffer>({
      'cut in the middle': (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
      'cut within its header': (bytes) => bytes.subarray(0, 10),
      'with flipped bits': (bytes) => bytes.map((byte, at) => (at % 997 === 0 ? byte ^ 0x10 : byte)) as Buffer,
      'of zeros': (bytes) => Buffer.alloc(bytes.length),
      'of noise': (bytes) => bytes.map((_, at) => (at * 7_919) & 255) as Buffer,
    })) {
      it(`${name} ends sound, and nothing is silently wrong`, () => {
        const files = killedHalfWay();
        fs.writeFileSync(store.file, files.database);
        fs.writeFileSync(undo(), change(files.undo));
        const { there } = use();
        for (const number of ofBackup) assert.ok(there.has(number), `row ${number} is gone`);
      });
    }

    it('of another database ends restored', () => {
      const files = killedHalfWay();
      const other = new StoreForTests(store.sqlite);
      other.addRun('other', 50);
      other.close();
      fs.writeFileSync(store.file, fs.readFileSync(other.file));
      other.remove();
      fs.writeFileSync(undo(), files.undo);
      use();
      place((bytes) => bytes, [image.backup]);
      fs.writeFileSync(undo(), files.undo.subarray(0, files.undo.length - 3_000));
      assert.equal(use().there.size >= BACKED_UP, true);
    });
  });

  describe('whose disk reports errors', () => {
    for (const call of ['readSync', 'writeSync', 'fdatasyncSync', 'ftruncateSync'] as const) {
      for (const code of ['EIO', 'ENOSPC']) {
        it(`${code} at any ${call}: says so, loses nothing, goes on afterwards`, () => {
          place((bytes) => bytes, [image.backup]);
          store.open();
          const save = () =>
            store.call('saveDocument', { taskId: 't', title: 'T', content: 'x'.repeat(30_000), format: 'text' });
          const saved: number[] = [];
          let failures = 0;
          for (let at = 0; at < 40; at++) {
            let left = at;
            const functions = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
            const real = functions[call];
            functions[call] = (...args) => {
              if (left-- === 0) throw Object.assign(new Error(code), { code, syscall: call });
              return real?.(...args);
            };
            try {
              saved.push(save());
            } catch (error) {
              failures++;
              assert.equal((error as { code?: string }).code, 'storage-failed', String(error));
            } finally {
              functions[call] = real as never;
            }
            if (left >= 0) break;
          }
          assert.ok(failures > 0);
          saved.push(save());
          for (const id of saved) assert.equal(store.call('readDocument', id)?.content.length, 30_000);
          assert.equal(use().there.size, BACKED_UP + LATER);
        });
      }
    }
  });

  it('is never silently wrong: whichever field of the header has a flipped bit', () => {
    // First and last byte of each field.
    const ends = [0, 16, 18, 19, 20, 21, 22, 23, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 92, 96, 100];
    const places = ends.slice(0, -1).flatMap((from, index) => [...new Set([from, (ends[index + 1] ?? 100) - 1])]);
    for (const at of places) {
      place(
        (bytes) => {
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
          return bytes;
        },
        [image.backup],
      );
      try {
        const { there } = use();
        for (const number of ofBackup) assert.ok(there.has(number), `byte ${at}, row ${number}`);
      } catch (error) {
        // What looks like another program's file or a newer version is refused and left alone.
        assert.ok(
          ['storage-corrupt', 'storage-newer-version'].includes(String((error as { code?: string }).code)),
          `byte ${at}: ${error}`,
        );
      }
      fs.rmSync(path.dirname(store.file), { recursive: true });
    }
  }).timeout(0);

  it('is never silently wrong: wherever bits are flipped, with a backup and without', () => {
    const flips = fc.array(fc.tuple(fc.nat(image.database.length - 101), fc.nat(7)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(flips, fc.boolean(), (places, hasBackup) => {
        place(
          (bytes) => {
            for (const [at, bit] of places) bytes[100 + at] = (bytes[100 + at] ?? 0) ^ (1 << bit);
            return bytes;
          },
          hasBackup ? [image.backup] : [],
        );
        const { there } = use();
        if (hasBackup) for (const number of ofBackup) assert.ok(there.has(number), `row ${number} is gone`);
        store.close();
        fs.rmSync(path.dirname(store.file), { recursive: true });
      }),
      { numRuns: Number(process.env.ENSEMBLE_FLIPS ?? 12) },
    );
  }).timeout(0);

  async function makeImage(): Promise<Image> {
    const maker = new StoreForTests(await sqliteForTests());
    const texts = new Map<number, string>();
    const add = (count: number) => {
      for (let index = 0; index < count; index++) {
        const text = textOf(texts.size + 1);
        const conversation = {
          taskId: 'first/a',
          runId: 'first',
          type: 'x',
          messages: [{ role: 'user', content: text }],
          model: 'm',
          account: 'a',
        };
        const id = maker.call('beginConversation', conversation);
        maker.call('finishConversation', id, {
          response: text,
          status: 'completed',
          tokens: 1,
          costUSD: 0,
          model: 'm',
          account: 'a',
        });
        maker.call('saveDocument', { taskId: 'first/a', title: `Document ${id}`, content: text, format: 'text' });
        texts.set(id, text);
      }
    };
    maker.addRun('first', 30);
    add(BACKED_UP);
    maker.call(
      'savePrompt',
      { name: 'p', template: 'Hello', description: '', category: '', tags: [], variables: [], parameters: [] },
      NOTE,
    );
    maker.open();
    maker.close();
    const backup = fs.readFileSync(path.join(`${maker.file}.backups`, maker.backups()[0] ?? ''));
    add(LATER);
    maker.append('first', 10);
    // Free pages, as deleting leaves them.
    maker.addRun('gone', 60);
    maker.call('releaseRun', 'gone', 1);
    maker.call('deleteRuns', ['gone']);
    const roots = maker.inspect('SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0');
    const database = fs.readFileSync(maker.file);
    maker.remove();
    return {
      database,
      backup,
      texts,
      roots: new Map(roots.map(({ name, rootpage }) => [String(name), (Number(rootpage) - 1) * PAGE])),
    };
  }
});
