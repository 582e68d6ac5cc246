import assert from 'node:assert/strict';
import { MemoryPrompts } from '../../../../src/adapters/storage/memory/memory-prompts.ts';
import {
  applyImport,
  countByStatus,
  type FoundPrompt,
  planImport,
  undoImport,
} from '../../../../src/core/prompts/import-prompts.ts';
import { PromptLibrary } from '../../../../src/core/prompts/library.ts';

const NOTE = { author: 'me', reason: 'imported' };
const breathe = async () => {};
const found = (name: string, template: string, source = `${name}.prompt.md`): FoundPrompt => ({
  source,
  prompt: { name, template, description: '', category: '', tags: [], parameters: [] },
});

describe('an import of prompts', () => {
  let library: PromptLibrary;
  beforeEach(async () => {
    library = new PromptLibrary(new MemoryPrompts());
    await library.save({ ...draft('kept'), template: 'Same' }, NOTE);
    await library.save({ ...draft('old'), template: 'Before' }, NOTE);
  });
  const draft = (name: string) => ({ name, template: '', description: '', category: '', tags: [], parameters: [] });
  const plan = (...all: FoundPrompt[]) => planImport(library, all, breathe);

  it('says of each prompt what would become of it, and changes nothing', async () => {
    const entries = await plan(
      found('fresh', 'Hi'),
      found('old', 'After'),
      found('kept', 'Same'),
      found('fresh', 'Hi', 'again.md'),
      found('fresh', 'Other', 'other.md'),
      found('KEPT', 'Loud'),
      found('', 'x'),
      found('torn', '{{#if a}}'),
      found('x'.repeat(10_000), 'x'),
      { source: 'broken.md', problem: 'Line 1: no' },
    );
    assert.deepEqual(
      entries.map(({ status }) => status),
      ['new', 'changed', 'unchanged', 'unchanged', 'duplicate', 'duplicate', 'broken', 'broken', 'broken', 'broken'],
    );
    assert.match(entries[3]?.reason ?? '', /the same as in fresh\.prompt\.md/);
    assert.match(entries[4]?.reason ?? '', /another text/);
    assert.match(entries[5]?.reason ?? '', /"kept" has the same name but for capital letters/);
    assert.match(entries[7]?.reason ?? '', /template cannot be used/);
    assert.equal(entries[9]?.reason, 'Line 1: no');
    assert.deepEqual(countByStatus(entries), { new: 1, changed: 1, unchanged: 2, duplicate: 2, broken: 4 });
    assert.equal((await library.get('old')).template, 'Before');
  });

  it('knows the built-in prompts, and a change of one is a version of the user’s', async () => {
    const builtIn = await library.get('bug-fix');
    const same: FoundPrompt = { source: 'a', prompt: builtIn };
    assert.equal((await plan(same))[0]?.status, 'unchanged');
    const entries = await plan({ source: 'a', prompt: { ...builtIn, template: 'Mine' } });
    assert.equal(entries[0]?.status, 'changed');
    const done = await applyImport(library, entries, NOTE);
    assert.deepEqual(await undoImport(library, done, NOTE), []);
    assert.equal((await library.get('bug-fix')).builtIn, true);
  });

  it('saves all of it, and takes it back', async () => {
    const done = await applyImport(library, await plan(found('fresh', 'Hi'), found('old', 'After')), NOTE);
    assert.deepEqual(
      done.saved.map(({ name, version }) => [name, version]),
      [
        ['fresh', 1],
        ['old', 2],
      ],
    );
    assert.equal((await library.get('old')).template, 'After');
    assert.deepEqual(await undoImport(library, done, NOTE), []);
    assert.equal((await library.get('old')).template, 'Before');
    await assert.rejects(library.get('fresh'), { code: 'not-found' });
    const [newest] = await library.versions('old');
    assert.equal(newest?.version, 3, 'what was imported stays among the versions');
  });

  it('leaves what was changed since alone when it is taken back', async () => {
    const done = await applyImport(library, await plan(found('fresh', 'Hi'), found('old', 'After')), NOTE);
    await library.save({ ...draft('old'), template: 'Later' }, NOTE);
    assert.deepEqual(await undoImport(library, done, NOTE), ['old']);
    assert.equal((await library.get('old')).template, 'Later');
    await assert.rejects(library.get('fresh'), { code: 'not-found' });
  });

  it('stops where it is told to, between two prompts', async () => {
    const stop = new Error('stop');
    const all = [found('a', 'x'), found('b', 'x'), found('c', 'x')];
    const seen: number[] = [];
    await assert.rejects(
      planImport(library, all, async (done, total) => {
        seen.push(done, total);
        if (done === 1) throw stop;
      }),
      stop,
    );
    assert.deepEqual(seen, [0, 3, 1, 3]);
  });
});
