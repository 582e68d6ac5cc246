import fs from 'node:fs';
import { VENDORS } from '../../src/adapters/providers/catalogue.ts';
import type { FailureCause, ProviderId, TokenUsage } from '../../src/core/model.ts';
import type { ModelProvider } from '../../src/core/ports.ts';
import type { AnswerBody } from './fake-fetch.ts';
import { account } from './pool-fixture.ts';

const FOLDER = new URL('../fixtures/providers/', import.meta.url);
/** What every recorded answer says. */
export const TEXT = 'Grüße, Küche 🍳.';

/** An entry of errors.json. */
export interface RecordedError {
  readonly case: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly cause: FailureCause;
  readonly retryAfterMs?: number;
}

/** What is known of a vendor's recorded answers. */
export interface Recorded {
  readonly extension: 'sse' | 'ndjson';
  readonly usage: Omit<TokenUsage, 'estimated'>;
  readonly costUSD?: number;
  readonly model: string;
  /** The beginning of the event that makes the answer whole. */
  readonly endMark: string;
  /** What is said beside the tool calls. */
  readonly said: string;
  readonly toolIds: readonly [string, string];
}

const CHUNK_END = '"finish_reason":"stop"';

/** The vendors with recorded answers. */
export const RECORDED = {
  openai: {
    extension: 'sse',
    usage: { input: 2006, output: 300, cached: 1920, reasoning: 192 },
    model: 'gpt-5-mini-2025-08-07',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['call_a1', 'call_b2'],
  },
  xai: {
    extension: 'sse',
    usage: { input: 32, output: 103, cached: 6, reasoning: 94 },
    costUSD: 0.001645,
    model: 'grok-4-0709',
    endMark: CHUNK_END,
    said: 'I look.',
    toolIds: ['call_11', 'call_12'],
  },
  gemini: {
    extension: 'sse',
    usage: { input: 14, output: 52, cached: 0, reasoning: 43 },
    model: 'gemini-2.5-flash',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['function-call-1', 'function-call-2'],
  },
  openrouter: {
    extension: 'sse',
    usage: { input: 40, output: 30, cached: 16, reasoning: 12 },
    costUSD: 0.00014,
    model: 'openai/gpt-5-mini',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['call_x', 'call_y'],
  },
  groq: {
    extension: 'sse',
    usage: { input: 50, output: 22, cached: 32, reasoning: 8 },
    model: 'openai/gpt-oss-20b',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['fc_1', 'fc_2'],
  },
  'openai-compatible': {
    extension: 'sse',
    usage: { input: 20, output: 9, cached: 0, reasoning: 0 },
    model: 'local.gguf',
    endMark: CHUNK_END,
    said: '',
    toolIds: ['call-1', 'call-2'],
  },
  anthropic: {
    extension: 'sse',
    usage: { input: 1925, output: 27, cached: 1800, reasoning: 12 },
    model: 'claude-sonnet-4-6',
    endMark: '"type":"message_stop"',
    said: 'I look.',
    toolIds: ['toolu_1', 'toolu_2'],
  },
  ollama: {
    extension: 'ndjson',
    usage: { input: 26, output: 28, cached: 0, reasoning: 0 },
    model: 'llama3.2',
    endMark: '"done":true',
    said: 'I look.',
    toolIds: ['call-1', 'call_q'],
  },
} as const satisfies Partial<Record<ProviderId, Recorded>>;

/** A vendor with recorded answers. */
export type Vendor = keyof typeof RECORDED;

/** Where the vendor's recorded stream of that name is, if there is one. */
export function fileOf(vendor: Vendor, name: string): URL {
  return new URL(`${vendor}/${name}.${RECORDED[vendor].extension}`, FOLDER);
}

/** A file of the vendor's folder. */
export function read(vendor: Vendor, name: string): Buffer {
  return fs.readFileSync(new URL(`${vendor}/${name}`, FOLDER));
}

/** The vendor's provider, bound to an account that nobody serves. */
export function providerOf(vendor: Vendor): Promise<ModelProvider> {
  return VENDORS[vendor].create({
    account: account('one', { provider: vendor, baseURL: 'http://127.0.0.1:9/v1' }),
    key: 'sk-test-key',
  });
}

/** A whole recorded answer. */
export function answerOf(vendor: Vendor, name: string): AnswerBody {
  return { bytes: read(vendor, `${name}.${RECORDED[vendor].extension}`), broken: false };
}
