import assert from 'node:assert/strict';
import { VENDORS } from '../../../../../src/adapters/providers/catalogue.ts';
import type { ProviderCall, ProviderId, StreamPart } from '../../../../../src/core/model.ts';
import { account } from '../../../../support/pool-fixture.ts';
import { startOpenAiServer } from '../../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../../../support/scripted-server.ts';

describe('providers over the OpenAI SDK', () => {
  let server: ScriptedServer;
  let reply: Reply;

  beforeEach(async () => {
    reply = { type: 'answer', text: 'ok' };
    server = await startOpenAiServer(() => reply);
  });

  afterEach(() => server.close());

  async function send(
    vendor: ProviderId,
    extra: Partial<ProviderCall> = {},
  ): Promise<{ parts: StreamPart[]; request: SeenRequest }> {
    const one = account('one', { provider: vendor, baseURL: `${server.origin}/v1` });
    const provider = await VENDORS[vendor].create({ account: one, key: 'sk-own' });
    const call = {
      model: 'm',
      messages: [],
      maxTokens: 9,
      temperature: null,
      responseSchema: null,
      cacheKey: 'run:agent',
      ...extra,
    };
    const parts: StreamPart[] = [];
    for await (const part of provider.stream(call, new AbortController().signal)) parts.push(part);
    return { parts, request: server.requests.at(-1) ?? assert.fail('no request') };
  }

  it('counts reasoning on top of the output for xAI, and within it for OpenAI', async () => {
    reply = { type: 'answer', text: 'ok', usage: { input: 10, output: 5, reasoning: 40 } };
    const outputOf = (parts: readonly StreamPart[]) =>
      parts.flatMap((part) => (part.type === 'usage' ? [part.usage.output, part.usage.reasoning] : []));
    assert.deepEqual(outputOf((await send('xai')).parts), [45, 40]);
    assert.deepEqual(outputOf((await send('openai')).parts), [5, 40]);
  });

  it('keeps the calls of one agent on one prompt cache', async () => {
    assert.equal((await send('xai')).request.headers['x-grok-conv-id'], 'run:agent');
    assert.equal((await send('openai')).request.body.prompt_cache_key, 'run:agent');
  });

  it('asks each vendor for usage and for a schema in its own way', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const responseSchema = { name: 'thing', schema };
    const sentBy = async (vendor: ProviderId) => (await send(vendor, { responseSchema })).request;
    const native = { type: 'json_schema', json_schema: { name: 'thing', strict: true, schema } };
    for (const [vendor, format, inWords] of [
      ['openai', native, false],
      ['xai', native, false],
      ['gemini', native, false],
      ['openrouter', native, true],
      ['openai-compatible', native, true],
      ['groq', undefined, true],
    ] as const) {
      const { body, rawBody } = await sentBy(vendor);
      assert.deepEqual(body.response_format, format, vendor);
      assert.equal(/satisfies this JSON Schema/.test(rawBody), inWords, vendor);
      const isOpenRouter = vendor === 'openrouter';
      assert.deepEqual(body.stream_options, isOpenRouter ? undefined : { include_usage: true }, vendor);
      assert.deepEqual(body.usage, isOpenRouter ? { include: true } : undefined, vendor);
    }
  });

  it('tests a key of OpenRouter, whose list of models is public', async () => {
    const one = account('one', { provider: 'openrouter', baseURL: `${server.origin}/v1` });
    const provider = await VENDORS.openrouter.create({ account: one, key: 'sk-own' });
    const models = await provider.listModels(new AbortController().signal);
    assert.deepEqual(models, ['model-a', 'model-b']);
    assert.deepEqual(server.otherPaths, ['/v1/key', '/v1/models']);
  });

  it('names the output limit as the vendor does', async () => {
    assert.equal((await send('xai')).request.body.max_tokens, 9);
    assert.equal((await send('openai')).request.body.max_completion_tokens, 9);
  });

  it('reads the limits from headers', async () => {
    const headers = {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0.5s',
    };
    reply = { type: 'answer', text: 'ok', headers };
    const { parts } = await send('openai');
    assert.deepEqual(parts[0], {
      type: 'limits',
      limits: { requests: { limit: 60, remaining: 0, resetMs: 60_500 }, tokens: null },
    });
  });

  it('sends nothing that the environment holds for another vendor', async () => {
    const foreign = {
      OPENAI_API_KEY: 'sk-foreign',
      OPENAI_ADMIN_KEY: 'sk-foreign',
      OPENAI_ORG_ID: 'org-foreign',
      OPENAI_PROJECT_ID: 'proj-foreign',
      OPENAI_BASE_URL: 'http://127.0.0.1:9',
      OPENAI_CUSTOM_HEADERS: 'x-gateway-secret: foreign',
    };
    const before = { ...process.env };
    Object.assign(process.env, foreign);
    try {
      const { request } = await send('xai');
      assert.doesNotMatch(JSON.stringify(request), /foreign/);
      assert.equal(request.key, 'sk-own');
    } finally {
      for (const name of Object.keys(foreign)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  it('refuses an account without an endpoint instead of sending to OpenAI', async () => {
    const one = account('own-server', { provider: 'openai-compatible' });
    await assert.rejects(VENDORS['openai-compatible'].create({ account: one, key: 'k' }), { code: 'invalid-config' });
  });

  it('works without a key where none is needed', async () => {
    const one = account('local', { provider: 'openai-compatible', baseURL: `${server.origin}/v1` });
    const provider = await VENDORS['openai-compatible'].create({ account: one, key: null });
    assert.deepEqual(await provider.listModels(new AbortController().signal), ['model-a', 'model-b']);
  });

  it('prints nothing, whatever the vendor sends', async () => {
    const printed: unknown[][] = [];
    const real = { error: console.error, warn: console.warn, log: console.log };
    Object.assign(console, {
      error: (...all: unknown[]) => printed.push(all),
      warn: (...all: unknown[]) => printed.push(all),
    });
    try {
      reply = { type: 'raw', status: 200, contentType: 'text/event-stream', body: 'data: {not json\n\n' };
      const { parts } = await send('openai');
      assert.equal(parts.at(-1)?.type, 'failure');
    } finally {
      Object.assign(console, real);
    }
    assert.deepEqual(printed, []);
  });
});
