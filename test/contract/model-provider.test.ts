import assert from 'node:assert/strict';
import { VENDORS } from '../../src/adapters/providers/catalogue.ts';
import type { AccountConfig } from '../../src/core/config.ts';
import type { Message, ProviderCall, ProviderId, StreamPart, ToolCall, ToolDefinition } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import { startAnthropicServer } from '../support/scripted-anthropic-server.ts';
import { startOllamaServer } from '../support/scripted-ollama-server.ts';
import { startGeminiServer, startOpenAiServer } from '../support/scripted-openai-server.ts';
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
  'gemini over the OpenAI SDK': async (script) => setUp('gemini', await startGeminiServer(script), '/v1'),
  'openrouter over the OpenAI SDK': async (script) => setUp('openrouter', await startOpenAiServer(script), '/v1'),
  'groq over the OpenAI SDK': async (script) => setUp('groq', await startOpenAiServer(script), '/v1'),
  'openai-compatible over the OpenAI SDK': async (script) =>
    setUp('openai-compatible', await startOpenAiServer(script), '/v1'),
  'anthropic over its own SDK': async (script) => setUp('anthropic', await startAnthropicServer(script), ''),
  'ollama over its own API': async (script) => setUp('ollama', await startOllamaServer(script), '/v1'),
};

async function setUp(provider: ProviderId, server: ScriptedServer, path: string): Promise<Setup> {
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

/** What an answer has to hold to be whole: the finish reason of a chat completion, the last event of a message. */
const END_MARK = /"finish_reason":"stop"}]}|event: message_stop\ndata: \{"type":"message_stop"\}|"done":true.*\}/;

/** Positions at which a stream is cut here; the recorded streams are cut at every byte, without sockets. */
const CUT_STEP = 7;

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

const TOOLS: readonly ToolDefinition[] = [
  {
    name: 'read_file',
    description: 'Reads a file.',
    parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  },
  { name: 'list_files', description: 'Lists the files.', parameters: { type: 'object', properties: {} } },
];

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

function toolCallsOf(parts: readonly StreamPart[]): ToolCall[] {
  return parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []));
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
      const cached = name.startsWith('ollama') ? 0 : 5;
      assert.deepEqual(usage?.type === 'usage' && usage.usage, {
        input: 20,
        output: 9,
        cached,
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
      const options = body.options as { num_predict: number } | undefined;
      assert.equal(body.max_tokens ?? body.max_completion_tokens ?? options?.num_predict, 100);
      assert.doesNotMatch(rawBody, /temperature/);
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
      [new Date(Date.now() + 3_600_000).toUTCString(), 1_000, 3_600_000],
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

    for (const cutCleanly of [false, true]) {
      const how = cutCleanly ? 'ended' : 'broken off';
      it(`never calls a stream ${how} at some byte finished before its end mark, and shows no wrong text`, async () => {
        const text = 'The answer is 42 €.';
        const whole: Reply = { type: 'answer', text, usage: { input: 5, output: 5 } };
        const body = server.bodyOf(whole);
        // The request says where its answer is cut, so that many can go at once.
        server.script = ({ rawBody }) => ({
          ...whole,
          cutCleanly,
          cutAtByte: Number(/cut at (\d+)/.exec(rawBody)?.[1]),
        });
        const check = async (cutAtByte: number) => {
          const messages = [{ role: 'user' as const, content: `cut at ${cutAtByte}` }];
          const parts = await collect(provider, undefined, { ...CALL, messages });
          const shown = textOf(parts);
          assert.ok(text.startsWith(shown), `shown after ${cutAtByte} bytes: ${shown}`);
          const ends = parts.filter((part) => part.type === 'finish' || part.type === 'failure').length;
          assert.ok(ends <= 1, `${ends} ends after ${cutAtByte} bytes`);
          if (!parts.some((part) => part.type === 'finish')) return;
          assert.equal(shown, text);
          assert.match(body.subarray(0, cutAtByte).toString('utf8'), END_MARK, `finished after ${cutAtByte} bytes`);
        };
        const cuts = Array.from({ length: Math.ceil(body.length / CUT_STEP) }, (_, index) => index * CUT_STEP);
        for (let first = 0; first < cuts.length; first += 10)
          await Promise.all(cuts.slice(first, first + 10).map(check));
        assert.equal(server.requests.length, cuts.length);
      });
    }

    it('reads an answer that comes byte by byte, with CRLF, alike', async () => {
      const text = 'Füße 🦶, 中文 and a longer text that takes several pieces to send';
      reply = { type: 'answer', text, chunkBytes: 1, newline: '\r\n', usage: { input: 20, output: 9 } };
      const parts = await collect(provider);
      assert.equal(textOf(parts), text);
      assert.equal(lastOf(parts).type, 'finish');
    });

    it('stops an endless line with bounded memory', async () => {
      reply = { type: 'endless-line' };
      const failure = failureOf(await collect(provider));
      assert.deepEqual([failure.cause, failure.possiblyBilled], ['invalid-response', true]);
      assert.match(failure.message, /more than an answer can hold/);
      while (server.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });

    it('rejects with the reason when it is aborted within an answer, and closes the socket', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const beforePiece = async (sent: number) => {
        if (sent > 0) await new Promise(() => undefined);
      };
      reply = { type: 'answer', text: 'a'.repeat(400), beforePiece };
      const reading = (async () => {
        for await (const part of provider.stream(CALL, controller.signal)) {
          if (part.type === 'text') controller.abort(reason);
        }
      })();
      await assert.rejects(reading, (error) => error === reason);
      while (server.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });

    it('closes the socket when the reader goes away', async () => {
      const beforePiece = async (sent: number) => {
        if (sent > 0) await new Promise(() => undefined);
      };
      reply = { type: 'answer', text: 'a'.repeat(400), beforePiece };
      for await (const part of provider.stream(CALL, new AbortController().signal)) {
        if (part.type === 'text') break;
      }
      while (server.aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });

    it('asks for tools and passes on what the model wants of them', async () => {
      const wanted = [
        { id: 'call-1', name: 'read_file', arguments: { path: 'a "b".ts', lines: [1, 2] } },
        { id: 'call-2', name: 'list_files', arguments: {} },
      ];
      reply = { type: 'answer', text: 'Let me look.', toolCalls: wanted };
      const parts = await collect(provider, undefined, { ...CALL, tools: TOOLS });
      assert.equal(textOf(parts), 'Let me look.');
      assert.deepEqual(
        toolCallsOf(parts).map(({ id, name: tool, arguments: text }) => ({
          id,
          name: tool,
          arguments: JSON.parse(text),
        })),
        wanted,
      );
      const last = lastOf(parts);
      assert.equal(last.type === 'finish' && last.reason, 'tool-calls');
      assert.match(server.requests[0]?.rawBody ?? '', /read_file.*Reads a file.*"path":\{"type":"string"\}/);
    });

    it('takes a conversation with tools on', async () => {
      reply = {
        type: 'answer',
        text: '',
        toolCalls: [{ id: 'call-1', name: 'read_file', arguments: { path: 'a.ts' } }],
      };
      const toolCalls = toolCallsOf(await collect(provider, undefined, { ...CALL, tools: TOOLS }));
      reply = { type: 'answer', text: 'It is empty.' };
      const messages: Message[] = [
        ...CALL.messages,
        { role: 'assistant', content: '', toolCalls },
        { role: 'tool', content: '(empty file)', toolCallId: toolCalls[0]?.id ?? assert.fail() },
      ];
      const parts = await collect(provider, undefined, { ...CALL, messages, tools: TOOLS });
      assert.equal(textOf(parts), 'It is empty.');
      const { rawBody } = server.requests[1] ?? assert.fail();
      assert.match(rawBody, /"name":"read_file".*a\.ts.*\(empty file\)/);
      // Gemini wants its signature back.
      if (name.startsWith('gemini')) assert.match(rawBody, /"thought_signature":"signature of read_file"/);
    });

    it('reads a compressed answer, and one under the name of another type, alike', async () => {
      const text = 'Füße 🦶 and a longer text that takes several pieces to send';
      for (const extra of [{ gzip: true }, { contentType: 'application/json' }, { contentType: 'text/plain' }]) {
        reply = { type: 'answer', text, chunkBytes: 40, ...extra };
        const parts = await collect(provider);
        assert.deepEqual([textOf(parts), lastOf(parts).type], [text, 'finish'], JSON.stringify(extra));
      }
    });

    it('tells of every sign of life, also of bytes that are no part yet', async () => {
      let alive = 0;
      let seen = 0;
      const beforePiece = async (sent: number) => {
        // The next byte is sent when the one before was noticed.
        while (sent > 0 && alive <= seen) await new Promise((resolve) => setTimeout(resolve, 1));
        seen = alive;
      };
      reply = { type: 'answer', text: 'drip', chunkBytes: 100, beforePiece };
      const parts: StreamPart[] = [];
      const signal = new AbortController().signal;
      for await (const part of provider.stream(CALL, signal, () => alive++)) parts.push(part);
      assert.equal(lastOf(parts).type, 'finish');
      assert.ok(alive > 3, String(alive));
    });

    it('leaves out a temperature that the model has refused, from the next attempt on', async () => {
      const body = {
        error: { type: 'invalid_request_error', message: "'temperature' is not supported by this model" },
      };
      const call = { ...CALL, temperature: 0.2 };
      reply = { type: 'error', status: 400, body };
      const failure = failureOf(await collect(provider, undefined, call));
      assert.deepEqual([failure.cause, failure.possiblyBilled], ['invalid-response', false]);
      reply = { type: 'answer', text: 'ok' };
      await collect(provider, undefined, call);
      await collect(provider, undefined, { ...call, model: 'model-2' });
      const sent = server.requests.map(({ rawBody }) => /"temperature":0\.2/.test(rawBody));
      assert.deepEqual(sent, [true, false, true]);
    });

    it('has no key in any message, however the vendor repeats it', async () => {
      const forms = [
        KEY,
        encodeURIComponent(KEY),
        Buffer.from(KEY).toString('base64'),
        Buffer.from(KEY).toString('hex'),
      ];
      for (const status of [400, 401, 403, 404, 429, 500]) {
        reply = { type: 'error', status, body: { error: { message: forms.join(' and ') } } };
        const { message } = failureOf(await collect(provider));
        for (const form of forms) assert.ok(!message.includes(form), message);
        await assert.doesNotReject(provider.listModels(new AbortController().signal));
      }
    });

    for (const [what, contentType, body] of [
      ['HTML', 'text/html', '<html><body>Welcome to the proxy</body></html>'],
      ['an empty body', 'text/event-stream', ''],
      ['garbage events', 'text/event-stream', 'data: {not json\n\n'],
      ['an event that is no object', 'text/event-stream', 'event: message_start\ndata: null\n\n'],
      [
        'bytes without a meaning',
        'text/event-stream',
        Buffer.from([0xff, 0xfe, 0, 0x80, 0x0a, 0xc3, 0x28, 0x0a, 0x0a]),
      ],
      ['a compressed answer that is none', 'application/json', 'not gzip'],
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
