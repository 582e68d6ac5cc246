import assert from 'node:assert/strict';
import {
  accountNameProblem,
  amountOf,
  amountProblem,
  suggestName,
} from '../../../../../src/shells/vscode/accounts/account-input.ts';

describe('account input', () => {
  it('suggests a name that is free', () => {
    assert.equal(suggestName('xai', []), 'xai-1');
    assert.equal(suggestName('xai', ['xai-1', 'xai-2']), 'xai-3');
  });

  it('judges names', () => {
    assert.equal(accountNameProblem('', []), 'empty');
    assert.equal(accountNameProblem('a b', []), 'characters');
    assert.equal(accountNameProblem('x'.repeat(65), []), 'characters');
    assert.equal(accountNameProblem('grok-1', ['grok-1']), 'taken');
    assert.equal(accountNameProblem('grok_1.a-B', ['grok-1']), null);
  });

  it('judges optional amounts', () => {
    for (const text of ['', '60', '1000000']) assert.equal(amountProblem(text, 'count'), null, text);
    assert.equal(amountProblem('2.5', 'count'), 'whole');
    assert.equal(amountProblem('0', 'count'), 'range');
    assert.equal(amountProblem('0', 'usd'), null);
    assert.equal(amountProblem('2.50', 'usd'), null);
    for (const text of ['many', '-1', '1e309', 'NaN', '1,5', ' ', '0x10']) {
      assert.equal(amountProblem(text, 'usd'), 'number', text);
    }
    assert.equal(amountOf(''), null);
    assert.equal(amountOf('2.5'), 2.5);
  });
});
