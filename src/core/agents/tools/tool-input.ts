import type * as z from 'zod';

/** What a model wrote as the arguments of a call, checked; or a sentence about what is wrong, for the model. */
export type ToolInput<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

/** Problems that are named; more would only distract. */
const MAX_PROBLEMS = 5;

/** Reads arguments; none at all are an empty object, as vendors send them. */
export function readInput<Value>(tool: string, schema: z.ZodType<Value>, text: string): ToolInput<Value> {
  const input = text.trim() === '' ? {} : parsed(text);
  if (input === undefined) return { ok: false, problem: 'The arguments are not valid JSON.' };
  const checked = schema.safeParse(input);
  if (checked.success) return { ok: true, value: checked.data };
  return { ok: false, problem: `The arguments do not fit ${tool}: ${problemsOf(checked.error)}` };
}

/** Undefined: no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => `${path.length > 0 ? path.join('.') : 'arguments'}: ${message}`)
    .join('; ');
}
