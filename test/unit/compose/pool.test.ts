import assert from 'node:assert/strict';
import { type CreatePoolOptions, createPool } from '../../../src/compose/pool.ts';

describe('createPool', () => {
  const one = { name: 'one', provider: 'openai' } as const;
  const wrong: readonly (readonly [string, CreatePoolOptions, RegExp])[] = [
    ['two accounts of one name', { accounts: [one, one] }, /Two accounts are named "one"/],
    ['an unknown provider', { accounts: [{ ...one, provider: 'antropic' as 'anthropic' }] }, /provider "antropic"/],
    [
      'a provider by the name of an object method',
      { accounts: [{ ...one, provider: 'toString' as 'openai' }] },
      /toString/,
    ],
    ['http to another machine', { accounts: [{ ...one, baseURL: 'http://evil.host/v1' }] }, /endpoint of "one"/],
    [
      'a pace of nothing',
      { accounts: [one], quotaGroups: { one: { requestsPerMinute: 0 } } },
      /quotaGroups\.one\.requestsPerMinute/,
    ],
    [
      'a pace that is no number',
      { accounts: [one], quotaGroups: { one: { requestsPerMinute: Number.NaN } } },
      /one\.requestsPerMinute/,
    ],
    ['half a burst', { accounts: [one], quotaGroups: { one: { burst: 1.5 } } }, /quotaGroups\.one\.burst/],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(createPool(options), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'invalid-config');
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
