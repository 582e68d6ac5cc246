import assert from 'node:assert/strict';
import { VENDORS } from '../../../../src/adapters/providers/catalogue.ts';
import type { Message, ProviderCall, StreamPart, ToolCall } from '../../../../src/core/model.ts';
import type { ModelProvider } from '../../../../src/core/ports.ts';
import { account } from '../../../support/pool-fixture.ts';
import { read, type Vendor } from '../../../support/recorded-answers.ts';
import { startAnthropicServer } from '../../../support/scripted-anthropic-server.ts';
import { startOllamaServer } from '../../../support/scripted-ollama-server.ts';
import { startOpenAiServer } from '../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer } from '../../../support/scripted-server.ts';

type Fields = Record<string, unknown>;

const QUESTION: Message = { role: 'user', content: 'Look.' };
const CALL: ProviderCall = {
  model: 'model-1',
  messages: [QUESTION],
  maxTokens: 99,
  temperature: null,
  responseSchema: null,
  tools: [{ name: 'read_file', description: 'Reads.', parameters: { type: 'object' } }],
  cacheKey: 'k',
};

/** What each vendor gets back of the recorded answer, beside text and calls: [of the message, of its calls]. */
const GIVEN_BACK: Partial<Readonly<Record<Vendor, readonly [message: Fields, calls: readonly Fields[]]>>> = {
  xai: [{}, [{}, {}]],
  groq: [{}, [{}, {}]],
  gemini: [{}, [{ extra_content: { google: { thought_signature: 'c2lnbmF0dXJl' } } }, {}]],
  openrouter: [
    {
      reasoning_details: [
        { type: 'reasoning.text', text: 'The file first.', format: 'unknown', index: 0, signature: 'c2lnbmVk' },
        { type: 'reasoning.encrypted', data: 'ZW5jcnlwdGVk', format: 'unknown', index: 1 },
      ],
    },
    [{}, {}],
  ],
  'openai-compatible': [{ reasoning_content: 'The file first.' }, [{}, {}]],
};

describe('what a vendor wants back of its reasoning, in a conversation with tools', () => {
  let servers: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });

  async function setUp(vendor: Vendor): Promise<{ server: ScriptedServer; provider: ModelProvider }> {
    const start =
      vendor === 'anthropic' ? startAnthropicServer : vendor === 'ollama' ? startOllamaServer : startOpenAiServer;
    const file = `reasoning.${vendor === 'ollama' ? 'ndjson' : 'sse'}`;
    const server = await start((_request, count): Reply => {
      if (count > 1) return { type: 'answer', text: 'done' };
      return { type: 'raw', status: 200, contentType: 'text/event-stream', body: read(vendor, file) };
    });
    servers.push(server);
    const baseURL = vendor === 'anthropic' ? server.origin : `${server.origin}/v1`;
    const provider = await VENDORS[vendor].create({ account: account('one', { provider: vendor, baseURL }), key: 'k' });
    return { server, provider };
  }

  async function collect(provider: ModelProvider, call: ProviderCall): Promise<StreamPart[]> {
    const parts: StreamPart[] = [];
    for await (const part of provider.stream(call, new AbortController().signal)) parts.push(part);
    return parts;
  }

  /** The conversation after the recorded answer, its tools answered. The calls go through JSON as the journal keeps them. */
  async function conversation(vendor: Vendor): Promise<ProviderCall & { calls: readonly ToolCall[] }> {
    const { provider } = await setUp(vendor);
    const parts = await collect(provider, CALL);
    const said = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    assert.equal(said, 'I look.', 'thinking is no part of the answer');
    const found = parts.flatMap((part) => (part.type === 'tool-call' ? [part.call] : []));
    const calls = JSON.parse(JSON.stringify(found)) as ToolCall[];
    assert.equal(calls.length, 2);
    const messages: Message[] = [
      QUESTION,
      { role: 'assistant', content: said, toolCalls: calls },
      ...calls.map(({ id }): Message => ({ role: 'tool', content: 'empty', toolCallId: id })),
    ];
    return { ...CALL, messages, calls };
  }

  /** The assistant's message of a conversation as another or the same vendor gets it. */
  async function sentTo(vendor: Vendor, call: ProviderCall): Promise<Fields> {
    const { server, provider } = await setUp(vendor);
    await collect(provider, call);
    const messages = server.requests[0]?.body.messages as Fields[];
    return messages.find(({ role }) => role === 'assistant') ?? assert.fail('no message of the assistant');
  }

  it('Anthropic: all thinking unchanged, signed and redacted, each at its place', async () => {
    const message = await sentTo('anthropic', await conversation('anthropic'));
    assert.deepEqual(message.content, [
      { type: 'thinking', thinking: 'The file first. 🍳', signature: 'c2lnbmVk+/==' },
      { type: 'redacted_thinking', data: 'ZW5jcnlwdGVk' },
      { type: 'text', text: 'I look.' },
      { type: 'thinking', thinking: '', signature: 'c2Vjb25k' },
      { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'a.ts' } },
      { type: 'thinking', thinking: 'And the list.', signature: 'dGhpcmQ=' },
      { type: 'tool_use', id: 'toolu_2', name: 'list_files', input: {} },
    ]);
  });

  for (const [vendor, [ofMessage, ofCalls]] of Object.entries(GIVEN_BACK) as [Vendor, [Fields, Fields[]]][]) {
    it(`${vendor}: ${Object.keys(ofMessage).join() || Object.keys(ofCalls[0] ?? {}).join() || 'nothing'}`, async () => {
      const { role, content, tool_calls, ...rest } = await sentTo(vendor, await conversation(vendor));
      assert.equal(content, 'I look.');
      assert.deepEqual(rest, ofMessage);
      const extras = (tool_calls as Fields[]).map(({ id, type, function: called, ...extra }) => extra);
      assert.deepEqual(extras, ofCalls);
    });
  }

  for (const other of ['openai', 'xai', 'openrouter', 'groq', 'anthropic', 'ollama'] as const) {
    it(`${other} is not given what others have signed`, async () => {
      for (const from of ['anthropic', 'gemini', 'openai-compatible'] as const) {
        if (from === other) continue;
        const message = await sentTo(other, await conversation(from));
        assert.match(JSON.stringify(message), /read_file/);
        assert.doesNotMatch(JSON.stringify(message), /c2lnbmVk|c2lnbmF0dXJl|thinking|reasoning|extra_content|The file/);
      }
    });
  }

  it('a model of Google that insists on a signature is told that there is none, others are not', async () => {
    const { calls: _, ...call } = await conversation('anthropic');
    const toolCalls = async (model: string) => (await sentTo('gemini', { ...call, model })).tool_calls as Fields[];
    const [first, second] = await toolCalls('gemini-3-pro-preview');
    assert.deepEqual(first?.extra_content, { google: { thought_signature: 'skip_thought_signature_validator' } });
    assert.equal(second?.extra_content, undefined);
    assert.equal((await toolCalls('gemini-2.5-flash'))[0]?.extra_content, undefined);
  });
});
