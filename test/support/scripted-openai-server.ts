import {
  pieces,
  type Script,
  ScriptedServer,
  type ScriptedToolCall,
  type ScriptedUsage,
  usageFor,
  type WireFormat,
} from './scripted-server.ts';

/** In what vendors of this shape differ. */
interface Variant {
  /** Names of models as the list has them. */
  readonly models: readonly string[];
  /** Reasoning beside the completion tokens, seen only in the total (Gemini). */
  readonly thoughtsInTotalOnly: boolean;
  /** Tool calls whole in one chunk, with something to be given back (Gemini); else in fragments. */
  readonly wholeToolCalls: boolean;
}

const formatOf = (variant: Variant): WireFormat => ({
  keyOf: ({ authorization }) => authorization?.replace(/^Bearer /, '') ?? null,
  isCall: (path) => path.endsWith('/chat/completions'),
  models: () => ({
    object: 'list',
    data: variant.models.map((id) => ({ id, object: 'model' })),
  }),
  stream(reply, request) {
    const { text, finish = 'stop', toolCalls = [], model = String(request.body.model) } = reply;
    const usage = reply.usage === undefined ? usageFor(text, request) : reply.usage;
    const frame = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model };
    const choice = (delta: object, finish_reason: string | null) => ({
      ...frame,
      choices: [{ index: 0, delta, finish_reason }],
    });
    const events: object[] = [choice({ role: 'assistant', content: '' }, null)];
    for (const content of pieces(text)) events.push(choice({ content }, null));
    events.push(
      ...toolCalls.flatMap((call, index) => toolCallDeltas(call, index, variant)).map((one) => choice(one, null)),
    );
    if (finish !== null) events.push(choice({}, toolCalls.length > 0 ? 'tool_calls' : finish));
    if (usage !== null && finish !== null) {
      events.push({
        ...frame,
        choices: [],
        usage: rawUsage(usage, variant),
      });
    }
    const lines = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    return finish === null ? lines : `${lines}data: [DONE]\n\n`;
  },
});

function rawUsage({ input, output, cached = 0, reasoning = 0 }: ScriptedUsage, variant: Variant): object {
  const counts = { prompt_tokens: input, prompt_tokens_details: { cached_tokens: cached } };
  if (variant.thoughtsInTotalOnly) {
    return { ...counts, completion_tokens: output - reasoning, total_tokens: input + output };
  }
  const completion_tokens_details = { reasoning_tokens: reasoning };
  return { ...counts, completion_tokens: output, total_tokens: input + output, completion_tokens_details };
}

function toolCallDeltas({ id, name, arguments: given }: ScriptedToolCall, index: number, variant: Variant): object[] {
  const text = JSON.stringify(given);
  const delta = (fields: object) => ({ tool_calls: [{ index, ...fields }] });
  if (variant.wholeToolCalls) {
    const extra_content = { google: { thought_signature: `signature of ${name}` } };
    return [delta({ id, type: 'function', function: { name, arguments: text }, extra_content })];
  }
  const begin = delta({ id, type: 'function', function: { name, arguments: '' } });
  return [begin, ...pieces(text, 7).map((piece) => delta({ function: { arguments: piece } }))];
}

const PLAIN: Variant = { models: ['model-b', 'model-a'], thoughtsInTotalOnly: false, wholeToolCalls: false };
const GEMINI: Variant = {
  models: ['models/model-b', 'models/model-a'],
  thoughtsInTotalOnly: true,
  wholeToolCalls: true,
};

/** An API of OpenAI's chat completion shape (xAI's too) on loopback; its base URL is `<origin>/v1`. */
export function startOpenAiServer(script: Script): Promise<ScriptedServer> {
  return ScriptedServer.start(formatOf(PLAIN), script);
}

/** Gemini's OpenAI-shaped API on loopback; its base URL is `<origin>/v1`. */
export function startGeminiServer(script: Script): Promise<ScriptedServer> {
  return ScriptedServer.start(formatOf(GEMINI), script);
}
