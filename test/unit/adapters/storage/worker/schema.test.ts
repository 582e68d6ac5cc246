import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { INITIAL } from '../../../../../src/adapters/storage/worker/migrations/0001-initial.ts';
import {
  APPLICATION_ID,
  MIGRATIONS,
  migrate,
  SCHEMA_VERSION,
} from '../../../../../src/adapters/storage/worker/migrations.ts';
import { FIRST, outcome, RUN, task, write } from '../../../../contract/journal-samples.ts';
import { StoreForTests, storeForEach } from './store-for-tests.ts';

/** The columns of S1's tables, in its order. */
const S1 = {
  conversations: ['id', 'task_id', 'type', 'messages', 'model', 'tokens', 'cost', 'created_at'],
  documents: ['id', 'task_id', 'title', 'content', 'format', 'created_at'],
  prompts: ['id', 'name', 'template', 'variables', 'description', 'created_at'],
  agents: ['id', 'task_id', 'agent_type', 'status', 'result', 'error', 'created_at', 'completed_at'],
};

describe('the database', () => {
  let store: StoreForTests;
  storeForEach((fresh) => {
    store = fresh;
  });

  const inspect = (sql: string) => store.inspect(sql);
  const columns = (table: string) => inspect(`SELECT name FROM pragma_table_info('${table}')`).map(({ name }) => name);

  describe('schema', () => {
    it("has S1's tables with their columns, ours behind them", () => {
      store.open();
      for (const [table, expected] of Object.entries(S1))
        assert.deepEqual(columns(table).slice(0, expected.length), expected);
    });

    it('is private to its owner, in a folder that is too', () => {
      store.addRun('r');
      assert.equal(fs.statSync(store.file).mode & 0o777, 0o600);
      assert.equal(fs.statSync(path.dirname(store.file)).mode & 0o777, 0o700);
    });

    it('is sound to another SQLite, and holds rules of its own', () => {
      store.addRun('r', 3);
      assert.deepEqual(inspect('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
      assert.deepEqual(inspect('PRAGMA foreign_key_check'), []);
      const database = new DatabaseSync(store.file, { enableForeignKeyConstraints: true });
      const insert = (run: string, seq: number, payload: string | null) =>
        database
          .prepare(
            'INSERT INTO journal (run_id, seq, epoch, attempt, kind, v, payload, at) VALUES (?, ?, 1, 0, ?, 1, ?, ?)',
          )
          .run(run, seq, 'x', payload, '');
      assert.throws(() => insert('r', 4, '{}'), /UNIQUE/);
      assert.throws(() => insert('unknown', 1, '{}'), /FOREIGN KEY/);
      assert.throws(() => insert('r', 5, null), /CHECK/);
      database.close();
    });

    it('stores equal large payloads once', () => {
      store.addRun('r');
      const large = outcome('k', 'x'.repeat(10_000));
      store.call('appendToRun', 'r', 1, write([large, large, outcome('k', 'y')]));
      assert.deepEqual(inspect('SELECT count(*) AS n FROM blobs'), [{ n: 1 }]);
      assert.deepEqual(inspect('SELECT count(*) AS n FROM journal WHERE payload IS NULL'), [{ n: 2 }]);
      assert.deepEqual(inspect('SELECT max(length(payload)) < 5000 AS small FROM journal'), [{ small: 1 }]);
    });

    it('keeps money that is summed in whole millionths', () => {
      store.call('createRun', 'r', currentOwner(), { ...FIRST, run: { ...RUN, costUSD: 0.1 + 0.2 } });
      assert.deepEqual(inspect('SELECT cost_micros FROM runs'), [{ cost_micros: 300_000 }]);
    });
  });

  describe('agents', () => {
    const agents = () =>
      inspect(
        'SELECT task_id, agent_type, status, result, error, completed_at IS NOT NULL AS ended FROM agents ORDER BY id',
      );

    it('has a row for the super-agent and one for each task, from the start', () => {
      store.addRun('r');
      const row = { agent_type: 'sub', status: 'pending', result: null, error: null, ended: 0 };
      assert.deepEqual(agents(), [
        { ...row, task_id: 'r', agent_type: 'super', status: 'running' },
        { ...row, task_id: 'r/security' },
        { ...row, task_id: 'r/tests' },
      ]);
    });

    it('follows the run to its end', () => {
      store.addRun('r');
      const error = { code: 'task-failed' as const, message: 'The model refused.', hint: null };
      const tasks = [
        task('security', { status: 'completed', output: { findings: [] } }),
        task('tests', { status: 'failed', error }),
        task('style', { status: 'skipped' }),
        task('summary', { status: 'waiting' }),
      ];
      store.call('appendToRun', 'r', 1, write([outcome('a')], { tasks }));
      const end = {
        kind: 'run-ended' as const,
        instanceId: null,
        attempt: 0,
        payload: { status: 'partial' as const, error: null, result: { result: '# Done' } },
      };
      store.call('appendToRun', 'r', 1, write([end], { run: { ...RUN, status: 'partial' } }));
      assert.deepEqual(agents(), [
        { task_id: 'r', agent_type: 'super', status: 'completed', result: '# Done', error: null, ended: 1 },
        {
          task_id: 'r/security',
          agent_type: 'sub',
          status: 'completed',
          result: '{"findings":[]}',
          error: null,
          ended: 1,
        },
        {
          task_id: 'r/tests',
          agent_type: 'sub',
          status: 'failed',
          result: null,
          error: 'The model refused.',
          ended: 1,
        },
        { task_id: 'r/style', agent_type: 'sub', status: 'failed', result: null, error: 'skipped', ended: 1 },
        { task_id: 'r/summary', agent_type: 'sub', status: 'running', result: null, error: null, ended: 0 },
      ]);
    });
  });

  describe('version', () => {
    it('1 becomes the present one: prompts get a first version, texts their search', () => {
      fs.mkdirSync(path.dirname(store.file), { recursive: true });
      const old = new DatabaseSync(store.file);
      old.exec(`${INITIAL}
        INSERT INTO prompts (name, template, variables, description) VALUES ('mine', 'Hello {{you}}', '["you"]', NULL);
        INSERT INTO documents (task_id, title, content) VALUES ('r', 'Report', 'pears');
        PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=1;`);
      old.close();
      const { createdAt, ...mine } = store.call('readPrompt', 'mine') ?? assert.fail();
      assert.deepEqual(mine, {
        ...{ name: 'mine', template: 'Hello {{you}}', variables: ['you'], description: '', category: '', tags: [] },
        ...{ parameters: [], builtIn: false, favourite: false, version: 1 },
      });
      assert.equal(store.call('readPromptVersions', 'mine')[0]?.template, 'Hello {{you}}');
      assert.equal(store.call('searchPrompts', 'hello', 9).length, 1);
      assert.equal(store.call('listDocuments', { limit: 9, search: 'pears' }).total, 1);
      assert.deepEqual(inspect('PRAGMA user_version'), [{ user_version: SCHEMA_VERSION }]);
      assert.equal(store.backups().length, 1);
    });

    it('is refused when it is newer, and the file is left alone', () => {
      store.addRun('r');
      inspect(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
      const before = fs.readFileSync(store.file);
      assert.throws(() => store.open(), { code: 'storage-newer-version', hint: /Update/ });
      assert.deepEqual(fs.readFileSync(store.file), before);
      assert.deepEqual(store.neighbours(), ['', '-undo']);
    });

    it("is not mistaken for another program's while another process makes the same new file", () => {
      fs.mkdirSync(path.dirname(store.file), { recursive: true });
      const connection = store.sqlite.open(store.file, null);
      const get = connection.get.bind(connection);
      let isMade = false;
      connection.get = (sql, values) => {
        const row = get(sql, values);
        if (!isMade) {
          isMade = true;
          const other = new DatabaseSync(store.file);
          other.exec(
            `${MIGRATIONS.join('')} PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION}`,
          );
          other.close();
        }
        return row;
      };
      migrate(connection, store.file, () => assert.fail('nothing to back up'));
      assert.deepEqual(get('PRAGMA user_version'), { user_version: SCHEMA_VERSION });
      connection.close();
    });

    it('is looked at in every transaction: another window may have been updated', () => {
      store.addRun('r');
      const other = new DatabaseSync(store.file);
      other.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
      other.close();
      assert.throws(() => store.call('appendToRun', 'r', 1, write([outcome('a')])), { code: 'storage-newer-version' });
      assert.throws(() => store.call('readRun', 'r'), { code: 'storage-newer-version' });
    });
  });

  describe('a file of somebody else', () => {
    const refuse = (code: string, message: RegExp) => {
      const before = fs.readFileSync(store.file);
      assert.throws(() => store.open(), { code, message, hint: /./ });
      assert.deepEqual(fs.readFileSync(store.file), before);
    };
    beforeEach(() => fs.mkdirSync(path.dirname(store.file)));

    it('is not touched when it is no database', () => {
      fs.writeFileSync(store.file, '# README\n'.repeat(100));
      refuse('storage-corrupt', /not a database/);
    });

    it("is not touched when it is another program's database", () => {
      new DatabaseSync(store.file).exec('CREATE TABLE bookmarks (url)');
      refuse('storage-failed', /another program/);
      new DatabaseSync(store.file).exec('PRAGMA application_id = 1234; PRAGMA user_version = 1');
      refuse('storage-corrupt', /another program/);
    });

    it('is not touched when another program switched it to WAL', () => {
      store.addRun('r');
      inspect('PRAGMA journal_mode = WAL');
      refuse('storage-corrupt', /WAL/);
    });
  });

  it('can be reached through a link', () => {
    store.addRun('r');
    store.close();
    const link = path.join(store.folder, 'link.db');
    fs.symlinkSync(store.file, link);
    const linked = new StoreForTests(store.sqlite);
    Object.assign(linked, { file: link });
    assert.equal(linked.call('readRun', 'r')?.runId, 'r');
    linked.remove();
    assert.deepEqual(fs.readdirSync(store.folder).sort(), ['link.db', 'store']);
  });
});
