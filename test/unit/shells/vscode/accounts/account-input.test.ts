import assert from 'node:assert/strict';
import {
  accountNameProblem,
  baseURLProblem,
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

  it('lets a key travel encrypted or within this machine only', () => {
    for (const fine of [
      'https://api.x.ai/v1',
      'http://localhost:11434',
      'http://127.0.0.1:8080/v1',
      'http://[::1]:80',
    ]) {
      assert.equal(baseURLProblem(fine), false, fine);
    }
    const bad = [
      '',
      'api.x.ai',
      'http://api.x.ai',
      'http://localhost.evil.com',
      'ftp://x',
      'https://user:pw@x.ai',
      'javascript:1',
    ];
    for (const each of bad) assert.equal(baseURLProblem(each), true, each);
  });
});
