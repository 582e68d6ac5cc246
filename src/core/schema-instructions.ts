import type { Message, ResponseSchema } from './model.ts';

/**
 * The conversation with the wanted answer's schema described in its system message, for vendors that take no schema. The
 * agent's own text stays first, so that prompt caches still hit.
 */
export function withSchemaInstructions(messages: readonly Message[], { schema }: ResponseSchema): Message[] {
  const text = `Answer with one JSON value that satisfies this JSON Schema, and with nothing else (no prose, no code fence):\n${JSON.stringify(schema)}`;
  const [first, ...rest] = messages;
  if (first?.role === 'system') return [{ ...first, content: `${first.content}\n\n${text}` }, ...rest];
  return [{ role: 'system', content: text }, ...messages];
}
