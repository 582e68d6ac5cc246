import type { Json, JsonObject } from '../json.ts';
import type { Message } from '../model.ts';

/** Characters of one text that a span holds; backends refuse larger attributes. */
const MAX_TEXT = 32_768;

/** Attributes that hold content. Their names begin with `gen_ai.`, so that backends show them as conversations. */
export type Content = JsonObject;

/** What a model was asked, as attributes; `clean` removes secrets. */
export function contentOfRequest(messages: readonly Message[], clean: (text: string) => string): Content {
  const text = (content: string) => ({ type: 'text', content: clipped(clean(content)) });
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => text(content));
  const others = messages.filter(({ role }) => role !== 'system');
  const input = others.map((message) => ({ role: message.role, parts: partsOf(message, text) }));
  return {
    'gen_ai.system_instructions': JSON.stringify(system),
    'gen_ai.input.messages': JSON.stringify(input),
  };
}

function partsOf(message: Message, text: (content: string) => JsonObject): Json[] {
  if (message.role === 'tool')
    return [{ type: 'tool_call_response', id: message.toolCallId, response: text(message.content).content ?? '' }];
  const calls = message.toolCalls ?? [];
  return [
    ...(message.content === '' ? [] : [text(message.content)]),
    ...calls.map(({ id, name }) => ({ type: 'tool_call', id, name })),
  ];
}

/** What came of a model turn or of a tool, as attributes: the journal keeps it without secrets. */
export function contentOfAnswer(result: JsonObject): Content {
  if (typeof result.text === 'string') {
    const parts = [{ type: 'text', content: clipped(result.text) }];
    const reason = typeof result.finishReason === 'string' ? { finish_reason: result.finishReason } : {};
    return { 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts, ...reason }]) };
  }
  return typeof result.content === 'string' ? { 'gen_ai.tool.call.result': clipped(result.content) } : {};
}

/** What a tool was asked with, as attributes: the journal keeps it without secrets. */
export function contentOfArguments(detail: JsonObject): Content {
  return typeof detail.arguments === 'string' ? { 'gen_ai.tool.call.arguments': clipped(detail.arguments) } : {};
}

function clipped(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… [cut, ${text.length} characters in all]`;
}
