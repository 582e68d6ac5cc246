import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the collector got it. */
export interface CollectedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** An answer; `hang` gives none. */
export type CollectorReply =
  | 'hang'
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** An OTLP span in JSON, as far as tests look at it. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events: readonly { readonly name: string }[];
  readonly status: { readonly code: number; readonly message?: string };
}

/** A collector for OTLP over HTTP on this machine. Decides per request by `script`; `count` is 1 for the first. */
export class ScriptedCollector {
  readonly requests: CollectedRequest[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(
    script: (request: CollectedRequest, count: number) => CollectorReply = () => ({ status: 200, body: {} }),
  ): Promise<ScriptedCollector> {
    const server = createServer((incoming, response) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      incoming.on('end', () => {
        const request = { path: incoming.url ?? '', headers: incoming.headers, text };
        collector.requests.push(request);
        const reply = script(request, collector.requests.length);
        if (reply === 'hang') return;
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
      });
    });
    const collector = new ScriptedCollector(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All spans of all requests, in the order of their arrival. */
  get spans(): OtlpSpan[] {
    return this.requests.flatMap(({ text }) => {
      const body = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
      return body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
