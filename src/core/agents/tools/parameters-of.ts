import * as z from 'zod';
import type { JsonObject } from '../../json.ts';

/** JSON schemas by what they were made from: making one costs more than a small turn, and each turn offers all tools. */
const known = new WeakMap<z.ZodType, JsonObject>();

/** What a tool takes, as providers want to be told. */
export function parametersOf(input: z.ZodType): JsonObject {
  const made = known.get(input);
  if (made !== undefined) return made;
  // `$schema` only names the draft; some vendors refuse what they do not know.
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  known.set(input, parameters as JsonObject);
  return parameters as JsonObject;
}
