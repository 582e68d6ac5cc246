import assert from 'node:assert/strict';
import { keysInSettings, textKeepsKey } from '../../../../src/core/policy/keys-in-settings.ts';

const KEY = ['xai', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY'].join('-');

describe('keys in settings', () => {
  it('are found by name and by shape, at any depth', () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [{ name: 'a', apiKey: 'anything' }, 'apiKey'],
      [{ name: KEY }, 'name'],
      [{ baseURL: `https://h/v1?k=${KEY}` }, 'baseURL'],
      [{ baseURL: 'https://user:pa55word-9x@h/v1' }, 'baseURL'],
      [{ apiKeyEnv: KEY }, 'apiKeyEnv'],
      [{ models: { simple: KEY } }, 'models.simple'],
      [[{ token: 'x' }], '0.token'],
    ];
    for (const [value, path] of cases) {
      assert.deepEqual(
        keysInSettings(value).map((found) => found.join('.')),
        [path],
      );
    }
  });

  it('are not seen in what an account usually has', () => {
    const account = {
      name: 'work',
      provider: 'openai-compatible',
      baseURL: 'http://127.0.0.1:8080/v1',
      apiKeyEnv: 'GROK_API_KEY_2',
      quotaGroup: 'team-a',
      budget: { perDayUSD: 5, perMonthUSD: null },
      models: { simple: 'gpt-oss-120b', complex: 'claude-opus-4-6' },
    };
    assert.deepEqual(keysInSettings(account), []);
  });
});

describe('the text of a settings file', () => {
  const file = (accounts: string, after = '') =>
    `{\n  // mine\n  "ensemble.accounts": ${accounts},\n  "a.b": 1${after}\n}`;

  it('keeps a key among our accounts', () => {
    assert.equal(textKeepsKey(file(`[{ "name": "a", "provider": "xai", "baseURL": "https://h/${KEY}" }]`)), true);
    assert.equal(textKeepsKey(file(`[{ "name": "a", "apiKey": "${KEY}" }`)), true, 'an unfinished file');
  });

  it('keeps none of ours elsewhere', () => {
    assert.equal(textKeepsKey(file('[{ "name": "a" }]')), false);
    assert.equal(textKeepsKey(file('[{ "name": "a" }]', `,\n  "other.tool": "${KEY}"`)), false);
    assert.equal(textKeepsKey(`{ "other.tool": "${KEY}" }`), false);
    assert.equal(textKeepsKey(''), false);
  });
});
