import assert from 'node:assert/strict';
import { VENDORS } from '../../../../../src/adapters/providers/catalogue.ts';
import type { ProviderFailure, StreamPart } from '../../../../../src/core/model.ts';
import { account } from '../../../../support/pool-fixture.ts';
import { startOpenAiServer } from '../../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer } from '../../../../support/scripted-server.ts';

describe('errors within answers of vendors with an OpenAI-shaped API', () => {
  let server: ScriptedServer;
  let reply: Reply;

  before(async () => {
    server = await startOpenAiServer(() => reply);
  });

  after(() => server.close());

  async function partsOf(): Promise<StreamPart[]> {
    const one = account('one', { provider: 'openrouter', baseURL: `${server.origin}/v1` });
    const provider = await VENDORS.openrouter.create({ account: one, key: 'sk-canary' });
    const call = { model: 'm', messages: [], maxTokens: 9, temperature: null, responseSchema: null, cacheKey: 'k' };
    const parts: StreamPart[] = [];
    for await (const part of provider.stream(call, new AbortController().signal)) parts.push(part);
    return parts;
  }

  async function failureOf(): Promise<ProviderFailure> {
    const last = (await partsOf()).at(-1);
    return last?.type === 'failure' ? last.failure : assert.fail(`ended with ${last?.type}`);
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
    const parts = await partsOf();
    assert.deepEqual(
      parts.find((part) => part.type === 'text'),
      { type: 'text', text: 'half' },
    );
    const failure = await failureOf();
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
