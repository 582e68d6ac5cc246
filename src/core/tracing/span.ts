import { sha256Hex } from '../hash.ts';
import type { JsonObject } from '../json.ts';
import type { TokenUsage } from '../model.ts';

/** What a span stands for. A `call` is one attempt at a provider, a `turn` one question to a model with all its attempts. */
export type SpanKind = 'run' | 'task' | 'turn' | 'call' | 'tool' | 'handoff' | 'message' | 'approval';

/** `unset`: neither succeeded nor failed, such as a task that was skipped or a run that was interrupted. */
export type SpanStatus = 'ok' | 'error' | 'unset';

/** Something that happened at one moment of a span. */
export interface SpanEvent {
  readonly name: string;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly attributes: JsonObject;
}

/**
 * A span that has ended, as it is stored and sent. Attributes follow OpenTelemetry's conventions for generative AI (`gen_ai.*`,
 * `error.type`), and have names of ours (`ensemble.*`) where those have none. The same run always makes the same ids.
 */
export interface SpanRecord {
  readonly runId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Null: the run itself. */
  readonly parentId: string | null;
  readonly kind: SpanKind;
  readonly name: string;
  readonly instanceId: string | null;
  readonly agent: string | null;
  /** Only of calls. */
  readonly account: string | null;
  /** Only of calls: `<provider>/<id>` as billed. */
  readonly model: string | null;
  readonly status: SpanStatus;
  /** Code of the error or cause of the failure; null: no error. */
  readonly errorType: string | null;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Only of calls. */
  readonly tokens: TokenUsage | null;
  /** USD; only of calls, null also where the price is unknown. */
  readonly costUSD: number | null;
  readonly attributes: JsonObject;
  readonly events: readonly SpanEvent[];
}

/** The trace of a run: 32 hex digits. */
export function traceIdOf(runId: string): string {
  return sha256Hex(`trace\n${runId}`).slice(0, 32);
}

/** The id of a span by what it stands for, so that a resumed or replayed run gives its spans the ids they had. */
export function spanIdOf(runId: string, kind: SpanKind, ...parts: readonly (string | number)[]): string {
  return mixed([runId, kind, ...parts].join('\n'));
}

/** 64 bits of a text, as 16 hex digits: two multiplicative hashes, finished as MurmurHash3 does. Ids of spans guard nothing, and each call needs some. */
function mixed(text: string): string {
  let low = 0x9e3779b9;
  let high = 0x85ebca6b;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
  }
  low = finished(low ^ (high >>> 16));
  high = finished(high ^ low);
  return hex(high) + hex(low);
}

function finished(bits: number): number {
  let mixing = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixing = Math.imul(mixing ^ (mixing >>> 13), 0xc2b2ae35);
  return (mixing ^ (mixing >>> 16)) >>> 0;
}

function hex(bits: number): string {
  return bits.toString(16).padStart(8, '0');
}
