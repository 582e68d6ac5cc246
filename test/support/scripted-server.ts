import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The key, from whichever header the vendor uses. */
  readonly key: string | null;
  readonly body: Record<string, unknown>;
  readonly rawBody: string;
}

/** Tokens the server says it counted. */
export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

/** A tool that the model asks for. */
export interface ScriptedToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a scripted server does with one request. */
export type Reply =
  /** A streamed answer. `finish: null` leaves the vendor's end mark out; `usage: null` the usage. */
  | {
      readonly type: 'answer';
      readonly text: string;
      readonly usage?: ScriptedUsage | null;
      readonly finish?: 'stop' | 'length' | null;
      readonly toolCalls?: readonly ScriptedToolCall[];
      readonly model?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Breaks the connection after so many bytes of the body. */
      readonly cutAtByte?: number;
      /** With `cutAtByte`: ends the body there as if it were whole. */
      readonly cutCleanly?: boolean;
      /** Sends the body in pieces of so many bytes; default: in two. */
      readonly chunkBytes?: number;
      /** Awaited before each piece, with the number of bytes sent so far: the test drips the answer. */
      readonly beforePiece?: (sent: number) => Promise<void>;
      /** Default `\n`. */
      readonly newline?: '\n' | '\r\n';
      /** Sends the body compressed. */
      readonly gzip?: boolean;
      /** Default: what the vendor sends. */
      readonly contentType?: string;
      /** Awaited before the first byte. */
      readonly gate?: Promise<void>;
      readonly delayMs?: number;
    }
  | {
      readonly type: 'error';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly delayMs?: number;
    }
  | { readonly type: 'raw'; readonly status: number; readonly contentType: string; readonly body: string | Buffer }
  /** One line of an event stream that never ends. */
  | { readonly type: 'endless-line' }
  /** Accepts the request and never answers. */
  | { readonly type: 'hang' };

/** Decides on a request; `count` is 1 for the first. A throw answers 500 and is kept in `unscripted`. */
export type Script = (request: SeenRequest, count: number) => Reply | Promise<Reply>;

/** A vendor's wire format. */
export interface WireFormat {
  keyOf(headers: IncomingMessage['headers']): string | null;
  /** The body of a streamed answer. */
  stream(reply: Extract<Reply, { type: 'answer' }>, request: SeenRequest): string;
  models(): unknown;
  /** Of streams; default `text/event-stream`. */
  readonly contentType?: string;
  isCall(path: string): boolean;
}

/** A vendor's API on loopback that does what its script says and records what it was asked. */
export class ScriptedServer {
  readonly requests: SeenRequest[] = [];
  /** Paths of requests that are no calls, such as for the list of models. */
  readonly otherPaths: string[] = [];
  /** Problems of the test itself: requests without a script. A test should find it empty. */
  readonly unscripted: string[] = [];
  /** Keys that may not even list the models. */
  readonly refusedKeys = new Set<string>();
  /** Tokens of all answers that were sent whole. */
  readonly sent = { input: 0, output: 0 };
  /** Requests whose socket the client closed before the answer was whole. */
  aborted = 0;
  #server: Server;
  #script: Script;
  readonly #format: WireFormat;

  private constructor(format: WireFormat, script: Script) {
    this.#format = format;
    this.#script = script;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(format: WireFormat, script: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer(format, script);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Root of the server, without a path. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The bytes of an answer to a request that says nothing of itself. */
  bodyOf(reply: Extract<Reply, { type: 'answer' }>): Buffer {
    const request: SeenRequest = { path: '', headers: {}, key: null, body: {}, rawBody: '' };
    return Buffer.from(this.#format.stream({ model: 'model-1', ...reply }, request));
  }

  set script(script: Script) {
    this.#script = script;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const rawBody = Buffer.concat(chunks).toString('utf8');
    const path = incoming.url ?? '';
    if (!this.#format.isCall(path)) {
      this.otherPaths.push(path);
      if (this.refusedKeys.has(this.#format.keyOf(incoming.headers) ?? '')) {
        return sendJson(response, 401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } });
      }
      return sendJson(response, 200, this.#format.models());
    }
    const key = this.#format.keyOf(incoming.headers);
    const request: SeenRequest = { path, headers: incoming.headers, key, body: JSON.parse(rawBody), rawBody };
    this.requests.push(request);
    response.on('close', () => {
      if (!response.writableFinished) this.aborted++;
    });
    try {
      await this.#answer(await this.#script(request, this.requests.length), request, response);
    } catch (error) {
      this.unscripted.push(String(error));
      sendJson(response, 500, { error: { message: `unscripted: ${String(error)}` } });
    }
  }

  async #answer(reply: Reply, request: SeenRequest, response: ServerResponse): Promise<void> {
    if (reply.type === 'hang') return;
    if (reply.type === 'error') {
      if (reply.delayMs) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
      return sendJson(response, reply.status, reply.body, reply.headers);
    }
    if (reply.type === 'raw') {
      response.writeHead(reply.status, { 'content-type': reply.contentType }).end(reply.body);
      return;
    }
    if (reply.type === 'endless-line') return sendEndlessLine(response);
    await reply.gate;
    if (reply.delayMs) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
    const contentType = reply.contentType ?? this.#format.contentType ?? 'text/event-stream';
    const encoding = reply.gzip ? { 'content-encoding': 'gzip' } : {};
    response.writeHead(200, { 'content-type': contentType, ...encoding, ...reply.headers });
    const text = Buffer.from(this.#format.stream(reply, request).replaceAll('\n', reply.newline ?? '\n'));
    const whole = await sendBody(response, reply.gzip ? gzipSync(text) : text, reply);
    if (!whole || reply.finish === null) return;
    const usage = reply.usage === undefined ? usageFor(reply.text, request) : reply.usage;
    this.sent.input += usage?.input ?? 0;
    this.sent.output += usage?.output ?? 0;
  }
}

/** Resolves with true when all of it was sent. */
async function sendBody(
  response: ServerResponse,
  body: Buffer,
  { cutAtByte = body.length, cutCleanly = false, chunkBytes, beforePiece }: Extract<Reply, { type: 'answer' }>,
): Promise<boolean> {
  const end = Math.min(cutAtByte, body.length);
  // In two pieces, so that parsers meet a boundary inside of an event.
  const step = chunkBytes ?? Math.max(1, Math.ceil(end / 2));
  for (let at = 0; at < end; at += step) {
    await beforePiece?.(at);
    if (response.destroyed) return false;
    await new Promise((resolve) => response.write(body.subarray(at, Math.min(end, at + step)), resolve));
  }
  if (end === body.length || cutCleanly) response.end();
  else setImmediate(() => response.destroy());
  return end === body.length;
}

async function sendEndlessLine(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: ');
  const chunk = Buffer.alloc(256 * 1024, 'x');
  while (!response.destroyed) await new Promise((resolve) => response.write(chunk, resolve));
}

/** The usage a reply reports when its script names none. */
export function usageFor(text: string, request: SeenRequest): ScriptedUsage {
  return { input: Math.ceil(request.rawBody.length / 4), output: Math.ceil(text.length / 4) };
}

/** Pieces of a text as a model streams them. */
export function pieces(text: string, length = 40): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${length}}`, 'gu')) ?? [];
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
