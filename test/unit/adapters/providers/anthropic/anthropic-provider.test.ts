import assert from 'node:assert/strict';
import { VENDORS } from '../../../../../src/adapters/providers/catalogue.ts';
import type { Message, ProviderCall, StreamPart } from '../../../../../src/core/model.ts';
import { account } from '../../../../support/pool-fixture.ts';
import { startAnthropicServer } from '../../../../support/scripted-anthropic-server.ts';
import type { Reply, ScriptedServer } from '../../../../support/scripted-server.ts';

const CALL: ProviderCall = {
  model: 'claude-x',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
    { role: 'user', content: 'Go on' },
  ],
  maxTokens: 50,
  temperature: null,
  responseSchema: null,
  cacheKey: 'k',
};

describe('provider over the Anthropic SDK', () => {
  let server: ScriptedServer;
  let reply: Reply;

  beforeEach(async () => {
    reply = { type: 'answer', text: 'ok' };
    server = await startAnthropicServer(() => reply);
  });

  afterEach(() => server.close());

  async function send(call: ProviderCall = CALL): Promise<StreamPart[]> {
    const one = account('one', { provider: 'anthropic', baseURL: server.origin });
    const provider = await VENDORS.anthropic.create({ account: one, key: 'sk-own' });
    const parts: StreamPart[] = [];
    for await (const part of provider.stream(call, new AbortController().signal)) parts.push(part);
    return parts;
  }

  it('takes an error within an answer for what it is, and for one that may be billed', async () => {
    const start = {
      type: 'message_start',
      message: { model: 'claude-x', usage: { input_tokens: 3, output_tokens: 1 } },
    };
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const body = [start, error].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    reply = { type: 'raw', status: 200, contentType: 'text/event-stream', body };
    const last = (await send()).at(-1);
    assert.deepEqual(last?.type === 'failure' && [last.failure.cause, last.failure.possiblyBilled], [
      'overloaded',
      true,
    ]);
  });

  it('sends the system prompt apart from the conversation', async () => {
    await send();
    const { body } = server.requests[0] ?? assert.fail();
    assert.equal(body.system, 'Be brief.');
    assert.deepEqual(body.messages, CALL.messages.slice(1));
  });

  it('marks the end of what other calls repeat for the prompt cache, and nothing else', async () => {
    const [system, ...turns] = CALL.messages;
    const stable = (message: Message | undefined): Message => ({
      ...(message as Message & { role: 'user' }),
      stable: true,
    });
    await send({ ...CALL, messages: [stable(system), stable(turns[0]), ...turns.slice(1)] });
    const { body } = server.requests[0] ?? assert.fail();
    const cache_control = { type: 'ephemeral' };
    assert.deepEqual(body.system, [{ type: 'text', text: 'Be brief.', cache_control }]);
    assert.deepEqual(body.messages, [
      { role: 'user', content: [{ type: 'text', text: 'Hello', cache_control }] },
      ...CALL.messages.slice(2),
    ]);
    assert.equal('cache_control' in body, false);
  });

  it('caches a conversation with tools as far as it goes, because it comes again', async () => {
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }];
    const messages: Message[] = [
      ...CALL.messages,
      { role: 'assistant', content: '', toolCalls: [{ id: 't1', name: 'look', arguments: '{"at":"a"}' }] },
      { role: 'tool', content: 'nothing', toolCallId: 't1' },
    ];
    await send({ ...CALL, messages, tools });
    const { body } = server.requests[0] ?? assert.fail();
    assert.deepEqual(body.cache_control, { type: 'ephemeral' });
    assert.deepEqual((body.messages as unknown[]).slice(-2), [
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: { at: 'a' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'nothing' }] },
    ]);
  });

  it('asks for a schema natively where it can, and in words where it cannot or the model has refused', async () => {
    const schema = (additional: object) => ({
      name: 'thing',
      schema: { type: 'object', properties: { a: { type: 'string', minLength: 1 } }, required: ['a'], ...additional },
    });
    const strict = { ...CALL, responseSchema: schema({ additionalProperties: false }) };
    const one = account('one', { provider: 'anthropic', baseURL: server.origin });
    const provider = await VENDORS.anthropic.create({ account: one, key: 'k' });
    const sendWith = async (call: ProviderCall) => {
      for await (const part of provider.stream(call, new AbortController().signal)) if (part.type === 'failure') break;
      return server.requests.at(-1) ?? assert.fail();
    };
    const natively = await sendWith(strict);
    assert.deepEqual(natively.body.output_config, {
      format: {
        type: 'json_schema',
        schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
      },
    });
    assert.equal(natively.body.system, 'Be brief.');
    const inWords = await sendWith({ ...CALL, responseSchema: schema({}) });
    assert.equal('output_config' in inWords.body, false);
    assert.match(String(inWords.body.system), /JSON Schema/);
    const message = 'output_config.format: not supported by this model';
    reply = { type: 'error', status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message } } };
    await sendWith(strict);
    reply = { type: 'answer', text: '{}' };
    assert.equal('output_config' in (await sendWith(strict)).body, false);
  });

  it('sends nothing that the environment holds for others', async () => {
    const foreign = {
      ANTHROPIC_API_KEY: 'sk-foreign',
      ANTHROPIC_AUTH_TOKEN: 'foreign',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    };
    const before = { ...process.env };
    Object.assign(process.env, foreign);
    try {
      await send();
      const { headers, key } = server.requests[0] ?? assert.fail();
      assert.doesNotMatch(JSON.stringify(headers), /foreign/);
      assert.equal(key, 'sk-own');
    } finally {
      for (const name of Object.keys(foreign)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });
});
