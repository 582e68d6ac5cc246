import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { SCHEMA_VERSION } from '../../../../../src/adapters/storage/worker/migrations.ts';
import { outcome, write } from '../../../../contract/journal-samples.ts';
import { type StoreForTests, storeForEach } from './store-for-tests.ts';

const DOCUMENT = { taskId: 't', title: 'Report', content: 'the answer is 42', format: 'text' } as const;

const MINE = { name: 'mine', variables: [], description: '', category: '', tags: [], parameters: [] } as const;

describe('maintenance of a database', () => {
  let store: StoreForTests;
  storeForEach((fresh) => {
    store = fresh;
  });

  const addConversation = (response: string) => {
    const id = store.call('beginConversation', {
      taskId: 't',
      runId: 'r',
      type: 'subtask',
      messages: [{ role: 'user', content: 'why?' }],
      model: 'm',
      account: 'a',
    });
    store.call('finishConversation', id, {
      response,
      status: 'completed',
      tokens: 1,
      costUSD: null,
      model: 'm',
      account: 'a',
    });
    return id;
  };
  const titles = () => store.call('listDocuments', { limit: 10 }).items.map(({ title }) => title);

  it('says where it is, how it is, and who has it open', () => {
    store.open();
    const other = currentOwner();
    fs.writeFileSync(`${store.file}.lock.${other.pid}.${other.nonce}`, JSON.stringify(other));
    const before = store.call('databaseStatus');
    assert.equal(before.file, store.file);
    assert.equal(before.sizeBytes, fs.statSync(store.file).size);
    assert.equal(before.version, SCHEMA_VERSION);
    assert.equal(before.rows.runs, store.inspect('SELECT count(*) AS n FROM runs')[0]?.n);
    assert.equal(before.lastCheck, null);
    assert.deepEqual(before.users.map(({ isThis, isAlive }) => [isThis, isAlive]).sort(), [
      [false, true],
      [true, true],
    ]);
    store.call('checkDatabase');
    const backup = store.call('backUp');
    const after = store.call('databaseStatus');
    assert.deepEqual([after.lastCheck?.problems, after.lastCheck?.mended], [0, 0]);
    assert.equal(after.backups[0]?.file, backup.file);
    assert.deepEqual(after.quarantined, []);
  });

  it('backs up on demand, and keeps the daily copies apart from those', () => {
    store.addRun('first');
    store.open();
    store.close();
    const made = [1, 2, 3, 4].map(() => store.call('backUp'));
    assert.ok(made.every(({ origin, sizeBytes }) => origin === 'manual' && sizeBytes > 0));
    const origins = store.call('listBackups').map(({ origin }) => origin);
    assert.deepEqual(origins.sort(), ['daily', 'manual', 'manual', 'manual']);
    assert.equal(fs.existsSync(made[0]?.file ?? ''), false);
  });

  it('restores a backup, and the restored one can be undone', () => {
    store.call('saveDocument', DOCUMENT);
    const { file } = store.call('backUp');
    store.call('saveDocument', { ...DOCUMENT, title: 'Later' });
    store.call('restoreBackup', file);
    assert.deepEqual(titles(), ['Report']);
    const undo = store.call('listBackups').find(({ origin }) => origin === 'before-restore');
    store.call('restoreBackup', undo?.file ?? '');
    assert.deepEqual(titles(), ['Later', 'Report']);
    store.close();
    assert.deepEqual(store.neighbours(), ['', '-undo', '.backups']);
  });

  it('stops engines that were at work, and refuses to restore while a run goes on', () => {
    store.addRun('first');
    const { file } = store.call('backUp');
    assert.throws(() => store.call('restoreBackup', file), { code: 'invalid-input', message: /is going on/ });
    store.call('releaseRun', 'first', 1);
    store.call('restoreBackup', file);
    assert.throws(() => store.call('appendToRun', 'first', 1, write([outcome('zombie')])), { code: 'run-lost' });
  });

  it('refuses what is no backup, and a damaged one, and leaves everything as it is', () => {
    store.call('saveDocument', DOCUMENT);
    const { file } = store.call('backUp');
    assert.throws(() => store.call('restoreBackup', path.join(store.folder, 'other.db')), { code: 'invalid-input' });
    fs.writeFileSync(file, 'no database');
    assert.throws(() => store.call('restoreBackup', file), { code: 'storage-corrupt', message: /damaged itself/ });
    assert.deepEqual(titles(), ['Report']);
    store.close();
    assert.deepEqual(store.neighbours(), ['', '-undo', '.backups']);
  });

  it('finds nothing wrong with a sound database', () => {
    store.addRun('first', 5);
    addConversation('because');
    store.call('saveDocument', DOCUMENT);
    const { rows, problems, mended } = store.call('checkDatabase');
    assert.deepEqual([problems, mended], [[], 0]);
    assert.ok(rows >= 8, String(rows));
  });

  it('finds a row that was changed behind its checksum, refuses to show it, and takes it from a backup', () => {
    const id = store.call('saveDocument', DOCUMENT);
    const conversation = addConversation('because');
    store.call('backUp');
    store.alter(`UPDATE documents SET content = replace(content, '42', '43') WHERE id = ${id}`);
    store.alter(`UPDATE conversations SET response = 'becausf' WHERE id = ${conversation}`);
    assert.throws(() => store.call('readDocument', id), { code: 'storage-corrupt' });
    assert.throws(() => store.call('readConversation', conversation), { code: 'storage-corrupt' });
    const { problems, mended } = store.call('checkDatabase');
    assert.equal(mended, 2);
    assert.match(
      problems.join('\n'),
      /conversation 1 was damaged; it was taken from .*\ndocument|document 1 was damaged/i,
    );
    assert.equal(store.call('readDocument', id)?.content, DOCUMENT.content);
    assert.equal(store.call('readConversation', conversation)?.response, 'because');
    assert.deepEqual(store.call('checkDatabase').problems, []);
  });

  it('says what no backup has', () => {
    const id = store.call('saveDocument', DOCUMENT);
    store.alter(`UPDATE documents SET content = 'other' WHERE id = ${id}`);
    const { problems, mended } = store.call('checkDatabase');
    assert.equal(mended, 0);
    assert.match(problems.join(), /no backup has it whole/);
  });

  it('builds a search index again that lacks words', () => {
    store.call('saveDocument', DOCUMENT);
    store.call('backUp');
    store.alter('DELETE FROM document_search_segdir');
    assert.equal(store.call('listDocuments', { limit: 5, search: 'answer' }).total, 0);
    const { problems, mended } = store.call('checkDatabase');
    assert.equal(mended, 1);
    assert.match(problems.join(), /document_search/);
    assert.equal(store.call('listDocuments', { limit: 5, search: 'answer' }).total, 1);
  });

  it('finds a large journal entry that was changed', () => {
    store.addRun('first');
    store.call('appendToRun', 'first', 1, write([outcome('x'.repeat(10_000))]));
    store.alter(`UPDATE blobs SET content = replace(content, 'xxx', 'yyy')`);
    assert.match(store.call('checkDatabase').problems.join(), /large journal entry/);
  });

  describe('importing what SuperGrok kept', () => {
    const SCHEMA = `
      CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, type TEXT NOT NULL,
        messages TEXT NOT NULL, model TEXT NOT NULL, tokens INTEGER DEFAULT 0, cost REAL DEFAULT 0.0,
        created_at TEXT DEFAULT CURRENT_TIMESTAMP);
      CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, title TEXT NOT NULL,
        content TEXT NOT NULL, format TEXT DEFAULT 'markdown', created_at TEXT DEFAULT CURRENT_TIMESTAMP);
      CREATE TABLE prompts (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, template TEXT NOT NULL,
        variables TEXT DEFAULT '[]', description TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP);`;
    const ROWS = `
      INSERT INTO conversations (task_id, type, messages, model, tokens, cost)
        VALUES ('t1', 'subtask', '[{"role":"user","content":"count the zebras"}]', 'grok-4', 12, 0.5),
               ('t2', 'subtask', 'no json', 'grok-4', 0, 0);
      INSERT INTO documents (task_id, title, content, format) VALUES ('t1', 'Zebras', '# Three', 'markdown');
      INSERT INTO prompts (name, template, variables, description) VALUES ('mine', 'Say {{what}}', '["what"]', NULL), ('', 'x', '[]', NULL),
        ('odd', 'Say {{it}}', '{"it":1}', NULL), ('bare', 'Say it', NULL, NULL);`;
    let file: string;
    const foreign = (sql: string) => {
      const database = new DatabaseSync(file);
      database.exec(sql);
      database.close();
    };
    beforeEach(() => {
      file = path.join(store.folder, 'orchestration.db');
    });

    it('takes over conversations, documents and prompts, once, and says what it left out', () => {
      foreign(SCHEMA + ROWS);
      store.call('savePrompt', { ...MINE, template: 'other' }, { author: '', reason: '' });
      const trial = store.call('importOrchestration', file, true);
      assert.deepEqual([titles(), store.call('readPrompt', 'mine-2')], [[], null], 'a trial keeps nothing');
      const { problems, ...counts } = store.call('importOrchestration', file, false);
      assert.deepEqual(trial, { ...counts, problems });
      assert.deepEqual(counts, { conversations: 1, documents: 1, prompts: 2 });
      assert.deepEqual(problems, [
        'conversations 2: a column messages holds no JSON.',
        'prompts 2: A prompt needs a name.',
        'prompts 3: its variables are no list',
      ]);
      assert.equal(store.call('historyConversations', { limit: 5, search: 'zebras' }).items[0]?.tokens, 12);
      assert.deepEqual(titles(), ['Zebras']);
      assert.equal(store.call('readPrompt', 'mine')?.template, 'other');
      assert.deepEqual(store.call('readPrompt', 'mine-2')?.variables, ['what']);
      const again = store.call('importOrchestration', file, false);
      assert.deepEqual([again.conversations, again.documents, again.prompts], [0, 0, 0]);
      assert.deepEqual(store.call('checkDatabase').problems, []);
    });

    it('reads a file in WAL mode, and waits for a program that writes', () => {
      foreign(`PRAGMA journal_mode=WAL; ${SCHEMA}${ROWS}`);
      assert.equal(store.call('importOrchestration', file, false).documents, 1);
      fs.writeFileSync(`${file}-wal`, 'something');
      assert.throws(() => store.call('importOrchestration', file, false), {
        code: 'invalid-input',
        message: /being written/,
      });
    });

    it('refuses other files and leaves nothing behind', () => {
      assert.throws(() => store.call('importOrchestration', file, false), {
        code: 'invalid-input',
        message: /does not exist/,
      });
      fs.writeFileSync(file, 'text');
      assert.throws(() => store.call('importOrchestration', file, false), {
        code: 'invalid-input',
        message: /no SQLite/,
      });
      fs.rmSync(file);
      foreign('CREATE TABLE conversations (id INTEGER PRIMARY KEY)');
      assert.throws(() => store.call('importOrchestration', file, false), {
        code: 'invalid-input',
        message: /no documents, no prompts/,
      });
      store.close();
      assert.deepEqual(
        store.neighbours().filter((name) => name.includes('import')),
        [],
      );
    });
  });

  it('gives the room of deleted rows back', () => {
    for (let n = 0; n < 50; n++) store.call('saveDocument', { ...DOCUMENT, content: 'x'.repeat(20_000) });
    store.call('deleteBefore', { before: '9999' });
    const { beforeBytes, afterBytes } = store.call('compactDatabase');
    assert.ok(afterBytes < beforeBytes / 2, `${beforeBytes} -> ${afterBytes}`);
    assert.deepEqual(store.call('checkDatabase').problems, []);
    store.call('saveDocument', DOCUMENT);
    assert.deepEqual(titles(), ['Report']);
  });

  it('is left as it was where there is no room to compact it, and goes on', () => {
    store.call('saveDocument', DOCUMENT);
    const { fsyncSync } = fs;
    fs.fsyncSync = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'fsync' });
    };
    try {
      assert.throws(() => store.call('compactDatabase'), { code: 'storage-failed', message: /disk is full/ });
    } finally {
      fs.fsyncSync = fsyncSync;
    }
    assert.deepEqual(titles(), ['Report']);
    assert.deepEqual(
      store.neighbours().filter((name) => name.includes('compacting')),
      [],
    );
  });
});
