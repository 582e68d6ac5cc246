import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { Message, ProviderCall } from '../../../core/model.ts';
import { withSchemaInstructions } from '../../../core/schema-instructions.ts';
import { type OptionalParameter, withRefusedToolsLeftOut } from '../optional-parameters.ts';
import { strictSchema } from '../strict-schema.ts';
import type { OpenAiDialect } from './dialect.ts';
import { extraContentOf, reasoningOf } from './given-back.ts';

/** A call as a chat completion, with those optional parameters that are `sent`. */
export function requestBody(
  asked: ProviderCall,
  dialect: OpenAiDialect,
  sent: readonly OptionalParameter[],
): ChatCompletionCreateParamsStreaming {
  const call = withRefusedToolsLeftOut(asked, sent);
  const { responseSchema, temperature, tools = [] } = call;
  const native = sent.includes('schema') ? responseSchema : null;
  const described = dialect.schema === 'native' && native ? null : responseSchema;
  const messages = described ? withSchemaInstructions(call.messages, described) : call.messages;
  return {
    model: call.model,
    messages: messages.map((message) => wireMessage(message, call.model, dialect)),
    stream: true,
    [dialect.maxTokensField]: call.maxTokens,
    ...(sent.includes('usage') && usageRequest(dialect)),
    ...(sent.includes('temperature') && { temperature }),
    ...(sent.includes('cache-key') && { prompt_cache_key: call.cacheKey }),
    ...(native && { response_format: responseFormat(native) }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters: { ...parameters } },
      })),
    }),
  };
}

function usageRequest({ usageRequest: how }: OpenAiDialect): object {
  return how === 'stream_options' ? { stream_options: { include_usage: true } } : { usage: { include: true } };
}

/** Strict, so that the model is held to it, where the schema can be; else as a strong hint. */
function responseFormat({ name, schema }: NonNullable<ProviderCall['responseSchema']>) {
  const strict = strictSchema(schema);
  const json_schema = strict ? { name, strict: true, schema: { ...strict } } : { name, schema: { ...schema } };
  return { type: 'json_schema' as const, json_schema };
}

function wireMessage(message: Message, model: string, dialect: OpenAiDialect): ChatCompletionMessageParam {
  const { role, content } = message;
  if (role === 'tool') return { role, content, tool_call_id: message.toolCallId };
  if (role !== 'assistant') return { role, content };
  const toolCalls = message.toolCalls ?? [];
  if (toolCalls.length === 0) return { role, content };
  const tool_calls = toolCalls.map((call, index) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments },
    ...(dialect.extraContent && extraContentOf(call, index, model)),
  }));
  const reasoning = reasoningOf(toolCalls, dialect.reasoningField);
  return { role, content: content === '' ? null : content, tool_calls, ...reasoning };
}
