import assert from 'node:assert/strict';
import { nearest } from '../../../../src/shells/cli/nearest.ts';

describe('nearest', () => {
  const names = ['parallel', 'sequential', 'adaptive', 'balanced'];

  it('finds what was probably meant', () => {
    assert.equal(nearest('paralel', names), 'parallel');
    assert.equal(nearest('Adpative', names), 'adaptive');
    assert.equal(nearest('seq', ['sequence', 'set']), 'set');
  });

  it('guesses nothing where nothing is close', () => {
    assert.equal(nearest('xyz', names), null);
    assert.equal(nearest('', names), null);
    assert.equal(nearest('x', []), null);
  });
});
