import assert from 'node:assert/strict';
import { accountNameProblem, suggestName } from '../../../../../src/shells/vscode/accounts/account-input.ts';

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
});
