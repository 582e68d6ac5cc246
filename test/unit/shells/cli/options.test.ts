import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  dollars,
  globalOptions,
  integer,
  keyValue,
  refuseUnknown,
  strategy,
} from '../../../../src/shells/cli/options.ts';

describe('options', () => {
  it('take one of the names in any case, or offer the nearest', () => {
    assert.equal(strategy('Parallel'), 'parallel');
    assert.throws(() => strategy('adaptiv'), {
      code: 'usage',
      hint: 'Did you mean "adaptive"? Choose one of parallel, sequential, adaptive, balanced, coordinated.',
    });
    assert.throws(() => strategy('zzz'), {
      code: 'usage',
      hint: 'Choose one of parallel, sequential, adaptive, balanced, coordinated.',
    });
  });

  it('take whole numbers within bounds', () => {
    const upToFifty = integer(1, 50);
    assert.equal(upToFifty('50'), 50);
    for (const wrong of ['0', '51', '-1', '1.5', '1e1', '', 'five', '9'.repeat(400)])
      assert.throws(() => upToFifty(wrong), /whole number from 1 to 50/);
  });

  it('take amounts of money', () => {
    assert.deepEqual(['0', '0.50', '$2', '10'].map(dollars), [0, 0.5, 2, 10]);
    for (const wrong of ['-1', 'two', '1,5', '', 'Infinity']) assert.throws(() => dollars(wrong), /amount in USD/);
  });

  it('collect pairs at the first equal sign, the later one winning', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^=]+$/), fc.string(), (key, value) => {
        assert.deepEqual(Object.entries(keyValue(`${key}=${value}`)), [[key, value]]);
      }),
    );
    assert.deepEqual(keyValue('a=2', keyValue('b=x=y', { a: '1' })), { a: '2', b: 'x=y' });
    assert.throws(() => keyValue('novalue'), /key=value/);
    assert.throws(() => keyValue('=x'), /key=value/);
  });

  it('let only one thing have standard output', () => {
    assert.throws(() => globalOptions({ json: true, events: '-' }), { code: 'usage' });
    assert.equal(globalOptions({ json: true, events: 'file' }).events, 'file');
  });

  it('offer the subcommand that was probably meant', () => {
    refuseUnknown('docs', [], ['show']);
    assert.throws(() => refuseUnknown('docs', ['shw'], ['show']), {
      code: 'usage',
      hint: /Did you mean "docs show"\?/,
    });
  });
});
