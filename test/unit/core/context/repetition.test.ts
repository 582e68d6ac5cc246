import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RepetitionFilter } from '../../../../src/core/context/repetition.ts';

const CODE = Array.from({ length: 8 }, (_, line) => `  const item${line} = await loadItemFromStore(${line});`);

describe('RepetitionFilter', () => {
  it('refers to what was said before, with other indentation and line numbers', () => {
    const filter = new RepetitionFilter();
    filter.add(CODE.join('\n'), 'in src/a.ts');
    const quoted = CODE.slice(2, 6).map((line, at) => `${at + 3}| ${line.trim()}`);
    assert.equal(filter.reduce(`Before\n${quoted.join('\n')}\nAfter`, 'x'), 'Before\n[4 lines as in src/a.ts]\nAfter');
  });

  it('finds repetitions within one text, and of what it has kept of one', () => {
    const filter = new RepetitionFilter();
    const first = filter.reduce(`One\n${CODE.join('\n')}`, 'in the first');
    assert.ok(first.includes('item7'));
    assert.equal(
      filter.reduce(`Two\n${CODE.join('\n')}\nthree`, 'in the second'),
      'Two\n[8 lines as in the first]\nthree',
    );
  });

  it('leaves short and common lines alone', () => {
    const filter = new RepetitionFilter();
    const text = '}\n}\n}\nreturn null;';
    filter.add(text, 'before');
    assert.equal(filter.reduce(text, 'x'), text);
  });

  it('never changes a text that shares nothing with the others', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const text = lines.map((line, index) => `own ${index} ${line}`).join('\n');
        const filter = new RepetitionFilter();
        filter.add(CODE.join('\n'), 'code');
        assert.equal(filter.reduce(text, 'x'), text);
      }),
    );
  });
});
