import assert from 'node:assert/strict';
import type { PromptDraft } from '../../src/core/prompts/prompt.ts';
import { forEachImplementation, IMPLEMENTATIONS } from './storage-implementations.ts';

const GREETING: PromptDraft = {
  name: 'zeta',
  template: 'Hello {{name}}, mind the Größe',
  variables: ['name'],
  description: 'Greets somebody',
  category: 'Letters',
  tags: ['polite', 'short'],
  parameters: [{ name: 'name', description: 'Who', default: 'you', choices: ['you', 'all'] }],
};
const NOTE = { author: 'me', reason: 'tried out' };

describe('PromptStore', () => {
  forEachImplementation((subject) => {
    const prompts = () => subject().storage.stores.prompts;
    const seen = () => subject().other.stores.prompts;
    const names = async (search: string) => (await seen().search(search, 10)).map(({ prompt }) => prompt.name);

    it('keeps all of a prompt, replaces it by name and sorts by it', async () => {
      await prompts().save(GREETING, NOTE);
      await prompts().save({ ...GREETING, name: 'alpha', variables: [] }, NOTE);
      const changed = { ...GREETING, template: 'Bye {{name}}', category: '', tags: [] };
      assert.equal(await prompts().save(changed, { author: 'you', reason: 'shorter' }), 2);
      const rows = await seen().list();
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['alpha', 'zeta'],
      );
      const { createdAt, ...zeta } = rows[1] ?? assert.fail();
      assert.deepEqual(zeta, { ...changed, builtIn: false, favourite: false, version: 2 });
      assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
      assert.deepEqual(await seen().get('zeta'), rows[1]);
      assert.equal(await seen().get('none'), null);
    });

    it('lists them without texts', async () => {
      const { template: _, parameters: __, ...summary } = (await seen().get('zeta')) ?? assert.fail();
      assert.deepEqual((await seen().index())[1], summary);
    });

    it('keeps every version, newest first, with who made it and why', async () => {
      const versions = await seen().versions('zeta');
      assert.deepEqual(
        versions.map(({ version, template, author, reason }) => [version, template, author, reason]),
        [
          [2, 'Bye {{name}}', 'you', 'shorter'],
          [1, GREETING.template, 'me', 'tried out'],
        ],
      );
      const { version, author, reason, createdAt, ...content } = versions[1] ?? assert.fail();
      assert.deepEqual(content, GREETING);
      assert.deepEqual(await seen().versions('none'), []);
    });

    it('finds them by words of name, description, category, tags and text', async () => {
      await prompts().save({ ...GREETING, name: 'write-a-letter' }, NOTE);
      for (const search of ['write-a', 'GREETS some', 'letters', 'polit', 'größe', 'groß', 'hello mind']) {
        assert.ok((await names(search)).includes('write-a-letter'), search);
      }
      assert.deepEqual(await names('write-a'), ['write-a-letter']);
      assert.deepEqual(await names('bye'), ['zeta']);
      for (const search of ['', '  ', '"', 'hello OR bye', 'name:zeta', '*']) assert.deepEqual(await names(search), []);
      assert.equal((await seen().search('greets', 1)).length, 1);
    });

    it('shows where the text has it', async () => {
      const [hit] = await seen().search('größ', 1);
      const { text, hits } = hit?.snippet ?? assert.fail();
      assert.deepEqual(
        hits.map(({ start, end }) => text.slice(start, end)),
        ['Größe'],
      );
      assert.equal((await seen().search('polite', 1))[0]?.snippet, null);
    });

    it('deletes and leaves the versions, so that it can come back under the next number', async () => {
      await prompts().delete('zeta');
      assert.equal(await seen().get('zeta'), null);
      assert.deepEqual(await names('bye'), []);
      const [last] = await seen().versions('zeta');
      assert.equal(await prompts().save(last ?? assert.fail(), NOTE), 3);
      assert.deepEqual(await names('bye'), ['zeta']);
      await assert.rejects(prompts().delete('none'), { code: 'not-found' });
    });

    it('remembers favourites, also of names it has no prompt for', async () => {
      for (const name of ['zeta', 'zeta', 'code-review']) await prompts().setFavourite(name, true);
      assert.deepEqual(await seen().favourites(), ['code-review', 'zeta']);
      assert.equal((await seen().get('zeta'))?.favourite, true);
      assert.equal((await seen().index()).find(({ name }) => name === 'zeta')?.favourite, true);
      await prompts().setFavourite('code-review', false);
      assert.deepEqual(await seen().favourites(), ['zeta']);
    });

    it('renames with versions and favourite, behind versions of an earlier prompt of that name', async () => {
      await prompts().delete('alpha');
      await prompts().rename('zeta', 'alpha');
      assert.equal(await seen().get('zeta'), null);
      const renamed = (await seen().get('alpha')) ?? assert.fail();
      assert.deepEqual([renamed.template, renamed.version, renamed.favourite], ['Bye {{name}}', 4, true]);
      assert.deepEqual(
        (await seen().versions('alpha')).map(({ version }) => version),
        [4, 3, 2, 1],
      );
      assert.deepEqual(await seen().versions('zeta'), []);
      assert.deepEqual(await names('alpha'), ['alpha']);
      await assert.rejects(prompts().rename('alpha', 'write-a-letter'), { code: 'invalid-input' });
      await assert.rejects(prompts().rename('none', 'x'), { code: 'not-found' });
    });

    it('saves and removes several at once', async () => {
      const [one, two] = [
        { ...GREETING, name: 'batch-1' },
        { ...GREETING, name: 'batch-2' },
      ];
      assert.deepEqual(await prompts().apply({ save: [one, two], remove: ['none'] }, NOTE), [1, 1]);
      assert.deepEqual(await prompts().apply({ save: [two], remove: ['batch-1'] }, NOTE), [2]);
      assert.equal(await seen().get('batch-1'), null);
      assert.equal((await seen().versions('batch-1')).length, 1);
      assert.deepEqual(await names('batch'), ['batch-2']);
      await prompts().apply({ save: [], remove: ['batch-2'] }, NOTE);
    });

    it('says why a version was made, also later', async () => {
      await prompts().describe('alpha', 3, 'because of the tone');
      assert.equal(
        (await seen().versions('alpha')).find(({ version }) => version === 3)?.reason,
        'because of the tone',
      );
      await assert.rejects(prompts().describe('alpha', 99, 'x'), { code: 'not-found' });
    });

    it('counts which version runs used, and what came of their answers, changes and findings', async () => {
      const { findings } = subject().storage.stores;
      for (const [runId, version] of [
        ['run-1', 3],
        ['run-2', 4],
        ['run-3', 4],
      ] as const)
        await prompts().recordUse(runId, { name: 'alpha', version });
      await prompts().recordUse('run-1', { name: 'other', version: 9 });
      await prompts().recordUse('run-9', { name: 'code-review', version: 0 });
      assert.deepEqual(await seen().promptOf('run-1'), { name: 'alpha', version: 3 });
      assert.equal(await seen().promptOf('none'), null);
      await prompts().recordOutcome('run-2', 'answer', 'dismissed');
      await prompts().recordOutcome('run-2', 'answer', 'accepted');
      await prompts().recordOutcome('run-3', 'edits', 'dismissed');
      await prompts().recordOutcome('run-1', 'answer', 'accepted');
      await prompts().recordOutcome('run-1', 'answer', null);
      await prompts().recordOutcome('none', 'answer', 'accepted');
      const decision = { reason: null, note: null, runId: 'run-3', file: 'a.ts', title: 'x' };
      await findings.decide('here', { ...decision, fingerprint: 'f1', decision: 'accepted' });
      await findings.decide('here', { ...decision, fingerprint: 'f2', decision: 'dismissed' });
      const sums = (await seen().usage('alpha')).map(({ lastUsed, ...one }) => {
        assert.ok(Date.parse(lastUsed) > 0);
        return one;
      });
      assert.deepEqual(sums, [
        { name: 'alpha', version: 4, used: 2, accepted: 2, dismissed: 2 },
        { name: 'alpha', version: 3, used: 1, accepted: 0, dismissed: 0 },
      ]);
      assert.deepEqual(
        (await seen().usage(null)).map(({ name, version }) => [name, version]),
        [
          ['alpha', 4],
          ['alpha', 3],
          ['code-review', 0],
        ],
      );
      await prompts().rename('alpha', 'omega');
      assert.equal((await seen().usage('omega')).length, 2);
      await prompts().rename('omega', 'alpha');
    });

    it('keeps the text that a version began with', async () => {
      await prompts().setBase('bug-fix', GREETING);
      await prompts().setBase('bug-fix', { ...GREETING, template: 'Newer' });
      assert.deepEqual(await seen().bases(), [{ name: 'bug-fix', draft: { ...GREETING, template: 'Newer' } }]);
    });

    it('takes names of any kind', async () => {
      for (const name of ['a/b', '😀', '..', 'x'.repeat(10_000), "'; --"]) {
        await prompts().save({ ...GREETING, name }, NOTE);
        assert.equal((await seen().get(name))?.name, name);
        await prompts().delete(name);
      }
    });
  });

  it('keeps none of several changes in the database where one of them fails', async () => {
    const { storage, close } = (await IMPLEMENTATIONS['in a database, over two connections']?.()) ?? assert.fail();
    const { prompts } = storage.stores;
    await prompts.save(GREETING, NOTE);
    const broken = { ...GREETING, name: 'broken', template: null as unknown as string };
    const changes = { save: [{ ...GREETING, name: 'first' }, broken], remove: ['zeta'] };
    await assert.rejects(prompts.apply(changes, NOTE));
    assert.deepEqual(
      (await prompts.index()).map(({ name }) => name),
      ['zeta'],
    );
    await close();
  });
});
