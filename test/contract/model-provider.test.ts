import assert from 'node:assert/strict';
import { VENDORS } from '../../src/adapters/providers/catalogue.ts';
import type { AccountConfig } from '../../src/core/config.ts';
import type { ProviderCall, StreamPart } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { startAnthropicServer } from '../support/scripted-anthropic-server.ts';
import { startOpenAiServer } from '../support/scripted-openai-server.ts';
import type { Reply, Script, ScriptedServer } from '../support/scripted-server.ts';

const KEY = 'sk-canary-0123456789';

interface Setup {
  readonly server: ScriptedServer;
  readonly provider: ModelProvider;
}

/** One line per implementation of the port that talks to a vendor. */
const IMPLEMENTATIONS: Readonly<Record<string, (script: Script) => Promise<Setup>>> = {
  'xai over the OpenAI SDK': async (script) => setUp('xai', await startOpenAiServer(script), '/v1'),
  'openai over the OpenAI SDK': async (script) => setUp('openai', await startOpenAiServer(script), '/v1'),
  'anthropic over its own SDK': async (script) => setUp('anthropic', await startAnthropicServer(script), ''),
};

async function setUp(provider: 'xai' | 'openai' | 'anthropic', server: ScriptedServer, path: string): Promise<Setup> {
  const account: AccountConfig = {
    name: 'one',
    provider,
    apiKeyEnv: null,
    baseURL: `${server.origin}${path}`,
    quotaGroup: 'one',
    enabled: true,
    weight: 1,
    budget: { perDayUSD: null, perMonthUSD: null },
    models: {},
  };
  return { server, provider: await VENDORS[provider].create({ account, key: KEY }) };
}

const CALL: ProviderCall = {
  model: 'model-1',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Grüße aus der Küche 🍳' },
  ],
  maxTokens: 100,
  temperature: null,
  responseSchema: null,
  cacheKey: 'run:agent',
};

async function collect(
  provider: ModelProvider,
  signal = new AbortController().signal,
  call = CALL,
): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of provider.stream(call, signal)) parts.push(part);
  return parts;
}

function textOf(parts: readonly StreamPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function lastOf(parts: readonly StreamPart[]): StreamPart {
  return parts.at(-1) ?? assert.fail('no part at all');
}

function failureOf(parts: readonly StreamPart[]) {
  const last = lastOf(parts);
  assert.equal(last.type, 'failure');
  return last.type === 'failure' ? last.failure : assert.fail();
}

for (const [name, start] of Object.entries(IMPLEMENTATIONS)) {
  describe(`ModelProvider: ${name}`, () => {
    let server: ScriptedServer;
    let provider: ModelProvider;
    let reply: Reply;

    beforeEach(async () => {
      ({ server, provider } = await start(() => reply));
    });

    afterEach(async () => {
      await server.close();
      assert.deepEqual(server.unscripted, []);
    });

    it('streams text, usage and finish, in that order of importance', async () => {
      reply = {
        type: 'answer',
        text: 'Füße 🦶 and a longer text that takes several pieces to send',
        usage: { input: 20, output: 9, cached: 5 },
      };
      const parts = await collect(provider);
      assert.equal(textOf(parts), reply.text);
      const usage = parts.findLast((part) => part.type === 'usage');
      assert.deepEqual(usage?.type === 'usage' && usage.usage, {
        input: 20,
        output: 9,
        cached: 5,
        reasoning: 0,
        estimated: false,
      });
      assert.deepEqual(lastOf(parts), { type: 'finish', reason: 'stop', model: 'model-1' });
      assert.equal(server.requests[0]?.key, KEY);
    });

    it('sends system prompt, messages and the output limit, and no temperature unless there is one', async () => {
      reply = { type: 'answer', text: 'ok' };
      await collect(provider);
      const { rawBody, body } = server.requests[0] ?? assert.fail();
      assert.match(rawBody, /Be brief\./);
      assert.match(rawBody, /Grüße aus der Küche 🍳/);
      assert.equal(body.max_tokens ?? body.max_completion_tokens, 100);
      assert.equal('temperature' in body, false);
    });

    it('tells which model answered', async () => {
      reply = { type: 'answer', text: 'ok', model: 'dearer-model' };
      const last = lastOf(await collect(provider));
      assert.equal(last.type === 'finish' && last.model, 'dearer-model');
    });

    it('calls an answer cut at the limit "length"', async () => {
      reply = { type: 'answer', text: 'half an ans', finish: 'length' };
      const last = lastOf(await collect(provider));
      assert.equal(last.type === 'finish' && last.reason, 'length');
    });

    it('asks for a schema natively or in the prompt', async () => {
      reply = { type: 'answer', text: '{}' };
      const schema = { type: 'object', properties: { colour: { type: 'string' } } };
      await collect(provider, undefined, { ...CALL, responseSchema: { name: 'thing', schema } });
      assert.match(server.requests[0]?.rawBody ?? '', /colour/);
    });

    for (const [status, body, cause] of [
      [
        401,
        {
          error: {
            type: 'authentication_error',
            code: 'invalid_api_key',
            message: `Incorrect API key provided: ${KEY}`,
          },
        },
        'auth',
      ],
      [429, { error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'slow down' } }, 'rate-limited'],
      [500, { error: { type: 'api_error', message: 'oops' } }, 'server-error'],
      [503, { error: { type: 'overloaded_error', message: 'busy' } }, 'overloaded'],
      [529, { error: { type: 'overloaded_error', message: 'busy' } }, 'overloaded'],
      [400, { error: { type: 'invalid_request_error', message: 'bad field' } }, 'invalid-request'],
      [
        404,
        { error: { type: 'not_found_error', code: 'model_not_found', message: 'no such model' } },
        'model-not-found',
      ],
    ] as const) {
      it(`sorts HTTP ${status} as ${cause}, without the key in the message`, async () => {
        reply = { type: 'error', status, body };
        const failure = failureOf(await collect(provider));
        assert.equal(failure.cause, cause);
        assert.equal(failure.status, status);
        assert.equal(failure.possiblyBilled, false);
        assert.doesNotMatch(failure.message, /canary/);
        assert.equal(server.requests.length, 1, 'the SDK must not retry');
      });
    }

    for (const [value, low, high] of [
      ['7', 7_000, 7_000],
      ['1e9', 1e12, 1e12],
      ['-5', 0, 0],
      [new Date(Date.now() + 60_000).toUTCString(), 1_000, 60_000],
    ] as const) {
      it(`reads Retry-After "${value.slice(0, 12)}"`, async () => {
        reply = {
          type: 'error',
          status: 429,
          body: { error: { type: 'rate_limit_error', message: 'later' } },
          headers: { 'retry-after': value },
        };
        const { retryAfterMs } = failureOf(await collect(provider));
        assert.ok(retryAfterMs !== null && retryAfterMs >= low && retryAfterMs <= high, String(retryAfterMs));
      });
    }

    it('never calls a stream without its end mark finished', async () => {
      reply = { type: 'answer', text: 'looks whole', finish: null };
      const parts = await collect(provider);
      assert.equal(
        parts.some((part) => part.type === 'finish'),
        false,
      );
    });

    it('never calls a stream cut at any byte finished, and shows no wrong text', async function () {
      this.timeout(120_000);
      const whole: Reply = { type: 'answer', text: 'The answer is 42 €.', usage: { input: 5, output: 5 } };
      reply = whole;
      const text = textOf(await collect(provider));
      for (let cutAtByte = 0; ; cutAtByte += 7) {
        reply = { ...whole, cutAtByte };
        const parts = await collect(provider);
        const finished = parts.some((part) => part.type === 'finish');
        if (finished) {
          assert.equal(textOf(parts), text);
          // Only the vendor's farewell may be missing.
          assert.ok(cutAtByte > 300, `finished after ${cutAtByte} bytes`);
          if (server.requests.length > 300 || server.aborted < server.requests.length - 2) break;
        }
        assert.ok(text.startsWith(textOf(parts)), 'shown text is no prefix of the answer');
        if (cutAtByte > 4_000) break;
      }
    });

    for (const [what, contentType, body] of [
      ['HTML', 'text/html', '<html><body>Welcome to the proxy</body></html>'],
      ['an empty body', 'text/event-stream', ''],
      ['garbage events', 'text/event-stream', 'data: {not json\n\n'],
    ] as const) {
      it(`turns ${what} with status 200 into a typed failure`, async () => {
        reply = { type: 'raw', status: 200, contentType, body };
        const failure = failureOf(await collect(provider));
        assert.ok(['invalid-response', 'cut-stream', 'network', 'server-error'].includes(failure.cause), failure.cause);
      });
    }

    it('closes the socket when it is aborted', async () => {
      reply = { type: 'hang' };
      const controller = new AbortController();
      const reason = new Error('enough');
      const reading = collect(provider, controller.signal);
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(reason);
      await assert.rejects(reading, (error) => error === reason);
      while (server.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });

    it('follows no redirect, so that the key stays with its host', async () => {
      let elsewhere = 0;
      const other = await startOpenAiServer(() => {
        elsewhere++;
        return { type: 'answer', text: 'stolen' };
      });
      reply = { type: 'error', status: 307, body: {}, headers: { location: `${other.origin}/v1/chat/completions` } };
      const failure = failureOf(await collect(provider));
      await other.close();
      assert.equal(elsewhere, 0);
      assert.equal(failure.cause, 'network');
    });

    it('says that nobody listens, as a network failure that was not billed', async () => {
      await server.close();
      const failure = failureOf(await collect(provider));
      assert.deepEqual([failure.cause, failure.possiblyBilled], ['network', false]);
      assert.match(failure.message, /refused the connection/);
    });

    it('lists the models of the account, and rejects with a typed error where it cannot', async () => {
      const models = await provider.listModels(new AbortController().signal);
      assert.ok(models.length > 0);
      await server.close();
      await assert.rejects(provider.listModels(new AbortController().signal), { code: 'provider-failed' });
    });
  });
}
