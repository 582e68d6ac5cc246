import type { Message, ToolCall, ToolDefinition } from './model.ts';

/** The name of the tool that a result belongs to, for vendors that ask for it; empty where nothing in the conversation asked. */
export function toolNameOf(messages: readonly Message[], toolCallId: string): string {
  for (const message of messages) {
    const calls = message.role === 'tool' ? [] : (message.toolCalls ?? []);
    const call = calls.find(({ id }) => id === toolCallId);
    if (call) return call.name;
  }
  return '';
}

/** The arguments of a tool call as an object, for vendors that take no text; what is none becomes an empty one. */
export function argumentsObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What is sent to a model, as far as it concerns tools. */
interface WithTools {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDefinition[];
}

/**
 * The same call for a model that takes no tools, or is offered none any more: what tools were asked for and gave stands as plain
 * text, because vendors refuse such messages in a call without tools.
 */
export function withoutTools<Call extends WithTools>(call: Call): Omit<Call, 'tools'> {
  const { tools: _, ...rest } = call;
  const { messages } = call;
  if (!messages.some((message) => message.role === 'tool' || message.toolCalls !== undefined)) return rest;
  const plain = messages.map((message): Message => {
    if (message.role === 'tool') {
      return { role: 'user', content: `Result of ${toolNameOf(messages, message.toolCallId)}:\n${message.content}` };
    }
    const { toolCalls = [], ...said } = message;
    const lines = [said.content, ...toolCalls.map(toolCallLine)].filter((line) => line !== '');
    return { ...said, content: lines.join('\n') };
  });
  return { ...rest, messages: plain };
}

/** A wish for a tool as a line of text. */
export function toolCallLine({ name, arguments: text }: Pick<ToolCall, 'name' | 'arguments'>): string {
  return `[asks for ${name} ${text}]`;
}
