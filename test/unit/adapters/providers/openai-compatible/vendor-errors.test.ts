import assert from 'node:assert/strict';
import { VENDORS } from '../../../../../src/adapters/providers/catalogue.ts';
import type { FailureCause, ProviderFailure, StreamPart } from '../../../../../src/core/model.ts';
import { account } from '../../../../support/pool-fixture.ts';
import { startOpenAiServer } from '../../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer } from '../../../../support/scripted-server.ts';

type VendorWithThisApi = 'xai' | 'openai' | 'openrouter' | 'groq';

/** Error answers in the vendors' own words (public reports and references), with what they mean. */
const ERRORS: readonly [vendor: VendorWithThisApi, status: number, body: unknown, cause: FailureCause][] = [
  [
    'xai',
    400,
    {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***ab. You can obtain an API key from https://console.x.ai.',
    },
    'auth',
  ],
  [
    'xai',
    429,
    {
      code: 'Some resource has been exhausted',
      error:
        'Your team 1b-2c has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
    },
    'out-of-credits',
  ],
  [
    'xai',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: "Your newly created team doesn't have any credits yet. You can purchase credits on the console.",
    },
    'out-of-credits',
  ],
  [
    'xai',
    403,
    { code: 'permission', error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_DATA' },
    'refused',
  ],
  [
    'xai',
    429,
    {
      code: 'Some resource has been exhausted',
      error: 'Too many requests. Your team is limited to 60 requests per minute.',
    },
    'rate-limited',
  ],
  [
    'xai',
    404,
    {
      code: 'Some requested entity was not found',
      error: 'The model grok-9 does not exist or your team does not have access to it.',
    },
    'model-not-found',
  ],
  [
    'openai',
    429,
    {
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      },
    },
    'out-of-credits',
  ],
  [
    'openai',
    429,
    {
      error: {
        message:
          'Rate limit reached for gpt-x on requests per min (RPM): Limit 3. You can increase your rate limit by adding a payment method to your account at https://platform.openai.com/account/billing.',
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
    },
    'rate-limited',
  ],
  [
    'openai',
    429,
    {
      error: {
        message: 'Rate limit reached for gpt-x on requests per day (RPD): Limit 200, Used 200.',
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
    },
    'daily-quota',
  ],
  [
    'openai',
    403,
    {
      error: {
        message: 'Project does not have access to model gpt-x',
        type: 'invalid_request_error',
        code: 'model_not_found',
      },
    },
    'model-not-found',
  ],
  [
    'openai',
    404,
    { error: { message: 'Invalid URL (POST /v1/v1/chat/completions)', type: 'invalid_request_error', code: null } },
    'invalid-response',
  ],
  [
    'openai',
    400,
    {
      error: { message: 'This request was blocked.', type: 'invalid_request_error', code: 'content_policy_violation' },
    },
    'refused',
  ],
  [
    'groq',
    429,
    {
      error: {
        message:
          'Rate limit reached for model x on tokens per minute (TPM). Need more tokens? Upgrade at https://console.groq.com/settings/billing',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    'rate-limited',
  ],
  [
    'groq',
    429,
    {
      error: {
        message: 'Rate limit reached for model x on tokens per day (TPD): Limit 100000',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    'daily-quota',
  ],
  [
    'openrouter',
    402,
    { error: { code: 402, message: 'Insufficient credits. Add more using the settings.' } },
    'out-of-credits',
  ],
  [
    'openrouter',
    403,
    { error: { code: 403, message: 'Your chosen model requires moderation and your input was flagged' } },
    'refused',
  ],
  ['openrouter', 200, { error: { code: 429, message: 'Provider returned error' } }, 'rate-limited'],
  ['openrouter', 200, { error: { code: 502, message: 'Upstream failed' } }, 'server-error'],
  ['openai', 407, { message: 'Proxy Authentication Required' }, 'network'],
  ['openai', 418, 'I am a teapot', 'invalid-request'],
];

describe('errors of vendors with an OpenAI-shaped API', () => {
  let server: ScriptedServer;
  let reply: Reply;

  before(async () => {
    server = await startOpenAiServer(() => reply);
  });

  after(() => server.close());

  async function partsOf(vendor: VendorWithThisApi): Promise<StreamPart[]> {
    const one = account('one', { provider: vendor, baseURL: `${server.origin}/v1` });
    const provider = await VENDORS[vendor].create({ account: one, key: 'sk-canary' });
    const call = { model: 'm', messages: [], maxTokens: 9, temperature: null, responseSchema: null, cacheKey: 'k' };
    const parts: StreamPart[] = [];
    for await (const part of provider.stream(call, new AbortController().signal)) parts.push(part);
    return parts;
  }

  async function failureOf(vendor: VendorWithThisApi): Promise<ProviderFailure> {
    const last = (await partsOf(vendor)).at(-1);
    return last?.type === 'failure' ? last.failure : assert.fail(`ended with ${last?.type}`);
  }

  for (const [vendor, status, body, cause] of ERRORS) {
    it(`${vendor}, HTTP ${status}: ${JSON.stringify(body).slice(0, 90)} is ${cause}`, async () => {
      reply = { type: 'error', status, body };
      const failure = await failureOf(vendor);
      assert.equal(failure.cause, cause, failure.message);
      assert.ok(failure.message.length > 20, failure.message);
    });
  }

  it('takes an error within an answer for what it is, and for one that may be billed', async () => {
    const chunk = JSON.stringify({
      id: '1',
      model: 'm',
      choices: [{ index: 0, delta: { content: 'half' }, finish_reason: null }],
    });
    const error = JSON.stringify({ error: { code: 429, message: 'Provider rate limit' } });
    const body = `: OPENROUTER PROCESSING\n\ndata: ${chunk}\n\ndata: ${error}\n\n`;
    reply = { type: 'raw', status: 200, contentType: 'text/event-stream', body };
    const parts = await partsOf('openrouter');
    assert.deepEqual(
      parts.find((part) => part.type === 'text'),
      { type: 'text', text: 'half' },
    );
    const failure = await failureOf('openrouter');
    assert.deepEqual([failure.cause, failure.possiblyBilled], ['rate-limited', true]);
  });

  it('leaves out a schema that the vendor does not take, and describes it in words instead', async () => {
    const one = account('one', { provider: 'xai', baseURL: `${server.origin}/v1` });
    const provider = await VENDORS.xai.create({ account: one, key: 'sk-canary' });
    const responseSchema = { name: 'thing', schema: { type: 'object', properties: { colour: { type: 'string' } } } };
    const call = { model: 'm', messages: [], maxTokens: 9, temperature: null, responseSchema, cacheKey: 'k' };
    const send = async () => {
      for await (const part of provider.stream(call, new AbortController().signal))
        if (part.type === 'failure') return part.failure.cause;
      return null;
    };
    reply = {
      type: 'error',
      status: 400,
      body: { code: 'invalid', error: 'Invalid response_format: "minLength" is not supported' },
    };
    assert.equal(await send(), 'invalid-response');
    reply = { type: 'answer', text: '{}' };
    assert.equal(await send(), null);
    const [first, second] = server.requests.slice(-2);
    assert.ok(first && 'response_format' in first.body);
    assert.ok(second && !('response_format' in second.body));
    assert.match(second.rawBody, /JSON Schema.*colour/);
  });
});
