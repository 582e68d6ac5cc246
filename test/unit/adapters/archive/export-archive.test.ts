import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { ArchiveSource } from '../../../../src/adapters/archive/archive-source.ts';
import { publish } from '../../../../src/adapters/archive/archive-target.ts';
import { type ArchiveOptions, exportArchive } from '../../../../src/adapters/archive/export-archive.ts';
import { PART_CHARACTERS } from '../../../../src/adapters/archive/parts.ts';
import { parsePromptFile } from '../../../../src/adapters/files/prompt-file.ts';
import { currentOwner } from '../../../../src/adapters/storage/process-identity.ts';
import { ExportSource } from '../../../../src/adapters/storage/worker/export-source.ts';
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

  /** Exports the database as it is now. `changes`: what the source does otherwise. */
  const exportNow = async (
    options: Partial<ArchiveOptions & { replace: boolean }> = {},
    changes: Partial<ArchiveSource> = {},
  ) => {
    store.close();
    const copy = path.join(store.folder, 'copy.db');
    fs.copyFileSync(store.file, copy);
    const connection = store.sqlite.open(copy, null);
    const { signal = new AbortController().signal, onProgress = () => {}, replace = false } = options;
    const open = () => {
      const source = new ExportSource(connection, { file: store.file, owner: currentOwner() });
      const real: ArchiveSource = {
        tables: source.tables,
        rows: (table) => source.rows(table),
        runs: () => source.runs(),
        tasks: (runId) => source.tasks(runId),
        findings: (runId) => source.findings(runId),
        conversationsOf: (runId) => source.conversationsOf(runId),
        conversationsWithoutRun: () => source.conversationsWithoutRun(),
        usageByMonth: () => source.usageByMonth(),
      };
      return { ...real, ...changes };
    };
    const part = path.join(path.dirname(target), '.everything.part');
    try {
      const report = await exportArchive(open, { file: target, part, replace }, { signal, onProgress });
      publish({ file: target, part, replace });
      return report;
    } finally {
      connection.close();
      fs.rmSync(copy);
    }
  };
  const read = (): Record<string, string> => {
    const { stdout, stderr } = spawnSync('python3', ['-c', READ, target], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  };
  const rowsIn = (files: Record<string, string>, table: string) =>
    (files[`json/${table}.jsonl`] ?? assert.fail(table))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const converse = (taskId: string, messages: string, response: string | null, runId = 'first') => {
    const id = store.call('beginConversation', {
      ...CONVERSATION,
      runId,
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
    const report = await exportNow();
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
    assert.deepEqual(manifest.pages, { runs: 1, conversations: 0, documents: 1, prompts: 1, audit: 1 });
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
    assert.match(files['index.md'] ?? '', /\| json\/conversations\.jsonl \| 1 \|/);
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
    await exportNow();
    const files = read();
    const day = new Date().toISOString().slice(0, 10);
    const month = day.slice(0, 7);
    assert.equal(files[`documents/${month}/00000${document}-The-report.md`], '# All is well');
    assert.equal(parsePromptFile(files['prompts/Review/ask-what.prompt.md'] ?? '').prompt.name, 'ask/what');
    const runs = files[`runs/${month}/${day}.md`] ?? '';
    assert.match(
      runs,
      /- \*\*security\*\* Looks for injections: completed.*\n {2}- \*\*security\*\* Looks at a part: pending/,
    );
    assert.match(runs, /```text\nThe plan\.\n```/);
    assert.match(runs, new RegExp(`### Conversation ${id}: security`));
    assert.match(runs, /#### User\n\n````text\nWhat is ```wrong```\?\n````/);
    assert.match(runs, /#### Answer\n\n```\nNothing\.\n```/);
    const [, link = ''] = /\]\((.*?)\)/.exec(files[`runs/${month}/index.md`] ?? '') ?? [];
    assert.equal(link, `${day}.md#run-1`);
    assert.ok(runs.includes('<a id="run-1"></a>'));
    assert.ok((files['index.md'] ?? '').includes(`[${month}](runs/${month}/index.md) | 1 | 1 |`));
    assert.match(files['usage.md'] ?? '', /\| Month \|/);
    assert.match(files[`audit/${month}.md`] ?? '', /\| key \\\| set \| grok \|/);
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
    await exportNow();
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

  it('goes on in another file where a day has much in it, and links each run to the file that it begins in', async () => {
    const runs = ['first', 'second', 'third'];
    for (const runId of runs) {
      store.addRun(runId);
      for (let index = 0; index < 3; index++) converse(`${runId}/a`, 'x'.repeat(0.6 * PART_CHARACTERS), 'y', runId);
    }
    await exportNow();
    const files = read();
    const pages = Object.keys(files).filter((name) => /^runs\/.*\d\.md$/.test(name));
    assert.equal(pages.length, 5);
    for (const name of pages) assert.ok((files[name]?.length ?? 0) < 2 * PART_CHARACTERS, name);
    assert.ok(pages.some((name) => files[name]?.includes('_More of the run')));
    const all = pages.map((name) => files[name]).join('');
    assert.equal(all.match(/### Conversation/g)?.length, 9);
    const index = Object.entries(files).find(([name]) => name.endsWith('/index.md')) ?? assert.fail('no list of runs');
    const links = [...index[1].matchAll(/\]\((.*?)#(.*?)\)/g)];
    assert.equal(links.length, 3);
    for (const [, file, anchor] of links)
      assert.ok(files[`${path.dirname(index[0])}/${file}`]?.includes(`<a id="${anchor}"></a>`), `${file} ${anchor}`);
  });

  it('shows conversations without a run, and no documents that were deleted', async () => {
    converse('first/a', 'Lost?', 'Found.', 'none');
    const id = saveDocument('Private', 'deleted text');
    store.call('deleteDocuments', [id]);
    await exportNow();
    const files = read();
    const [stray] = Object.keys(files).filter((name) => name.startsWith('conversations/'));
    assert.match(files[stray ?? ''] ?? '', /## Conversation 1: security/);
    assert.deepEqual(
      Object.keys(files).filter((name) => name.startsWith('documents/')),
      [],
    );
    assert.equal(rowsIn(files, 'documents').length, 1);
  });

  it('keeps apart what is called the same, also where a time or a title is strange', async () => {
    const title = fc.string({ unit: 'binary', maxLength: 100 });
    const time = fc.oneof(
      fc.constantFrom('2026-01-05T00:00:00Z', '2026-01', '../..', ''),
      fc.string({ unit: 'binary' }),
    );
    const rows = fc.sample(fc.tuple(fc.oneof(fc.constant('Same'), title), time), { numRuns: 60, seed: 3 });
    const values = store.server.execute(
      rows.map((_, index) => request('saveDocument', { taskId: 't', title: `${index}`, content: 'x', format: 'text' })),
    );
    assert.ok(values.every(({ ok }) => ok));
    for (const index of rows.keys()) store.addRun(`run ${index}`);
    store.close();
    const connection = store.sqlite.open(store.file, null);
    for (const [index, [name, at]] of rows.entries()) {
      connection.run('UPDATE documents SET created_at = ?, title = ? WHERE id = ?', [at, name, index + 1]);
      connection.run('UPDATE runs SET created_at = ?, title = ? WHERE id = ?', [at, name, index + 1]);
    }
    connection.close();
    const { files: count } = await exportNow();
    const files = read();
    assert.equal(Object.keys(files).length, count, 'no name twice');
    assert.equal(Object.keys(files).filter((name) => name.startsWith('documents/')).length, rows.length);
    const pages = Object.keys(files).filter((name) => name.startsWith('runs/') && !name.includes('index'));
    const anchors = pages.flatMap((name) => files[name]?.match(/<a id="run-\d+">/g) ?? []);
    assert.equal(new Set(anchors).size, rows.length);
    for (const name of Object.keys(files)) assert.match(name, /^[\p{L}\p{N}\p{M}._/-]+$/u);
  });

  it('names rows whose text is damaged, and exports them all the same', async () => {
    const id = saveDocument('Report', 'as it was');
    store.alter(`UPDATE documents SET content = 'changed behind our back' WHERE id = ${id}`);
    const { problems } = await exportNow();
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
    await exportNow({ onProgress: ({ done, total }) => told.push(done / total) });
    assert.ok(told.length >= 1_200);
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    );
    assert.equal(told.at(-1), 1);
    assert.ok(told.every(Number.isFinite));
  });

  it('tells nothing of an empty database', async () => {
    await exportNow({ onProgress: () => assert.fail('there is nothing to tell') });
    assert.deepEqual(rowsIn(read(), 'runs'), []);
  });

  it('leaves nothing when it is cancelled, at whichever row', async () => {
    for (let index = 0; index < 10; index++) saveDocument(`${index}`, 'x'.repeat(20_000));
    let rows = 0;
    await exportNow({ onProgress: () => rows++ });
    fs.rmSync(target);
    assert.ok(rows > 20);
    for (let at = 1; at <= rows; at += 3) {
      const stop = new AbortController();
      const onProgress = ({ done }: { readonly done: number }) => {
        if (done === at) stop.abort(cancelledError());
      };
      await assert.rejects(exportNow({ signal: stop.signal, onProgress }), { code: 'cancelled' });
      assert.deepEqual(beside(), []);
    }
  });

  it('leaves nothing when the database or the disk fails, and says which', async () => {
    saveDocument('Report', 'x'.repeat(100_000));
    const damaged = Object.assign(new Error('damaged'), { code: 'storage-corrupt' });
    const rows = () => {
      throw damaged;
    };
    await assert.rejects(exportNow({}, { rows }), { code: 'storage-corrupt' });
    assert.deepEqual(beside(), []);
    const { writeSync } = fs;
    fs.writeSync = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    };
    try {
      await assert.rejects(exportNow(), { code: 'invalid-input', hint: /disk is full/ });
    } finally {
      fs.writeSync = writeSync;
    }
    assert.deepEqual(beside(), []);
  });

  it('never replaces a file unless it was allowed to, and needs a folder', async () => {
    fs.writeFileSync(target, 'precious');
    await assert.rejects(exportNow(), { code: 'invalid-input', message: /exists already/ });
    assert.equal(fs.readFileSync(target, 'utf8'), 'precious');
    await exportNow({ replace: true });
    assert.ok(read()['index.md']);
    target = path.join(store.folder, 'none', 'x.zip');
    await assert.rejects(exportNow(), { code: 'invalid-input' });
  });
});
