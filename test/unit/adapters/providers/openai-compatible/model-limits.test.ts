import assert from 'node:assert/strict';
import { APIError } from 'openai';
import { openAiFailure } from '../../../../../src/adapters/providers/openai-compatible/error-mapping.ts';

const failureOf = (error: object) =>
  openAiFailure(APIError.generate(429, { error }, undefined, new Headers()), null, { now: 0, began: false });

describe('openAiFailure: whose limit is reached', () => {
  for (const [what, error, cause, perModel] of [
    [
      'OpenAI names the model',
      { message: 'Rate limit reached for gpt-5-mini in organization org-1 on requests per min (RPM): Limit 500.' },
      'rate-limited',
      true,
    ],
    [
      'Groq names the model of a daily limit',
      { message: 'Rate limit reached for model `openai/gpt-oss-20b` on tokens per day (TPD): Limit 200000.' },
      'daily-quota',
      true,
    ],
    [
      'Google names a quota per model',
      {
        message: 'You exceeded your current quota.',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier' }] }],
      },
      'rate-limited',
      true,
    ],
    ['nobody names a model', { message: 'Rate limit reached' }, 'rate-limited', false],
    ['a key is refused for credits', { message: 'No.', code: 'insufficient_quota' }, 'out-of-credits', false],
  ] as const) {
    it(what, () => {
      const failure = failureOf(error);
      assert.deepEqual([failure.cause, failure.perModel ?? false], [cause, perModel]);
    });
  }
});
