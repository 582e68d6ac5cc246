import type { Json, JsonObject } from '../json.ts';
import type { SpanEvent, SpanKind, SpanRecord, SpanStatus } from './span.ts';

/** Events that a span keeps; a task that is repeated for ever must not fill the memory. */
const MAX_EVENTS = 64;

/** What a span is known by from its start. */
export interface SpanBase extends Pick<SpanRecord, 'runId' | 'kind' | 'name' | 'parentId' | 'instanceId' | 'agent'> {
  readonly account?: string;
  readonly model?: string;
  readonly tokens?: SpanRecord['tokens'];
  readonly costUSD?: number | null;
}

/** A span that has begun. */
export class OpenSpan {
  readonly spanId: string;
  readonly startedAt: string;
  /** ISO time of its end where that is known from the start; null: it is told with {@link record}. */
  readonly endedAt: string | null;
  readonly #base: SpanBase;
  readonly #attributes: Record<string, Json> = {};
  readonly #events: SpanEvent[] = [];
  #status: SpanStatus = 'unset';
  #errorType: string | null = null;

  constructor(base: SpanBase, spanId: string, startedAt: string, endedAt: string | null = null) {
    this.#base = base;
    this.spanId = spanId;
    this.startedAt = startedAt;
    this.endedAt = endedAt;
  }

  get kind(): SpanKind {
    return this.#base.kind;
  }

  set(attributes: JsonObject): void {
    Object.assign(this.#attributes, attributes);
  }

  event(name: string, at: string, attributes: JsonObject = {}): void {
    if (this.#events.length < MAX_EVENTS) this.#events.push({ name, at, attributes });
  }

  /** How it came out. */
  settle(status: SpanStatus, errorType: string | null): void {
    this.#status = status;
    this.#errorType = errorType;
  }

  /** The span as it stands at `at` (ISO-8601 UTC). */
  record(at: string): SpanRecord {
    const { account = null, model = null, tokens = null, costUSD = null, ...base } = this.#base;
    const error = this.#errorType === null ? {} : { 'error.type': this.#errorType };
    return {
      ...base,
      ...{ account, model, tokens, costUSD },
      spanId: this.spanId,
      status: this.#status,
      errorType: this.#errorType,
      startedAt: this.startedAt,
      durationMs: Math.max(0, Date.parse(at) - Date.parse(this.startedAt)),
      attributes: { ...this.#attributes, ...error },
      events: [...this.#events],
    };
  }
}
