import assert from 'node:assert/strict';
import fc from 'fast-check';
import { currentOwner } from '../../src/adapters/storage/process-identity.ts';
import { type DocumentStore, MAX_DOCUMENT_BYTES, type NewDocument } from '../../src/core/documents/document.ts';
import { partsOf } from '../../src/core/documents/document-rules.ts';
import { FIRST, RUN } from './journal-samples.ts';
import { forEachImplementation } from './storage-implementations.ts';

const NOTE = { author: 'Ada', reason: 'a second thought' };
const DEAD = { ...currentOwner(), pid: 2 ** 22 + 1, nonce: 'gone' };

/** A title that no other test uses. */
let used = 0;
const title = (name = 'Report') => `${name} ${++used}`;

describe('DocumentStore', () => {
  forEachImplementation((subject) => {
    const documents = (): DocumentStore => subject().storage.stores.documents;
    const other = (): DocumentStore => subject().other.stores.documents;
    const save = (part: Partial<NewDocument>) =>
      documents().save({ taskId: '', title: title(), content: 'text', format: 'text', ...part });
    const versionsOf = async (id: number) => (await other().versions(id, { limit: 100 })).items;
    const summaryOf = async (id: number) =>
      (await other().list({ limit: 100 })).items.find((one) => one.id === id) ?? assert.fail(`no document ${id}`);

    it('keeps what is saved, byte for byte', async () => {
      const content = '# Befund\n\n— „ok“ 😀\u0000end';
      const row = { taskId: 'run-1/a', title: 'Review', content, format: 'markdown' as const };
      const id = await documents().save(row);
      const { createdAt, updatedAt, ...kept } = (await other().get(id)) ?? assert.fail();
      assert.deepEqual(kept, {
        ...{ ...row, id, runId: 'run-1', kind: 'document', workspace: null, version: 1, tags: [] },
        size: Buffer.byteLength(content),
      });
      assert.ok(Date.parse(createdAt) > 0);
      assert.equal(updatedAt, createdAt);
      assert.equal(await other().get(999_999), null);
    });

    it('makes a version of what has the same title, kind and workspace, and overwrites nothing', async () => {
      const name = title();
      const first = await save({ title: name, kind: 'report', workspace: '/w', content: 'one', taskId: 'run-a' });
      const second = await save({
        ...{ title: name, kind: 'report', workspace: '/w', content: 'two', taskId: 'run-b' },
        note: NOTE,
      });
      assert.equal(second, first);
      for (const apart of [{ kind: 'patch' }, { workspace: null }, { title: `${name}!` }] as const)
        assert.notEqual(await save({ title: name, kind: 'report', workspace: '/w', ...apart }), first);
      assert.deepEqual(
        (await versionsOf(first)).map(({ version, runId, author, reason, size }) => [
          ...[version, runId, author, reason, size],
        ]),
        [
          [2, 'run-b', 'Ada', 'a second thought', 3],
          [1, 'run-a', 'Ensemble', 'saved', 3],
        ],
      );
      assert.equal((await other().get(first))?.content, 'two');
      assert.equal((await other().read(first, { version: 1 }))?.content, 'one');
      assert.equal(await other().read(first, { version: 3 }), null);
    });

    it('keeps what a run has made once, however often it is saved', async () => {
      const name = title();
      const made = { title: name, taskId: 'run-once', artifact: 'result', content: 'made' };
      const id = await save(made);
      assert.equal(await save({ ...made, content: 'made again' }), id);
      // Also from another process that took the run over.
      assert.equal(await other().save({ ...made, format: 'text' }), id);
      assert.notEqual(await save({ ...made, title: title(), artifact: 'patch' }), id);
      assert.equal((await versionsOf(id)).length, 1);
      assert.equal(await save({ ...made, taskId: 'run-twice', content: 'next' }), id);
      assert.equal((await versionsOf(id)).length, 2);
    });

    it('takes further versions, and brings earlier ones back as new ones', async () => {
      const id = await save({ content: '{"a":1}', format: 'json', taskId: 'run-r' });
      assert.equal(await documents().addVersion(id, { content: 'plain', format: 'text', note: NOTE }), 2);
      assert.equal(await documents().addVersion(id, { content: 'plainer', note: NOTE }), 3);
      assert.equal(await documents().restore(id, 1, { author: 'Bo', reason: 'version 1' }), 4);
      assert.deepEqual(
        (await versionsOf(id)).map(({ version, format, taskId, author }) => [version, format, taskId, author]),
        [
          [4, 'json', 'run-r', 'Bo'],
          [3, 'text', '', 'Ada'],
          [2, 'text', '', 'Ada'],
          [1, 'json', 'run-r', 'Ensemble'],
        ],
      );
      const { content, version } = (await other().get(id)) ?? assert.fail();
      assert.deepEqual([content, version], ['{"a":1}', 4]);
      const page = await other().versions(id, { limit: 2, offset: 1 });
      assert.deepEqual([page.items.map((one) => one.version), page.total], [[3, 2], 4]);
      await assert.rejects(documents().restore(id, 9, NOTE), { code: 'not-found' });
      await assert.rejects(documents().addVersion(999_999, { content: '', note: NOTE }), { code: 'not-found' });
    });

    it('lists the latest first, in pages, by kind, tag, workspace and time', async () => {
      const workspace = `/listed-${title()}`;
      const ids: number[] = [];
      for (const kind of ['report', 'patch', 'report'] as const) ids.push(await save({ kind, workspace }));
      const [first = 0, second = 0, third = 0] = ids;
      await documents().change(second, { tags: ['b', 'a', ' a '] });
      const listed = async (query: object) => {
        const { items, total } = await other().list({ limit: 10, workspace, ...query });
        return { ids: items.map(({ id }) => id), total };
      };
      assert.deepEqual(await listed({}), { ids: [third, second, first], total: 3 });
      assert.deepEqual(await listed({ limit: 1, offset: 1 }), { ids: [second], total: 3 });
      assert.deepEqual(await listed({ kind: 'report' }), { ids: [third, first], total: 2 });
      assert.deepEqual(await listed({ tag: 'a' }), { ids: [second], total: 1 });
      assert.deepEqual(await listed({ tag: 'A*' }), { ids: [], total: 0 });
      assert.deepEqual(await listed({ tag: '' }), { ids: [third, first], total: 2 });
      assert.deepEqual(await listed({ until: '2020' }), { ids: [], total: 0 });
      await documents().addVersion(first, { content: 'now', note: NOTE });
      assert.equal((await listed({ from: '2020' })).ids[0], first);
      const groups = (by: 'kind' | 'tag' | 'workspace') => other().groups(by, { workspace });
      assert.deepEqual(await groups('kind'), [
        { key: 'report', count: 2 },
        { key: 'patch', count: 1 },
      ]);
      assert.deepEqual(await groups('tag'), [
        { key: 'a', count: 1 },
        { key: 'b', count: 1 },
        { key: '', count: 2 },
      ]);
      assert.deepEqual(await groups('workspace'), [{ key: workspace, count: 3 }]);
      assert.deepEqual(await other().counts({ workspace, boundaries: ['2999', '2020'] }), [0, 3, 0]);
    });

    it('changes titles and tags without a version', async () => {
      const id = await save({ content: 'about whales' });
      await documents().change(id, { title: '  Sea \n animals ', tags: ['marine-life', 'zoo'] });
      const { title: name, tags, version } = await summaryOf(id);
      assert.deepEqual([name, tags, version], ['Sea animals', ['marine-life', 'zoo'], 1]);
      await documents().change(id, { tags: [] });
      assert.deepEqual((await summaryOf(id)).tags, []);
      await assert.rejects(documents().change(999_999, { tags: [] }), { code: 'not-found' });
      await assert.rejects(documents().change(id, { tags: ['x'.repeat(100)] }), { code: 'invalid-input' });
      const long = await save({ title: '🦊/\n'.repeat(5_000) });
      assert.equal([...(await summaryOf(long)).title].length, 500);
    });

    it('finds by words of the newest text, title and tags, whatever is typed', async () => {
      const id = await save({ title: title('Quokka'), content: 'The wombat sleeps.', tags: ['marsupial'] });
      const found = async (search: string) =>
        (await other().list({ limit: 100, search })).items.filter((one) => one.id === id);
      for (const search of ['wombat', 'WOMB sleeps', 'quokka', 'marsupial wombat'])
        assert.equal((await found(search)).length, 1, search);
      for (const search of ['wombat OR', 'NEAR/2', '"', '*', 'wombat NOT quokka', 'content:wombat x', "'; --"])
        assert.equal((await found(search)).length, 0, search);
      assert.deepEqual((await found('wombat'))[0]?.snippet, {
        text: 'The wombat sleeps.',
        hits: [{ start: 4, end: 10 }],
      });
      await documents().addVersion(id, { content: 'The numbat wakes.', note: NOTE });
      assert.deepEqual([(await found('wombat')).length, (await found('numbat')).length], [0, 1]);
      await documents().change(id, { tags: ['termites'] });
      assert.deepEqual([(await found('marsupial')).length, (await found('termite')).length], [0, 1]);
    });

    it('takes deleted ones out of sight, and brings them back as they were', async () => {
      const name = title('Gone');
      const id = await save({ title: name, content: 'xylophone', tags: ['kept'] });
      await documents().addVersion(id, { content: 'xylophones', note: NOTE });
      const before = (await subject().other.stores.stats()).documents;
      assert.deepEqual(await documents().delete([id, 999_999]), [id]);
      assert.deepEqual(await documents().delete([id]), []);
      assert.equal(await other().get(id), null);
      assert.equal(await other().read(id), null);
      assert.deepEqual(await versionsOf(id), []);
      assert.equal((await other().list({ limit: 9, search: 'xylophon' })).total, 0);
      assert.equal((await subject().other.stores.stats()).documents, before - 1);
      await assert.rejects(documents().change(id, { title: 'x' }), { code: 'not-found' });
      // The title is free meanwhile.
      assert.notEqual(await save({ title: name }), id);
      assert.deepEqual(await documents().undelete([id, 999_999]), [id]);
      assert.deepEqual(await documents().undelete([id]), []);
      assert.equal((await versionsOf(id)).length, 2);
      assert.deepEqual((await summaryOf(id)).tags, ['kept']);
      assert.equal((await other().list({ limit: 9, search: 'xylophon' })).total, 1);
    });

    it('shows a run its own versions, and loses them alone with it', async () => {
      const { journal, history } = subject().storage;
      const name = title();
      for (const runId of ['doc-r1', 'doc-r2']) {
        await journal.create(runId, DEAD, { ...FIRST, run: { ...RUN, status: 'completed' } });
        await save({ title: name, taskId: `${runId}/a`, content: `of ${runId}`, artifact: 'result' });
      }
      await save({ title: title(), taskId: 'doc-r1', content: 'alone' });
      const ofRun = async (runId: string) =>
        (await subject().other.history.documents({ limit: 9, runId })).items.map(({ title: t, version }) => [
          t,
          version,
        ]);
      assert.deepEqual((await ofRun('doc-r1'))[1], [name, 1]);
      assert.deepEqual(await ofRun('doc-r2'), [[name, 2]]);
      const [shared = 0] = (await other().list({ limit: 9, runId: 'doc-r2' })).items.map(({ id }) => id);
      await documents().restore(shared, 1, NOTE);
      assert.deepEqual(await history.deleteRuns(['doc-r1']), ['doc-r1']);
      assert.deepEqual(
        (await versionsOf(shared)).map(({ version }) => version),
        [2],
      );
      assert.equal((await other().get(shared))?.content, 'of doc-r2');
      assert.equal((await other().list({ limit: 9, search: 'alone' })).total, 0);
      const own = await save({ title: name, content: 'my own', workspace: RUN.workspace });
      assert.equal(own, shared);
      await history.deleteRuns(['doc-r2']);
      assert.deepEqual((await other().get(shared))?.content, 'my own');
      await history.deleteBefore({ before: '2999-01-01' });
      assert.deepEqual((await other().get(shared))?.content, 'my own');
    });

    it('is read in parts that are cut between characters', async () => {
      const content = fc.array(fc.constantFrom('a', 'ß', '€', '😀', '\n', '\u0000', '\ufeff', 'é'), {
        maxLength: 40,
      });
      await fc.assert(
        fc.asyncProperty(content, fc.integer({ min: 1, max: 9 }), async (characters, bytes) => {
          const id = await save({ content: characters.join('') });
          const parts: string[] = [];
          for await (const part of partsOf(other(), id, undefined, bytes)) {
            assert.ok(Buffer.byteLength(part.content) <= Math.max(4, bytes));
            parts.push(part.content);
          }
          assert.equal(parts.join(''), characters.join(''));
          await documents().delete([id]);
        }),
        { numRuns: 25 },
      );
      await assert.rejects(partsOf(other(), 999_999, undefined, 9).next(), { code: 'not-found' });
    });

    it('refuses what is too large, and says how large it may be', async () => {
      await assert.rejects(save({ content: 'x'.repeat(MAX_DOCUMENT_BYTES + 1) }), {
        code: 'invalid-input',
        message: /67\.1 MB; up to 67\.1 MB/,
      });
    });
  });
});
