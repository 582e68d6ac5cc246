/** Longest line of an answer, bytes. An event of a stream is one line; parsers hold it whole in memory. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** Longest answer, bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

/** An endpoint sends more than any answer can hold. */
export class AnswerTooLarge extends Error {
  constructor() {
    super('The endpoint sent more than an answer can hold. It was cut off.');
    this.name = 'AnswerTooLarge';
  }
}

/**
 * `fetch` as vendors' SDKs get it: follows no redirect (which could carry the key to another host), never holds more than
 * a bounded line in memory, and gives an error that came with status 200 (OpenRouter does that) the status it speaks of.
 */
export async function guardedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'error' });
  if (response.body === null) return response;
  const bounded = withBody(response, response.body.pipeThrough(limitedBytes()));
  return response.ok && isJson(response) ? withErrorStatus(bounded) : bounded;
}

function limitedBytes(): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  let line = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.length;
      const lastNewline = chunk.lastIndexOf(NEWLINE);
      line = lastNewline === -1 ? line + chunk.length : chunk.length - 1 - lastNewline;
      if (total > MAX_ANSWER_BYTES || line > MAX_LINE_BYTES) controller.error(new AnswerTooLarge());
      else controller.enqueue(chunk);
    },
  });
}

/** A stream is never JSON as a whole, and a list of models has no `error`. */
async function withErrorStatus(response: Response): Promise<Response> {
  const text = await response.text();
  const code = errorCodeIn(text);
  if (code === null) return withBody(response, text);
  const status = code >= 400 && code <= 599 ? code : 500;
  return new Response(text, { status, headers: response.headers });
}

/** Null where the text is no error document; 0 where it is one without a number. */
function errorCodeIn(text: string): number | null {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown } | string | null };
    if (!error) return null;
    const code = typeof error === 'object' ? error.code : null;
    return typeof code === 'number' ? code : 0;
  } catch {
    return null;
  }
}

function withBody(response: Response, body: ReadableStream<Uint8Array> | string): Response {
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

function isJson(response: Response): boolean {
  return /^application\/json\b/i.test(response.headers.get('content-type') ?? '');
}
