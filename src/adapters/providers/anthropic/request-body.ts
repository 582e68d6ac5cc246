import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { JsonObject } from '../../../core/json.ts';
import type { Message, ProviderCall, ToolCall } from '../../../core/model.ts';
import { withSchemaInstructions } from '../../../core/schema-instructions.ts';
import { argumentsObject } from '../../../core/tool-conversation.ts';
import { type OptionalParameter, withRefusedToolsLeftOut } from '../optional-parameters.ts';
import { thinkingOf } from './thinking.ts';

/** Keeps the prompt up to a block for five minutes; what is too short to pay is ignored by the vendor and costs nothing. */
const CACHE: CacheControlEphemeral = { type: 'ephemeral' };

/** A call as a request for a message, with those optional parameters that are `sent`. `schema`: for the native way. */
export function requestBody(
  asked: ProviderCall,
  sent: readonly OptionalParameter[],
  schema: JsonObject | null,
): MessageCreateParamsStreaming {
  const call = withRefusedToolsLeftOut(asked, sent);
  const native = sent.includes('schema') ? schema : null;
  const { responseSchema, tools = [] } = call;
  const messages = responseSchema && !native ? withSchemaInstructions(call.messages, responseSchema) : call.messages;
  const system = messages.filter(({ role }) => role === 'system');
  const turns = messages.filter(({ role }) => role !== 'system');
  const lastStable = turns.findLast(isStable);
  return {
    model: call.model,
    max_tokens: call.maxTokens,
    stream: true,
    messages: turns.map((message) => wireMessage(message, message === lastStable)),
    ...(system.length > 0 && { system: systemPrompt(system) }),
    ...(sent.includes('temperature') && call.temperature !== null && { temperature: call.temperature }),
    ...(native && { output_config: { format: { type: 'json_schema' as const, schema: { ...native } } } }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters }) => ({
        name,
        description,
        input_schema: { ...parameters, type: 'object' as const },
      })),
      // A conversation with tools is sent again, longer, as soon as the tools have answered.
      cache_control: CACHE,
    }),
  };
}

function systemPrompt(messages: readonly Message[]): string | TextBlockParam[] {
  const lastStable = messages.findLast(isStable);
  if (!lastStable) return messages.map(({ content }) => content).join('\n\n');
  return messages.map((message) => textBlock(message.content, message === lastStable));
}

function wireMessage(message: Message, cached: boolean): MessageParam {
  const { role, content } = message;
  if (role === 'tool') {
    return { role: 'user', content: [{ type: 'tool_result', tool_use_id: message.toolCallId, content }] };
  }
  const toolCalls = message.toolCalls ?? [];
  const sender = role === 'assistant' ? 'assistant' : 'user';
  if (toolCalls.length === 0) return { role: sender, content: cached ? [textBlock(content, true)] : content };
  // Empty text is refused.
  const said = content === '' ? [] : [textBlock(content, cached)];
  const first = toolCalls.flatMap((call) => thinkingOf(call).beforeText);
  return { role: sender, content: [...first, ...said, ...toolCalls.flatMap(toolUse)] };
}

function toolUse(call: ToolCall): ContentBlockParam[] {
  const { id, name, arguments: text } = call;
  return [...thinkingOf(call).beforeCall, { type: 'tool_use', id, name, input: argumentsObject(text) }];
}

function textBlock(text: string, cached: boolean): TextBlockParam {
  return cached ? { type: 'text', text, cache_control: CACHE } : { type: 'text', text };
}

function isStable(message: Message): boolean {
  return message.role !== 'tool' && message.stable === true;
}
