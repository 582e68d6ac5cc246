import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { ArchiveSource } from '../../../../src/adapters/archive/archive-source.ts';
import { exportArchive } from '../../../../src/adapters/archive/export-archive.ts';
import { parsePromptFile } from '../../../../src/adapters/files/prompt-file.ts';
import { cancelledError } from '../../../../src/core/errors.ts';
import { outcome, task, write } from '../../../contract/journal-samples.ts';
import { request, type StoreForTests, storeForEach } from '../storage/worker/store-for-tests.ts';

/** What another program's reader makes of the archive: every file's text by name. */
const READ = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))
`;

const PROMPT = { description: 'd', category: '', tags: ['t'], variables: [], parameters: [] };
const CONVERSATION = { runId: 'first', type: 'security', model: 'm', account: 'a' };

describe('exporting everything', () => {
  let store: StoreForTests;
  let target = '';
  before(function () {
    if (spawnSync('python3', ['-c', 'import zipfile']).status !== 0) this.skip();
  });
  storeForEach((fresh) => {
    store = fresh;
    store.open();
    target = path.join(store.folder, 'everything.zip');
  });

  const source = (changes: Partial<ArchiveSource> = {}): ArchiveSource => ({
    tables: async () => store.call('exportTables'),
    rows: async (table, after) => store.call('exportRows', table, after),
    tasks: async (runId) => store.call('readTasks', runId),
    findings: async (runId) => store.call('readFindings', runId),
    conversationsOf: async (runId, limit) => store.call('historyConversations', { runId, limit }),
    usageByMonth: async () => store.call('readUsagePeriods', '', 'month'),
    ...changes,
  });
  const read = (): Record<string, string> => {
    const { stdout, stderr } = spawnSync('python3', ['-c', READ, target], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };
  const rowsIn = (files: Record<string, string>, table: string) =>
    JSON.parse(files[`json/${table}.json`] ?? '') as Record<string, unknown>[];
  const converse = (taskId: string, messages: string, response: string | null) => {
    const id = store.call('beginConversation', {
      ...CONVERSATION,
      taskId,
      messages: [{ role: 'user', content: messages }],
    });
    if (response !== null) {
      store.call('finishConversation', id, {
        response,
        status: 'completed',
        tokens: 12,
        costUSD: 0.5,
        model: 'm',
        account: 'a',
      });
    }
    return id;
  };
  const saveDocument = (title: string, content: string) =>
    store.call('saveDocument', { taskId: 'first/x', title, content, format: 'markdown' });
  const savePrompt = (name: string, template: string, category = '') =>
    store.call('savePrompt', { ...PROMPT, name, template, category }, { author: 'me', reason: 'test' });
  const beside = () => fs.readdirSync(store.folder).filter((name) => name !== 'store');

  it('holds every table, and says how many rows and what sums its files have', async () => {
    store.addRun('first', 3);
    converse('first/a', 'What is wrong?', 'Nothing.');
    saveDocument('Report', '# All is well');
    savePrompt('ask', 'Look at {{code}}');
    store.call('recordAudit', 'run-started', 'first', { by: 'test' });
    const report = await exportArchive(source(), target);
    const files = read();
    const manifest = JSON.parse(files['manifest.json'] ?? '');
    const tables = store.inspect(
      "SELECT name FROM pragma_table_list WHERE schema='main' AND type='table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('quota','reservations') ORDER BY name",
    );
    assert.deepEqual(
      manifest.tables.map(({ name }: { name: string }) => name),
      tables.map(({ name }) => name),
    );
    for (const { name, rows, columns } of manifest.tables) {
      assert.equal(rows, store.inspect(`SELECT count(*) AS n FROM ${name}`)[0]?.n, name);
      assert.equal(rowsIn(files, name).length, rows);
      assert.equal(report.rows[name], rows);
      for (const row of rowsIn(files, name))
        assert.deepEqual(
          Object.keys(row),
          columns.map((column: { name: string }) => column.name),
        );
    }
    assert.deepEqual(manifest.pages, { conversations: 1, documents: 1, prompts: 1, runs: 1 });
    assert.equal(report.files, Object.keys(files).length);
    assert.equal(report.sizeBytes, fs.statSync(target).size);
    for (const line of (files.SHA256SUMS ?? '').trim().split('\n')) {
      const [sum, name = ''] = line.split('  ');
      assert.equal(
        createHash('sha256')
          .update(files[name] ?? assert.fail(name))
          .digest('hex'),
        sum,
      );
    }
    assert.equal((files.SHA256SUMS ?? '').trim().split('\n').length, report.files - 1);
    assert.match(files['index.md'] ?? '', /\| json\/conversations\.json \| 1 \|/);
  });

  it('can be read by people: conversations, documents, prompts, runs with their tree, usage, audit', async () => {
    store.addRun('first');
    store.call(
      'appendToRun',
      'first',
      1,
      write([outcome('1')], {
        tasks: [
          task('plan', { status: 'completed', output: 'The plan.' }),
          task('part', { parentId: 'plan', description: 'Looks at a part' }),
        ],
      }),
    );
    const id = converse('first/a', 'What is ```wrong```?', 'Nothing.');
    const document = saveDocument('The: report?', '# All is well');
    savePrompt('ask/what', 'Look at {{code}}', 'Review');
    store.call('recordAudit', 'key | set', 'grok', { by: 'me' });
    await exportArchive(source(), target);
    const files = read();
    const month = new Date().toISOString().slice(0, 7);
    const conversation = files[`conversations/${month}/00000${id}-security.md`] ?? '';
    assert.match(conversation, /## User\n\n````text\nWhat is ```wrong```\?\n````/);
    assert.match(conversation, /## Answer\n\n```\nNothing\.\n```/);
    assert.equal(files[`documents/${month}/00000${document}-The-report.md`], '# All is well');
    assert.equal(parsePromptFile(files['prompts/Review/ask-what.prompt.md'] ?? '').prompt.name, 'ask/what');
    const run = files[`runs/${month}/000001-Review-of-src-engine.md`] ?? '';
    assert.match(
      run,
      /- \*\*security\*\* Looks for injections: completed.*\n {2}- \*\*security\*\* Looks at a part: pending/,
    );
    assert.match(run, new RegExp(`\\[${id}: security\\]\\(../../conversations/${month}/00000${id}-security.md\\)`));
    assert.match(run, /```text\nThe plan\.\n```/);
    assert.match(files['usage.md'] ?? '', /\| Month \|/);
    assert.match(files['audit.md'] ?? '', /\| key \\\| set \| grok \|/);
  });

  it('gives back every text as it was', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const texts = fc.sample(text, { numRuns: 150, seed: 7 });
    // One transaction for all of it.
    const values = store.server.execute([
      ...texts.map((content) =>
        request('saveDocument', { taskId: 'first/x', title: 'Text', content, format: 'markdown' }),
      ),
      ...texts.map((content) =>
        request('beginConversation', { ...CONVERSATION, taskId: content, messages: [{ role: 'user', content }] }),
      ),
      ...texts.map((template, index) =>
        request('savePrompt', { ...PROMPT, name: `p${index} ${template}`, template }, { author: 'me', reason: 'test' }),
      ),
    ]);
    const ids = values.map((reply) => (reply.ok ? Number(reply.value) : assert.fail(reply.error.message)));
    const documents = new Map(texts.map((content, index) => [ids[index], content]));
    const conversations = new Map(texts.map((content, index) => [ids[texts.length + index], content]));
    await exportArchive(source(), target);
    const files = read();
    for (const row of rowsIn(files, 'documents')) assert.equal(row.content, documents.get(Number(row.id)));
    for (const row of rowsIn(files, 'conversations')) {
      const content = conversations.get(Number(row.id));
      assert.deepEqual([row.task_id, row.messages], [content, [{ role: 'user', content }]]);
    }
    const prompts = Object.keys(files).filter((name) => name.startsWith('prompts/'));
    assert.equal(prompts.length, store.call('readPrompts').length);
    const names = Object.keys(files).map((name) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[\p{L}\p{N}\p{M}._/-]+$/u);
    for (const name of names) assert.ok(!name.startsWith('/') && !name.includes('..'), name);
  });

  it('holds one page of rows at a time, and one row of any size', async () => {
    const values = Array.from(
      { length: 1_000 },
      (_, index) => `('t', 'Title ${index}', '${'x'.repeat(2_000)}', 'text')`,
    );
    store.alter(`INSERT INTO documents (task_id, title, content, format) VALUES ${values.join(',')}`);
    saveDocument('Large', 'y'.repeat(3_000_000));
    const sizes: number[] = [];
    await exportArchive(
      source({
        rows: async (table, after) => {
          const page = store.call('exportRows', table, after);
          if (table.name === 'documents') sizes.push(page.rows.length);
          return page;
        },
      }),
      target,
    );
    assert.ok(
      sizes.every((rows) => rows <= 250),
      sizes.join(),
    );
    assert.equal(
      sizes.reduce((sum, rows) => sum + rows, 0),
      2 * 1_001,
    );
    assert.equal(rowsIn(read(), 'documents').length, 1_001);
  });

  it('leaves out what is written meanwhile', async () => {
    for (let index = 0; index < 3; index++) saveDocument(`${index}`, 'before');
    await exportArchive(
      source({
        rows: async (table, after) => {
          saveDocument('late', 'late');
          return store.call('exportRows', table, after);
        },
      }),
      target,
    );
    assert.deepEqual(
      rowsIn(read(), 'documents').map(({ title }) => title),
      ['0', '1', '2'],
    );
  });

  it('names rows whose text is damaged, and exports them all the same', async () => {
    const id = saveDocument('Report', 'as it was');
    store.alter(`UPDATE documents SET content = 'changed behind our back' WHERE id = ${id}`);
    const { problems } = await exportArchive(source(), target);
    assert.match(problems.join(), new RegExp(`row ${id} of documents is damaged`));
    assert.deepEqual(JSON.parse(read()['manifest.json'] ?? '').problems, problems);
  });

  it('tells how far it is', async () => {
    const saves = Array.from({ length: 600 }, (_, index) => ({
      taskId: 't',
      title: `${index}`,
      content: 'x',
      format: 'text' as const,
    }));
    store.server.execute(saves.map((row) => request('saveDocument', row)));
    const told: number[] = [];
    await exportArchive(source(), target, { onProgress: ({ done, total }) => told.push(done / total) });
    assert.ok(told.length >= 6);
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    );
    assert.equal(told.at(-1), 1);
    assert.ok(told.every(Number.isFinite));
  });

  it('tells nothing of an empty database', async () => {
    await exportArchive(source(), target, { onProgress: () => assert.fail('there is nothing to tell') });
    assert.deepEqual(rowsIn(read(), 'runs'), []);
  });

  it('leaves nothing when it is cancelled, at whichever page', async () => {
    for (let index = 0; index < 30; index++) saveDocument(`${index}`, 'x'.repeat(20_000));
    let pages = 0;
    await exportArchive(
      source({
        rows: async (table, after) => {
          pages++;
          return store.call('exportRows', table, after);
        },
      }),
      target,
    );
    fs.rmSync(target);
    for (let at = 0; at < pages; at += 3) {
      const stop = new AbortController();
      let left = at;
      const rows: ArchiveSource['rows'] = async (table, after) => {
        if (left-- === 0) stop.abort(cancelledError());
        return store.call('exportRows', table, after);
      };
      await assert.rejects(exportArchive(source({ rows }), target, { signal: stop.signal }), { code: 'cancelled' });
      assert.deepEqual(beside(), []);
    }
  });

  it('leaves nothing when the database or the disk fails, and says which', async () => {
    saveDocument('Report', 'x'.repeat(100_000));
    const damaged = Object.assign(new Error('damaged'), { code: 'storage-corrupt' });
    await assert.rejects(exportArchive(source({ rows: () => Promise.reject(damaged) }), target), {
      code: 'storage-corrupt',
    });
    assert.deepEqual(beside(), []);
    const { write: realWrite, writev: realWritev } = fs;
    const full = (...args: unknown[]) => {
      const done = args.at(-1) as (error: Error) => void;
      done(Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' }));
    };
    fs.write = full as unknown as typeof fs.write;
    fs.writev = full as unknown as typeof fs.writev;
    try {
      await assert.rejects(exportArchive(source(), target), { code: 'invalid-input', hint: /disk is full/ });
    } finally {
      fs.write = realWrite;
      fs.writev = realWritev;
    }
    assert.deepEqual(beside(), []);
  });

  it('never replaces a file unless it was allowed to, and needs a folder', async () => {
    fs.writeFileSync(target, 'precious');
    await assert.rejects(exportArchive(source(), target), { code: 'invalid-input', message: /exists already/ });
    assert.equal(fs.readFileSync(target, 'utf8'), 'precious');
    await exportArchive(source(), target, { replace: true });
    assert.ok(read()['index.md']);
    await assert.rejects(exportArchive(source(), path.join(store.folder, 'none', 'x.zip')), { code: 'invalid-input' });
  });
});
