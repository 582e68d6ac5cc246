import assert from 'node:assert/strict';
import { VENDORS } from '../../../../../src/adapters/providers/catalogue.ts';
import type { ProviderCall, StreamPart } from '../../../../../src/core/model.ts';
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

  async function send(): Promise<StreamPart[]> {
    const one = account('one', { provider: 'anthropic', baseURL: server.origin });
    const provider = await VENDORS.anthropic.create({ account: one, key: 'sk-own' });
    const parts: StreamPart[] = [];
    for await (const part of provider.stream(CALL, new AbortController().signal)) parts.push(part);
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
