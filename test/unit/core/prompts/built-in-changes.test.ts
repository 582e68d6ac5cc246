import assert from 'node:assert/strict';
import { MemoryPrompts } from '../../../../src/adapters/storage/memory/memory-prompts.ts';
import { mergeBuiltIn } from '../../../../src/core/prompts/built-in-changes.ts';
import { PromptLibrary } from '../../../../src/core/prompts/library.ts';
import type { PromptRecord } from '../../../../src/core/prompts/prompt.ts';
import { BUILT_IN_PROMPTS } from '../../../../src/core/prompts/templates.ts';

const NOTE = { author: 'me', reason: 'because' };
const LINES = ['Look at {{code}}.', '', 'First this.', 'Then that.', '', 'Last the rest.'];

/** The built-in prompts of an older product: `code-review` said something else, and one was not there yet. */
const OLDER: readonly PromptRecord[] = BUILT_IN_PROMPTS.filter(({ name }) => name !== 'architecture-design').map(
  (one) => (one.name === 'code-review' ? { ...one, template: LINES.join('\n'), tags: ['old'] } : one),
);
const newer = (template: string): readonly PromptRecord[] =>
  OLDER.map((one) => (one.name === 'code-review' ? { ...one, template, tags: ['new'] } : one));

describe('an update of the product', () => {
  let store: MemoryPrompts;
  beforeEach(() => {
    store = new MemoryPrompts();
  });
  const marked = async (library: PromptLibrary) =>
    (await library.index()).flatMap(({ name, builtInChanged }) => (builtInChanged ? [name] : []));
  const edit = async (replace: (text: string) => string) => {
    const old = new PromptLibrary(store, OLDER);
    const prompt = await old.get('code-review');
    await old.save({ ...prompt, template: replace(prompt.template) }, NOTE);
  };

  it('brings new built-in prompts where the user has no version, and never touches one of the user’s', async () => {
    await edit((text) => text.replace('First', 'Above all'));
    const updated = new PromptLibrary(store);
    assert.match((await updated.get('code-review')).template, /^Look at[\s\S]*Above all this/);
    assert.equal((await updated.get('bug-fix')).builtIn, true);
    assert.equal((await updated.list()).length, 8);
    const versions = await updated.versions('code-review');
    assert.deepEqual(
      versions.map(({ version }) => version),
      [1, 0],
    );
    assert.equal(versions[1]?.template, BUILT_IN_PROMPTS[0]?.template);
    await updated.delete('code-review');
    assert.equal((await updated.get('code-review')).template, BUILT_IN_PROMPTS[0]?.template);
  });

  it('marks versions below which the built-in prompt has changed, until that was seen', async () => {
    await edit((text) => `${text}\nMine.`);
    assert.deepEqual(await marked(new PromptLibrary(store, OLDER)), []);
    const updated = new PromptLibrary(store);
    assert.deepEqual(await marked(updated), ['code-review']);
    const change = await updated.builtInChange('code-review');
    assert.deepEqual(
      [change?.base.template, change?.builtIn.template],
      [LINES.join('\n'), BUILT_IN_PROMPTS[0]?.template],
    );
    await updated.acknowledge('code-review');
    assert.deepEqual([await marked(updated), await updated.builtInChange('code-review')], [[], null]);
    await updated.forgetAcknowledged(change ?? assert.fail());
    assert.deepEqual(await marked(updated), ['code-review']);
    await updated.delete('code-review');
    assert.deepEqual(await marked(updated), []);
    await updated.save({ ...(await updated.get('code-review')), template: 'Mine' }, NOTE);
    assert.deepEqual(await marked(updated), [], 'a new version begins with the newest text');
  });

  it('is merged with what the user wrote', async () => {
    await edit((text) => text.replace('First this.', 'First mine.'));
    const updated = new PromptLibrary(store, newer(LINES.join('\n').replace('Last the rest.', 'Last the new rest.')));
    const merged = mergeBuiltIn((await updated.builtInChange('code-review')) ?? assert.fail());
    assert.equal(merged?.template, 'Look at {{code}}.\n\nFirst mine.\nThen that.\n\nLast the new rest.');
    assert.deepEqual(merged?.tags, ['new'], 'what the user left alone is the new one');
    await updated.save(merged ?? assert.fail(), NOTE);
    assert.match((await updated.get('code-review')).template, /First mine[\s\S]*new rest/);
  });

  it('is not merged where both changed the same lines', async () => {
    await edit((text) => text.replace('First this.', 'First mine.'));
    const updated = new PromptLibrary(store, newer(LINES.join('\n').replace('First this.', 'First theirs.')));
    assert.equal(mergeBuiltIn((await updated.builtInChange('code-review')) ?? assert.fail()), null);
  });

  it('changes nothing where the user changed nothing of the text', async () => {
    const old = new PromptLibrary(store, OLDER);
    await old.change('code-review', { category: 'Mine' }, NOTE);
    const updated = new PromptLibrary(store, newer('New'));
    const merged = mergeBuiltIn((await updated.builtInChange('code-review')) ?? assert.fail());
    assert.deepEqual([merged?.template, merged?.category], ['New', 'Mine']);
  });
});
