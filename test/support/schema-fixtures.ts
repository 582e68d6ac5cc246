import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { APPLICATION_ID, MIGRATIONS } from '../../src/adapters/storage/worker/migrations.ts';

// Fixtures of the database as each version of the schema left it, as SQL. `node --import tsx test/support/schema-fixtures.ts`
// writes those that are missing; one that exists is never written again: it is what people have on their disks.

const FOLDER = fileURLToPath(new URL('../fixtures/storage/', import.meta.url));

/** Rows that people made while a version was the present one. */
const ROWS: Readonly<Record<number, string>> = {
  1: `
    INSERT INTO runs (run_id, epoch, owner, status, kind, title, workflow, workspace, task_count, succeeded, failed, skipped, tokens, cost_micros, error, created_at, updated_at)
      VALUES ('run-1', 2, NULL, 'completed', 'review', 'Review of src', 'code-review', '/home/someone/project', 2, 2, 0, 0,
        '{"input":10,"output":5,"cached":0,"reasoning":0,"estimated":false}', 105, NULL, '2026-01-02T03:04:05.000Z', '2026-01-02T03:05:05.000Z');
    INSERT INTO tasks (run_id, instance_id, task_id, agent, description, status, dependencies, attempt, attempts, tokens, cost_micros, started_at, duration_ms, output, error)
      VALUES ('run-1', 'security', 'security', 'security', 'Looks for injections', 'completed', '[]', 1, '[]',
        '{"input":10,"output":5,"cached":0,"reasoning":0,"estimated":false}', 105, '2026-01-02T03:04:06.000Z', 900, '"done"', NULL);
    INSERT INTO blobs (hash, content) VALUES ('467ce9c2ec8847e364d5e1fbdec766e12aadd8a3639c92a4121c226b8728d2c7', '{"key":"1","result":"long"}');
    INSERT INTO journal (run_id, seq, epoch, instance_id, attempt, kind, v, payload, blob_hash, at) VALUES
      ('run-1', 1, 1, NULL, 0, 'run-started', 1, '{"kind":"review","title":"Review of src"}', NULL, '2026-01-02T03:04:05.000Z'),
      ('run-1', 2, 1, 'security', 1, 'effect-outcome', 1, NULL, '467ce9c2ec8847e364d5e1fbdec766e12aadd8a3639c92a4121c226b8728d2c7', '2026-01-02T03:04:06.000Z');
    INSERT INTO conversations (task_id, type, messages, model, tokens, cost, created_at, run_id, account, status, response) VALUES
      ('run-1/security', 'security', '[{"role":"user","content":"Are there quinces in the code?"}]', 'xai/grok-4', 15, 0.000105, '2026-01-02T03:04:05.000Z', 'run-1', 'grok', 'completed', 'There are two quinces.'),
      ('run-1/tests', 'tests', '[{"role":"user","content":"And tests?"}]', 'xai/grok-4', NULL, NULL, '2026-01-02T03:04:07.000Z', 'run-1', 'grok', 'failed', NULL);
    INSERT INTO documents (task_id, title, content, format, created_at) VALUES ('run-1', 'Report', '# Quinces everywhere', 'markdown', '2026-01-02T03:05:05.000Z');
    INSERT INTO prompts (name, template, variables, description) VALUES ('mine', 'Count the quinces in {{code}}', '["code"]', NULL);
    INSERT INTO agents (task_id, agent_type, status, result, created_at, completed_at) VALUES ('run-1/security', 'sub', 'completed', 'done', '2026-01-02T03:04:05.000Z', '2026-01-02T03:04:06.000Z');
    INSERT INTO findings (run_id, position, finding) VALUES ('run-1', 0, '{"id":"f1","title":"A quince","file":"src/a.ts","severity":"high"}');
    INSERT INTO usage (run_id, instance_id, agent, account, model, outcome, input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, cost_micros, latency_ms, possibly_billed, at)
      VALUES ('run-1', 'security', 'security', 'grok', 'xai/grok-4', 'completed', 10, 5, 0, 0, 0, 105, 412, 0, '2026-01-02T03:04:06.000Z');
    INSERT INTO quota (key, sends, held_until) VALUES ('grok', '[1767322986000]', 0);
    INSERT INTO budgets (scope, spent, reserved, updated_at) VALUES ('run:run-1', 105, 0, '2026-01-02T03:05:05.000Z');
    INSERT INTO audit (action, subject, detail, at) VALUES ('run-started', 'run-1', '{"kind":"review"}', '2026-01-02T03:04:05.000Z');`,
  2: `
    INSERT INTO prompts (name, template, variables, description, category, tags, parameters, version) VALUES ('other', 'Peel {{what}}', '["what"]', 'Peels', 'Kitchen', '["fruit"]', '[]', 1);
    INSERT INTO prompt_versions (name, version, template, variables, description, category, tags, parameters, author, reason, created_at)
      VALUES ('other', 1, 'Peel {{what}}', '["what"]', 'Peels', 'Kitchen', '["fruit"]', '[]', 'me', 'new', '2026-02-02T00:00:00.000Z');
    INSERT INTO prompt_favourites (name) VALUES ('other');
    INSERT INTO deletions (run_id, at) VALUES ('run-0', '2026-02-02T00:00:00.000Z');`,
  3: `
    INSERT INTO finding_decisions (workspace, fingerprint, decision, reason, note, run_id, file, title, at)
      VALUES ('/home/someone/project', 'abc', 'dismissed', 'intended', 'we like quinces', 'run-1', 'src/a.ts', 'A quince', '2026-02-03T00:00:00.000Z');`,
  5: `
    INSERT INTO messages (run_id, message_id, sender, sender_instance, recipient, receivers, type, content, sent_at, deliveries)
      VALUES ('run-1', 1, 'security', 'security', 'tests', '["tests"]', 'request', 'How many quinces?', '2026-02-05T00:00:00.000Z', '[]');`,
  7: `
    INSERT INTO approvals (run_id, instance_id, attempt, key, action_hash, title, details, asked_at, answer)
      VALUES ('run-1', 'security', 1, 'k', 'h', 'Run the tests?', '["npm test"]', '2026-02-07T00:00:00.000Z', NULL);`,
  8: `
    INSERT INTO spans (run_id, span_id, kind, name, status, started_at, duration_ms, attributes, events)
      VALUES ('run-1', 's1', 'run', 'review', 'ok', '2026-01-02T03:04:05.000Z', 60000, '{}', '[]');`,
  11: `
    INSERT INTO workspaces (path, identities) VALUES ('/home/someone/project', '["git:abc"]');`,
};

/** File of a version's fixture. */
export function schemaFixture(version: number): string {
  return `${FOLDER}schema-${String(version).padStart(2, '0')}.sql`;
}

/** A database that has lived through all versions up to this one, as SQL. */
function sqlOf(version: number): string {
  const database = new DatabaseSync(':memory:');
  for (let step = 1; step <= version; step++) database.exec(`${MIGRATIONS[step - 1]}${ROWS[step] ?? ''}`);
  database.exec(`PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${version}`);
  const sql = dump(database, version);
  database.close();
  return sql;
}

function dump(database: DatabaseSync, version: number): string {
  const all = (query: string) => database.prepare(query).all() as Record<string, string>[];
  const schema =
    all(`SELECT s.type, s.name, s.sql FROM sqlite_schema s LEFT JOIN pragma_table_list t ON t.name = s.name AND t.schema = 'main'
    WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite_%' AND coalesce(t.type, '') <> 'shadow' ORDER BY s.rowid`);
  const tables = all(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const rows = tables.flatMap(({ name }) => {
    const columns = all(`SELECT name FROM pragma_table_info('${name}')`).map((column) => column.name);
    const values = columns.map((column) => `quote(${column})`).join(` || ', ' || `);
    return all(`SELECT ${values} AS line FROM ${name}`).map(
      ({ line }) => `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${line});`,
    );
  });
  return [
    `-- The database of version ${version} of the schema, with a row or more in each table.`,
    'PRAGMA page_size=8192; PRAGMA foreign_keys=OFF; BEGIN;',
    ...schema.map(({ sql }) => `${sql};`),
    ...rows,
    `PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${version}; COMMIT;`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (let version = 1; version <= MIGRATIONS.length; version++) {
    const file = schemaFixture(version);
    if (!fs.existsSync(file)) fs.writeFileSync(file, sqlOf(version));
  }
}
