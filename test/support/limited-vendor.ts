import { GARBAGE } from './garbage-answers.ts';
import type { Reply, Script, SeenRequest } from './scripted-server.ts';

/** How a vendor counts the requests of a key. */
export type RateLimit =
  /** At most `limit` requests within any `windowMs`. */
  | { readonly type: 'window'; readonly limit: number; readonly windowMs: number }
  /** Holds `burst`, and gets `limit` back per `windowMs`, evenly. */
  | { readonly type: 'bucket'; readonly limit: number; readonly windowMs: number; readonly burst: number };

/** How a vendor behaves. Rates are probabilities of each admitted request. */
export interface VendorBehaviour {
  readonly limit: RateLimit;
  readonly seed?: number;
  readonly latencyMs?: readonly [min: number, max: number];
  readonly errorRate?: number;
  /** Answers that break off half way. */
  readonly cutRate?: number;
  /** Answers that come in many small pieces. */
  readonly dripRate?: number;
  /** Pause between the pieces of an answer that drips; default none. */
  readonly dripMs?: number;
  /** Answers that are none; each kind of garbage in its turn. */
  readonly garbageRate?: number;
  /** Requests that were turned away count, too (OpenAI). */
  readonly countsRefused?: boolean;
  /** Default `openai`; `none` says nothing but `retry-after`. */
  readonly headers?: 'openai' | 'anthropic' | 'none';
  /** Factor of the durations in headers, for clients whose time runs faster; default 1. */
  readonly headerScale?: number;
  readonly text?: string;
}

/** What a vendor has seen. */
export interface VendorLog {
  requests: number;
  completed: number;
  refused: number;
  errors: number;
  cuts: number;
  drips: number;
  garbage: number;
  readonly perKey: Record<string, { requests: number; refused: number }>;
}

/** A script for a ScriptedServer of any shape: limits per key, latency and faults, repeatable by its seed. */
export class LimitedVendor {
  readonly log: VendorLog = {
    requests: 0,
    completed: 0,
    refused: 0,
    errors: 0,
    cuts: 0,
    drips: 0,
    garbage: 0,
    perKey: {},
  };
  readonly #behaviour: VendorBehaviour;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #limiters = new Map<string, Limiter>();

  constructor(behaviour: VendorBehaviour, now: () => number = () => performance.now()) {
    this.#behaviour = behaviour;
    this.#random = seededRandom(behaviour.seed ?? 1);
    this.#now = now;
  }

  readonly script: Script = (request) => this.#reply(request);

  #reply({ key }: SeenRequest): Reply {
    const name = key ?? 'no key';
    const keyLog = this.log.perKey[name] ?? { requests: 0, refused: 0 };
    this.log.perKey[name] = keyLog;
    this.log.requests++;
    keyLog.requests++;
    const { limit, countsRefused = false } = this.#behaviour;
    const limiter = this.#limiters.get(name) ?? limiterOf(limit, countsRefused);
    this.#limiters.set(name, limiter);
    const now = this.#now();
    const waitMs = limiter.take(now);
    const headers = this.#headers(limiter, now);
    if (waitMs > 0) {
      this.log.refused++;
      keyLog.refused++;
      return this.#refusal(waitMs, headers);
    }
    return this.#answer(headers);
  }

  #answer(headers: Record<string, string>): Reply {
    const {
      latencyMs = [0, 0],
      errorRate = 0,
      cutRate = 0,
      dripRate = 0,
      dripMs = 0,
      garbageRate = 0,
    } = this.#behaviour;
    const { text = 'ok from a limited vendor.' } = this.#behaviour;
    const delayMs = latencyMs[0] + this.#random() * (latencyMs[1] - latencyMs[0]);
    const [error, cut, drip, garbage] = [errorRate, cutRate, dripRate, garbageRate].map(
      (rate) => this.#random() < rate,
    );
    if (error) {
      this.log.errors++;
      const body = { error: { message: 'The server had an error', type: 'server_error' } };
      return { type: 'error', status: this.#random() < 0.5 ? 500 : 503, body, headers, delayMs };
    }
    const kinds = Object.values(GARBAGE);
    const kind = kinds[this.log.garbage % kinds.length];
    if (garbage && kind) {
      this.log.garbage++;
      return kind;
    }
    if (cut) {
      this.log.cuts++;
      return { type: 'answer', text, headers, delayMs, cutAtByte: 1 + Math.floor(this.#random() * 60) };
    }
    this.log.completed++;
    if (!drip) return { type: 'answer', text, headers, delayMs };
    this.log.drips++;
    const beforePiece = () => new Promise<void>((resolve) => setTimeout(resolve, dripMs));
    return { type: 'answer', text, headers, delayMs, chunkBytes: 40, beforePiece };
  }

  #refusal(waitMs: number, headers: Record<string, string>): Reply {
    const { headerScale = 1 } = this.#behaviour;
    const scaled = waitMs * headerScale;
    const retry = { 'retry-after': String(Math.ceil(scaled / 1000)), 'retry-after-ms': String(Math.ceil(scaled)) };
    const body = { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } };
    return { type: 'error', status: 429, body, headers: { ...headers, ...retry } };
  }

  #headers(limiter: Limiter, now: number): Record<string, string> {
    const { headers = 'openai', headerScale = 1, limit } = this.#behaviour;
    if (headers === 'none') return {};
    const reset = limiter.resetMs(now) * headerScale;
    const prefix = headers === 'openai' ? 'x-ratelimit' : 'anthropic-ratelimit';
    const name = (field: string) =>
      headers === 'openai' ? `${prefix}-${field}-requests` : `${prefix}-requests-${field}`;
    const when = headers === 'openai' ? `${(reset / 1000).toFixed(3)}s` : new Date(Date.now() + reset).toISOString();
    return {
      [name('limit')]: String(limit.limit),
      [name('remaining')]: String(limiter.remaining(now)),
      [name('reset')]: when,
    };
  }
}

interface Limiter {
  /** 0 when the request is admitted, else ms until one would be. */
  take(now: number): number;
  remaining(now: number): number;
  resetMs(now: number): number;
}

function limiterOf(limit: RateLimit, countsRefused: boolean): Limiter {
  return limit.type === 'window' ? new WindowLimiter(limit, countsRefused) : new BucketLimiter(limit);
}

class WindowLimiter implements Limiter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #countsRefused: boolean;
  #hits: number[] = [];

  constructor({ limit, windowMs }: RateLimit, countsRefused: boolean) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#countsRefused = countsRefused;
  }

  take(now: number): number {
    this.#hits = this.#hits.filter((hit) => hit > now - this.#windowMs);
    const admitted = this.#hits.length < this.#limit;
    const waitMs = admitted ? 0 : (this.#hits.at(-this.#limit) ?? now) + this.#windowMs - now;
    if (admitted || this.#countsRefused) this.#hits.push(now);
    return waitMs;
  }

  remaining(): number {
    return Math.max(0, this.#limit - this.#hits.length);
  }

  resetMs(now: number): number {
    return Math.max(0, (this.#hits[0] ?? now) + this.#windowMs - now);
  }
}

class BucketLimiter implements Limiter {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number | null = null;

  constructor({ limit, windowMs, burst }: Extract<RateLimit, { type: 'bucket' }>) {
    this.#burst = burst;
    this.#perMs = limit / windowMs;
    this.#tokens = burst;
  }

  take(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - (this.#at ?? now)) * this.#perMs);
    this.#at = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perMs;
    this.#tokens--;
    return 0;
  }

  remaining(): number {
    return Math.floor(this.#tokens);
  }

  resetMs(): number {
    return (this.#burst - this.#tokens) / this.#perMs;
  }
}

/** Mulberry32: small, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
