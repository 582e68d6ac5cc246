import type { Json } from '../json.ts';

/** Places in a chatty answer that are tried as the start of the JSON. */
const MAX_CANDIDATES = 20;

/** The JSON in a model's answer, or why there is none. */
export type JsonAnswer =
  | { readonly found: true; readonly value: Json }
  | { readonly found: false; readonly problem: string };

/**
 * Finds the JSON object or array in an answer: the whole text, else the content of the last code fence that is JSON, else
 * the longest balanced part that parses. Text around it is ignored. Never throws.
 */
export function parseJsonAnswer(text: string): JsonAnswer {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return { found: false, problem: 'The answer is empty.' };
  const value = parse(trimmed) ?? inFences(trimmed) ?? longestPart(trimmed);
  return value ? { found: true, value } : { found: false, problem: 'The answer holds no complete JSON object.' };
}

/** Models tend to think before they answer, so the last fence counts. */
function inFences(text: string): Json {
  const fences = [...text.matchAll(/^[ \t]*```[\w-]*[ \t]*\r?\n([\s\S]*?)\r?\n[ \t]*```[ \t]*\r?$/gm)];
  for (const fence of fences.reverse().slice(0, MAX_CANDIDATES)) {
    const value = parse(fence[1] ?? '');
    if (value) return value;
  }
  return null;
}

function longestPart(text: string): Json {
  let longest: { readonly value: Json; readonly length: number } = { value: null, length: 0 };
  let from = 0;
  for (let tried = 0; tried < MAX_CANDIDATES; tried++) {
    const offset = text.slice(from).search(/[{[]/);
    if (offset === -1) break;
    const start = from + offset;
    const end = balancedEnd(text, start);
    const value = end === -1 ? null : parse(text.slice(start, end));
    if (value && end - start > longest.length) longest = { value, length: end - start };
    from = value ? end : start + 1;
  }
  return longest.value;
}

/** The value when it is an object or an array, else null. */
function parse(text: string): Json {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** End (exclusive) of the object or array that begins at `start`; -1 when it is never closed. Knows strings. */
function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let position = start; position < text.length; position++) {
    const character = text[position];
    if (inString) {
      if (character === '\\') position++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) return position + 1;
    }
  }
  return -1;
}
