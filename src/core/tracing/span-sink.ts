import type { SpanRecord } from './span.ts';

/** Where spans go. One call is under way at a time; a rejection is told once and hurts nothing. */
export interface SpanSink {
  /** For notices, such as `database` or the host of an endpoint. Never a key. */
  readonly name: string;
  /** Spans may come again with more in them: the id says which. Rejects when they are lost. */
  export(spans: readonly SpanRecord[], signal: AbortSignal): Promise<void>;
}
