import assert from 'node:assert/strict';
import type { PromptSummary } from '../../../../../src/core/prompts/prompt.ts';
import {
  elementOf,
  PAGE,
  type PromptElement,
  PromptsModel,
  parseElement,
} from '../../../../../src/shells/vscode/prompts/prompts-model.ts';

const prompt = (name: string, changes: Partial<PromptSummary> = {}): PromptSummary => ({
  ...{ name, description: '', category: '', tags: [], variables: [], builtIn: false, favourite: false, version: 1 },
  createdAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});
const groupsOf = (model: PromptsModel) => model.roots().map((root) => (root.type === 'group' ? root.group : root.type));
const names = (rows: readonly PromptElement[]) => rows.map((row) => (row.type === 'prompt' ? row.name : row.type));

describe('PromptsModel', () => {
  const filled = () => {
    const model = new PromptsModel();
    model.load([
      prompt('b10', { category: 'Work', tags: ['x'] }),
      prompt('b9', { category: 'Work', tags: ['x', 'y'], favourite: true }),
      prompt('a', { description: 'Finds fish' }),
    ]);
    return model;
  };

  it('groups by category, favourites first, those without one last, numbers in their order', () => {
    const model = filled();
    assert.deepEqual(groupsOf(model), ['favourites', 'category:Work', 'category:']);
    assert.deepEqual(names(model.children('category:Work')), ['b9', 'b10']);
    assert.deepEqual(model.categories(), ['Work']);
  });

  it('groups by tag, where a prompt may stand twice', () => {
    const model = filled();
    model.groupBy('tag');
    assert.deepEqual(groupsOf(model), ['favourites', 'tag:x', 'tag:y', 'tag:']);
    assert.deepEqual(names(model.children('tag:y')), ['b9']);
  });

  it('makes one list, favourites on top', () => {
    const model = filled();
    model.groupBy('none');
    assert.deepEqual(names(model.roots()), ['b9', 'a', 'b10']);
  });

  it('shows what has every word of the filter somewhere', () => {
    const model = filled();
    model.filterBy(' FISH find ');
    assert.deepEqual(groupsOf(model), ['category:']);
    model.filterBy('work y');
    assert.deepEqual(names(model.children('category:Work')), ['b9']);
    model.filterBy('nothing');
    assert.deepEqual(model.roots(), []);
    model.filterBy('');
    assert.equal(model.roots().length, 3);
  });

  it('shows ten thousand prompts in pages', () => {
    const model = new PromptsModel();
    model.load(Array.from({ length: 10_000 }, (_, index) => prompt(`p${index}`, { category: 'Many' })));
    assert.equal(model.children('category:Many').length, PAGE + 1);
    assert.deepEqual(model.children('category:Many').at(-1), { type: 'more', group: 'category:Many' });
    model.more('category:Many');
    assert.equal(model.children('category:Many').length, 2 * PAGE + 1);
    model.groupBy('none');
    assert.equal(model.roots().length, PAGE + 1);
  });

  it('gives rows ids that can be read back, whatever the names are', () => {
    for (const element of [
      { type: 'group', group: 'category:a/"b"' },
      { type: 'prompt', group: 'tag:', name: '["more"]' },
      { type: 'more', group: 'x' },
      { type: 'error' },
    ] as const)
      assert.deepEqual(parseElement(elementOf(element)), element);
    for (const other of ['code-review', undefined, 3, '[1]']) assert.equal(parseElement(other), null);
  });
});
