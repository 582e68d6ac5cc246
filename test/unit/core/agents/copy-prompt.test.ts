import assert from 'node:assert/strict';
import { copyPrompt } from '../../../../src/core/agents/copy-prompt.ts';

describe('copyPrompt', () => {
  it('gives each copy its item, or its number', () => {
    assert.equal(copyPrompt(undefined), '');
    assert.equal(copyPrompt({ of: 'r', index: 1, count: 3, item: 'src/a.ts' }), '# Your item, 2 of 3\n\nsrc/a.ts');
    assert.match(copyPrompt({ of: 'r', index: 0, count: 1, item: { file: 'a' } }), /"file": "a"/);
    assert.match(copyPrompt({ of: 'r', index: 0, count: 2, item: null }), /number 1 of 2/);
  });
});
