/** Longest line of an answer, bytes. An event of a stream is one line; parsers hold it whole in memory. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** Longest answer, bytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;
/** First bytes of a document, as opposed to a stream of events that only claims to be one. */
const DOCUMENT = /^[\s\uFEFF]*[{[]/;

/** An endpoint sends more than any answer can hold. */
export class AnswerTooLarge extends Error {
  constructor() {
    super('The endpoint sent more than an answer can hold. It was cut off.');
    this.name = 'AnswerTooLarge';
  }
}

/**
 * Makes `fetch` as vendors' SDKs get it: follows no redirect (which could carry the key to another host), never holds more
 * than a bounded line in memory, gives an error that came with status 200 (OpenRouter does that) the status it speaks of,
 * and takes Google's errors out of the list they come in. `onAlive` hears of the response and of every piece of its body.
 */
export function guardedFetch(
  onAlive: () => void = () => {},
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    onAlive();
    if (response.body === null) return response;
    const bounded = withBody(response, response.body.pipeThrough(limitedBytes(onAlive)));
    return isJson(response) ? withPlainError(bounded) : bounded;
  };
}

function limitedBytes(onAlive: () => void): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  let line = 0;
  return new TransformStream({
    transform(chunk, controller) {
      onAlive();
      total += chunk.length;
      const lastNewline = chunk.lastIndexOf(NEWLINE);
      line = lastNewline === -1 ? line + chunk.length : chunk.length - 1 - lastNewline;
      if (total > MAX_ANSWER_BYTES || line > MAX_LINE_BYTES) controller.error(new AnswerTooLarge());
      else controller.enqueue(chunk);
    },
  });
}

/** An error as one object with the status it speaks of. A list of models, and a stream under a wrong name, stay as they are. */
async function withPlainError(response: Response): Promise<Response> {
  const { isDocument, body } = await peek(response);
  if (!isDocument) return withBody(response, body);
  const text = await new Response(body).text();
  const error = errorIn(text);
  if (error === null) return withBody(response, text);
  const status = response.ok ? statusOf(error.code) : response.status;
  return new Response(error.document, { status, headers: response.headers });
}

/** Looks at the first bytes without taking them away. */
async function peek(response: Response): Promise<{ isDocument: boolean; body: ReadableStream<Uint8Array> | null }> {
  if (response.body === null) return { isDocument: false, body: null };
  const reader = response.body.getReader();
  const first = await reader.read();
  const isDocument = first.value !== undefined && DOCUMENT.test(new TextDecoder().decode(first.value));
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => (first.value ? controller.enqueue(first.value) : controller.close()),
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { isDocument, body };
}

/** Null where the text is no error document; `code` is null where it is one without a number. */
function errorIn(text: string): { readonly code: number | null; readonly document: string } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    const document: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    const { error } = document as { error?: { code?: unknown } | string | null };
    if (!error) return null;
    const code = typeof error === 'object' && typeof error.code === 'number' ? error.code : null;
    return { code, document: JSON.stringify(document) };
  } catch {
    return null;
  }
}

function statusOf(code: number | null): number {
  return code !== null && code >= 400 && code <= 599 ? code : 500;
}

function withBody(response: Response, body: ReadableStream<Uint8Array> | string | null): Response {
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

function isJson(response: Response): boolean {
  return /^application\/json\b/i.test(response.headers.get('content-type') ?? '');
}
