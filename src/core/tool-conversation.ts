import type { Message } from './model.ts';

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
