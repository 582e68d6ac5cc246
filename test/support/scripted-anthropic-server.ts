import {
  pieces,
  type Script,
  ScriptedServer,
  type ScriptedToolCall,
  usageFor,
  type WireFormat,
} from './scripted-server.ts';

type Event = { readonly type: string; readonly [field: string]: unknown };

const FORMAT: WireFormat = {
  keyOf: (headers) => {
    const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
    return typeof key === 'string' ? key : null;
  },
  isCall: (path) => path.startsWith('/v1/messages'),
  models: () => ({
    data: [{ id: 'claude-a', type: 'model', display_name: 'A', created_at: '2026-01-01T00:00:00Z' }],
    has_more: false,
    first_id: 'claude-a',
    last_id: 'claude-a',
  }),
  stream(reply, request) {
    const { text, finish = 'stop', toolCalls = [], model = String(request.body.model) } = reply;
    const usage = (reply.usage === undefined ? usageFor(text, request) : reply.usage) ?? { input: 0, output: 0 };
    const cached = usage.cached ?? 0;
    const start = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: usage.input - cached,
        cache_read_input_tokens: cached,
        cache_creation_input_tokens: 0,
        output_tokens: 1,
      },
    };
    const events: Event[] = [
      { type: 'message_start', message: start },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      ...pieces(text).map((piece) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: piece },
      })),
      { type: 'content_block_stop', index: 0 },
      ...toolCalls.flatMap((call, index) => toolUse(call, index + 1)),
    ];
    if (finish !== null) {
      const ended = finish === 'stop' ? 'end_turn' : 'max_tokens';
      const stop_reason = toolCalls.length > 0 ? 'tool_use' : ended;
      events.push({
        type: 'message_delta',
        delta: { stop_reason, stop_sequence: null },
        usage: { output_tokens: usage.output, output_tokens_details: { thinking_tokens: usage.reasoning ?? 0 } },
      });
      events.push({ type: 'message_stop' });
    }
    return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  },
};

function toolUse({ id, name, arguments: given }: ScriptedToolCall, index: number): Event[] {
  return [
    { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } },
    ...pieces(JSON.stringify(given), 7).map((partial_json) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json },
    })),
    { type: 'content_block_stop', index },
  ];
}

/** Anthropic's Messages API on loopback; its base URL is the origin. */
export function startAnthropicServer(script: Script): Promise<ScriptedServer> {
  return ScriptedServer.start(FORMAT, script);
}
