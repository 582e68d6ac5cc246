import assert from 'node:assert/strict';
import {
  anthropicLimits,
  groqLimits,
  openAiLimits,
  openRouterLimits,
  resetDuration,
} from '../../../../src/adapters/providers/limit-headers.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('limits in response headers', () => {
  const requests = {
    'x-ratelimit-limit-requests': '14400',
    'x-ratelimit-remaining-requests': '14370',
    'x-ratelimit-reset-requests': '2m59.56s',
  };
  const reading = { limit: 14_400, remaining: 14_370, resetMs: 179_560 };

  it("OpenAI's requests are those of a minute, Groq's those of a day", () => {
    assert.deepEqual(openAiLimits(new Headers(requests), NOW), { requests: reading, tokens: null });
    const groq = groqLimits(new Headers({ ...requests, 'x-ratelimit-remaining-tokens': '17997' }), NOW);
    assert.deepEqual(groq, {
      requests: null,
      tokens: { limit: null, remaining: 17_997, resetMs: null },
      requestsPerDay: reading,
    });
  });

  it("OpenRouter's reset is a time", () => {
    const headers = { 'x-ratelimit-limit': '20', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW + 5_000}` };
    assert.deepEqual(openRouterLimits(new Headers(headers), NOW)?.requests, {
      limit: 20,
      remaining: 0,
      resetMs: 5_000,
    });
    assert.equal(openRouterLimits(new Headers(headers), NOW + 60_000)?.requests?.resetMs, 0);
  });

  it('Anthropic counts input and output tokens apart', () => {
    const headers = {
      'anthropic-ratelimit-input-tokens-remaining': '900',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-21T12:00:20Z',
      'anthropic-ratelimit-output-tokens-limit': '8000',
    };
    assert.deepEqual(anthropicLimits(new Headers(headers), NOW), {
      requests: null,
      tokens: null,
      inputTokens: { limit: null, remaining: 900, resetMs: 20_000 },
      outputTokens: { limit: 8_000, remaining: null, resetMs: null },
    });
  });

  it('takes nonsense for nothing', () => {
    const nonsense = { 'x-ratelimit-limit-requests': 'many', 'x-ratelimit-remaining-requests': '-1' };
    for (const read of [openAiLimits, groqLimits, openRouterLimits, anthropicLimits]) {
      assert.equal(read(new Headers(nonsense), NOW), null);
      assert.equal(read(new Headers(), NOW), null);
    }
    // A header that comes twice says nothing.
    assert.equal(
      openAiLimits(
        new Headers([
          ['x-ratelimit-limit-requests', '5'],
          ['x-ratelimit-limit-requests', '6'],
        ]),
        NOW,
      ),
      null,
    );
    for (const text of ['', 'soon', '5', '1s later', '-1s']) assert.equal(resetDuration(text), null, text);
  });
});
