import type { Json, JsonObject } from '../../core/json.ts';
import { type SpanKind, type SpanRecord, traceIdOf } from '../../core/tracing/span.ts';

// OTLP's JSON encoding: ids in hex, 64-bit integers as texts, enumerations as numbers.

const INTERNAL = 1;
const CLIENT = 3;
const PRODUCER = 4;

/** A call leaves the process, a message is handed on; everything else happens here. */
const KINDS: Partial<Record<SpanKind, number>> = { call: CLIENT, message: PRODUCER };

const STATUS_CODES: Readonly<Record<SpanRecord['status'], number>> = { unset: 0, ok: 1, error: 2 };

/** The body of an `ExportTraceServiceRequest`. */
export function exportRequest(spans: readonly SpanRecord[], version: string): JsonObject {
  const resource = { 'service.name': 'ensemble', 'service.version': version };
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'ensemble', version }, spans: spans.map(otlpSpan) }],
      },
    ],
  };
}

function otlpSpan(span: SpanRecord): JsonObject {
  const start = Date.parse(span.startedAt);
  return {
    traceId: traceIdOf(span.runId),
    spanId: span.spanId,
    ...(span.parentId === null ? {} : { parentSpanId: span.parentId }),
    name: span.name,
    kind: KINDS[span.kind] ?? INTERNAL,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(start + span.durationMs),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, at, attributes }) => ({
      name,
      timeUnixNano: nanoseconds(Date.parse(at)),
      attributes: keyValues(attributes),
    })),
    status: {
      code: STATUS_CODES[span.status],
      ...(span.errorType === null ? {} : { message: span.errorType }),
    },
  };
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}

function keyValues(attributes: JsonObject): Json[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Json): JsonObject {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { stringValue: JSON.stringify(value) };
}
