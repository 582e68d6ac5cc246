import { pieces, type Script, ScriptedServer, usageFor, type WireFormat } from './scripted-server.ts';

const FORMAT: WireFormat = {
  keyOf: ({ authorization }) => authorization?.replace(/^Bearer /, '') ?? null,
  isCall: (path) => path.endsWith('/chat/completions'),
  models: () => ({
    object: 'list',
    data: [
      { id: 'model-b', object: 'model' },
      { id: 'model-a', object: 'model' },
    ],
  }),
  stream(reply, request) {
    const { text, finish = 'stop', model = String(request.body.model) } = reply;
    const usage = reply.usage === undefined ? usageFor(text, request) : reply.usage;
    const frame = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model };
    const choice = (delta: object, finish_reason: string | null) => ({
      ...frame,
      choices: [{ index: 0, delta, finish_reason }],
    });
    const events: object[] = [choice({ role: 'assistant', content: '' }, null)];
    for (const content of pieces(text)) events.push(choice({ content }, null));
    if (finish !== null) events.push(choice({}, finish));
    if (usage !== null && finish !== null) {
      events.push({
        ...frame,
        choices: [],
        usage: {
          prompt_tokens: usage.input,
          completion_tokens: usage.output,
          total_tokens: usage.input + usage.output,
          prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
          completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
        },
      });
    }
    const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    return finish === null ? lines : `${lines}data: [DONE]\n\n`;
  },
};

/** An API of OpenAI's chat completion shape (xAI's too) on loopback; its base URL is `<origin>/v1`. */
export function startOpenAiServer(script: Script): Promise<ScriptedServer> {
  return ScriptedServer.start(FORMAT, script);
}
