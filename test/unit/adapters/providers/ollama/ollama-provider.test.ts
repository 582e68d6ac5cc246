import assert from 'node:assert/strict';
import { VENDORS } from '../../../../../src/adapters/providers/catalogue.ts';
import type { Message, ProviderCall, StreamPart } from '../../../../../src/core/model.ts';
import { account } from '../../../../support/pool-fixture.ts';
import { startOllamaServer } from '../../../../support/scripted-ollama-server.ts';
import type { ScriptedServer } from '../../../../support/scripted-server.ts';

const CALL: ProviderCall = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hello' }],
  maxTokens: 100,
  temperature: 0.5,
  responseSchema: null,
  cacheKey: 'k',
};

describe('provider over the API of Ollama', () => {
  let server: ScriptedServer;

  beforeEach(async () => {
    server = await startOllamaServer(() => ({ type: 'answer', text: 'ok' }));
  });

  afterEach(() => server.close());

  async function providerAt(path: string) {
    return VENDORS.ollama.create({
      account: account('one', { provider: 'ollama', baseURL: server.origin + path }),
      key: null,
    });
  }

  async function send(calls: readonly Partial<ProviderCall>[]): Promise<StreamPart[]> {
    const provider = await providerAt('');
    const parts: StreamPart[] = [];
    for (const call of calls) {
      for await (const part of provider.stream({ ...CALL, ...call }, new AbortController().signal)) parts.push(part);
    }
    return parts;
  }

  const contexts = () => server.requests.map(({ body }) => (body.options as { num_ctx: number }).num_ctx);
  const long = (characters: number): Message[] => [{ role: 'user', content: 'x'.repeat(characters) }];

  it('asks for a context that holds the request and its answer, and never for less than before', async () => {
    await send([
      {},
      { messages: long(100_000) },
      {},
      { messages: long(100_000), model: 'other' },
      { model: 'other', maxTokens: 40_000 },
    ]);
    assert.deepEqual(contexts(), [8_192, 32_768, 32_768, 32_768, 40_960]);
  });

  it('refuses what no local model is given room for, before it is sent', async () => {
    const [part] = await send([{ messages: long(2_000_000) }]);
    assert.equal(part?.type === 'failure' && part.failure.cause, 'too-large');
    assert.equal(server.requests.length, 0);
  });

  it('names limits, temperature and schema as Ollama does', async () => {
    const responseSchema = { name: 'thing', schema: { type: 'object', properties: { colour: { type: 'string' } } } };
    await send([{ responseSchema }]);
    const { body } = server.requests[0] ?? assert.fail();
    assert.deepEqual(body.options, { num_ctx: 8_192, num_predict: 100, temperature: 0.5 });
    assert.deepEqual(body.format, responseSchema.schema);
  });

  it('knows the result of a tool by its name', async () => {
    const messages: Message[] = [
      { role: 'assistant', content: '', toolCalls: [{ id: '7', name: 'look', arguments: 'no JSON' }] },
      { role: 'tool', content: 'nothing', toolCallId: '7' },
    ];
    await send([{ messages }]);
    assert.deepEqual(server.requests[0]?.body.messages, [
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'look', arguments: {} } }] },
      { role: 'tool', content: 'nothing', tool_name: 'look' },
    ]);
  });

  for (const path of ['', '/', '/v1', '/v1/']) {
    it(`finds the server at its address with "${path}" at the end`, async () => {
      const provider = await providerAt(path);
      assert.deepEqual(await provider.listModels(new AbortController().signal), ['model-a', 'model-b']);
    });
  }
});
