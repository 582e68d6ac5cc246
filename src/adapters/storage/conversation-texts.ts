import type { Json } from '../../core/json.ts';

/** All texts of a request but the roles, whatever its shape: what a search looks through. */
export function textsIn(messages: Json): string[] {
  if (typeof messages === 'string') return [messages];
  if (messages === null || typeof messages !== 'object') return [];
  return Object.entries(messages).flatMap(([key, part]) => (key === 'role' ? [] : textsIn(part)));
}
