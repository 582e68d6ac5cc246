import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { currentOwner } from '../../../../../src/adapters/storage/process-identity.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../../../src/adapters/storage/worker/migrations.ts';
import { FIRST } from '../../../../contract/journal-samples.ts';
import { schemaFixture } from '../../../../support/schema-fixtures.ts';
import { type StoreForTests, storeForEach } from './store-for-tests.ts';

/** Pacing of a minute; version 4 forgot it. */
const FORGOTTEN = ['quota'];

type Rows = Record<string, Record<string, unknown>[]>;

describe('a database of every version that was shipped', () => {
  let store: StoreForTests;
  storeForEach((fresh) => {
    store = fresh;
  });

  /** The content of all tables that hold data of people. */
  const contentOf = (file: string): Rows => {
    const database = new DatabaseSync(file, { readOnly: true });
    const all = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    const tables = all(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    const content = tables.map(({ name }) => [name, all(`SELECT * FROM ${name} ORDER BY 1, 2`)] as const);
    database.close();
    return Object.fromEntries(content);
  };
  const build = (version: number): Rows => {
    fs.mkdirSync(path.dirname(store.file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(store.file);
    database.exec(fs.readFileSync(schemaFixture(version), 'utf8'));
    database.close();
    return contentOf(store.file);
  };

  it('has a fixture (node --import tsx test/support/schema-fixtures.ts writes the missing one)', () => {
    // The present version needs none before it is shipped: until then it may change.
    const past = MIGRATIONS.slice(1).map((_, index) => schemaFixture(index + 1));
    const missing = past.filter((file) => !fs.existsSync(file));
    assert.deepEqual(missing, []);
  });

  const versions = MIGRATIONS.map((_, index) => index + 1).filter((version) => fs.existsSync(schemaFixture(version)));
  for (const version of versions) {
    it(`${version}: keeps every row, and is backed up first`, () => {
      const before = build(version);
      store.open();
      assert.deepEqual(store.server.takeNotices(), []);
      const after = contentOf(store.file);
      for (const [table, rows] of Object.entries(before)) {
        if (FORGOTTEN.includes(table)) continue;
        assert.ok(
          rows.length > 0 || ['reservations', 'prompt_versions'].includes(table) || version < SCHEMA_VERSION,
          table,
        );
        const kept = after[table] ?? assert.fail(`${table} is gone`);
        for (const row of rows) {
          const same = kept.find((one) => Object.entries(row).every(([column, value]) => one[column] === value));
          assert.ok(same, `${table}: ${JSON.stringify(row)}`);
        }
      }
      assert.deepEqual(store.inspect('PRAGMA user_version'), [{ user_version: SCHEMA_VERSION }]);
      assert.deepEqual(store.inspect('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
      assert.deepEqual(store.inspect('PRAGMA foreign_key_check'), []);
      const backup = path.join(`${store.file}.backups`, store.backups()[0] ?? assert.fail('no backup'));
      if (version < SCHEMA_VERSION) assert.deepEqual(contentOf(backup), before);
    });

    it(`${version}: works in every part`, () => {
      build(version);
      assert.equal(store.call('historyConversations', { search: 'quinces', limit: 9 }).total, 1);
      assert.equal(store.call('listDocuments', { search: 'quinces', limit: 9 }).total, 1);
      assert.equal(store.call('searchPrompts', 'quinces', 9).length, 1);
      assert.deepEqual(
        store.call('readJournal', 'run-1', 0).map(({ seq }) => seq),
        [1, 2],
      );
      assert.equal(store.call('readTasks', 'run-1')[0]?.output, 'done');
      assert.equal(store.call('readFindings', 'run-1').length, 1);
      assert.equal(store.call('readPromptVersions', 'mine')[0]?.template, 'Count the quinces in {{code}}');
      assert.equal(store.call('readUsageOfRun', 'run-1').length, 1);
      assert.deepEqual(store.call('checkDatabase').problems, []);
      store.call('createRun', 'new', currentOwner(), FIRST);
      assert.equal(store.call('readRun', 'new')?.runId, 'new');
      store.open();
      assert.equal(store.call('readConversation', 1)?.response, 'There are two quinces.');
    });
  }
});
