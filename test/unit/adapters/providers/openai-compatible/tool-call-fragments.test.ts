import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ToolCallFragment,
  ToolCallFragments,
} from '../../../../../src/adapters/providers/openai-compatible/tool-call-fragments.ts';

function wholeOf(fragments: readonly ToolCallFragment[]) {
  const calls = new ToolCallFragments();
  for (const fragment of fragments) calls.add(fragment);
  return calls.whole();
}

describe('ToolCallFragments', () => {
  it('puts calls together however their arguments are cut and mixed', () => {
    const texts = fc.array(fc.json({ maxDepth: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, fc.infiniteStream(fc.nat(5)), (all, sizes) => {
        const begin = all.map((_, index) => ({ index, id: `id-${index}`, function: { name: `tool-${index}` } }));
        const rest = all.map((text, index) => ({ index, text }));
        const fragments: ToolCallFragment[] = [...begin];
        while (rest.length > 0) {
          const [size = 0, which = 0] = [...sizes.take(2)];
          const one = rest[which % rest.length];
          if (!one) break;
          fragments.push({ index: one.index, function: { arguments: one.text.slice(0, size + 1) } });
          one.text = one.text.slice(size + 1);
          if (one.text === '') rest.splice(rest.indexOf(one), 1);
        }
        const expected = all.map((text, index) => ({ id: `id-${index}`, name: `tool-${index}`, arguments: text }));
        assert.deepEqual(wholeOf(fragments), expected);
      }),
    );
  });

  it('tells calls apart that share an index or have none, by their ids', () => {
    const call = (id: string) => ({ id, function: { name: 'look', arguments: '{}' } });
    for (const fragments of [
      [
        { index: 0, ...call('a') },
        { index: 0, ...call('b') },
      ],
      [call('a'), call('b')],
    ]) {
      assert.deepEqual(
        wholeOf(fragments).map(({ id }) => id),
        ['a', 'b'],
      );
    }
  });

  it('gives a call an id and arguments that has none, and drops one without a name', () => {
    assert.deepEqual(
      wholeOf([
        { index: 0, function: { name: 'look' } },
        { index: 1, id: 'x' },
      ]),
      [{ id: 'call-1', name: 'look', arguments: '{}' }],
    );
  });
});
