import type { LimitReading, LimitReport } from '../../core/model.ts';

/** Reads the limits that a vendor's response headers state; null where they state none. `now` is epoch ms. */
export type LimitReader = (headers: Headers, now: number) => LimitReport | null;

/** `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, as OpenAI and many others send them. */
export const openAiLimits: LimitReader = (headers) =>
  report(openAiReading(headers, 'requests'), openAiReading(headers, 'tokens'));

/** OpenAI's names, but the requests are those of a day. */
export const groqLimits: LimitReader = (headers) => {
  const requestsPerDay = openAiReading(headers, 'requests');
  const tokens = openAiReading(headers, 'tokens');
  if (requestsPerDay === null) return report(null, tokens);
  return { requests: null, tokens, requestsPerDay };
};

/** `x-ratelimit-{limit,remaining,reset}`, the reset in epoch ms. */
export const openRouterLimits: LimitReader = (headers, now) => {
  const reset = (value: string) => {
    const at = count(value);
    return at === null ? null : Math.max(0, at - now);
  };
  return report(
    reading(headers, (field) => `x-ratelimit-${field}`, reset),
    null,
  );
};

/** `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`; resets are RFC 3339 times. */
export const anthropicLimits: LimitReader = (headers, now) => {
  const reset = (value: string) => {
    const at = Date.parse(value);
    return Number.isNaN(at) ? null : Math.max(0, at - now);
  };
  const read = (what: string) => reading(headers, (field) => `anthropic-ratelimit-${what}-${field}`, reset);
  const [inputTokens, outputTokens] = [read('input-tokens'), read('output-tokens')];
  const both = report(read('requests'), read('tokens'));
  if (both === null && inputTokens === null && outputTokens === null) return null;
  return {
    ...(both ?? { requests: null, tokens: null }),
    ...(inputTokens && { inputTokens }),
    ...(outputTokens && { outputTokens }),
  };
};

/** Go-style durations as OpenAI sends them: `1s`, `6m0s`, `120ms`, `1h2m`. Ms; null when it is none. */
export function resetDuration(value: string): number | null {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== value) return null;
  const unit: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return parts.reduce((sum, [, amount, name = '']) => sum + Number(amount) * (unit[name] ?? 0), 0);
}

function openAiReading(headers: Headers, what: string): LimitReading | null {
  return reading(headers, (field) => `x-ratelimit-${field}-${what}`, resetDuration);
}

function reading(
  headers: Headers,
  name: (field: string) => string,
  reset: (value: string) => number | null,
): LimitReading | null {
  const limit = count(headers.get(name('limit')));
  const remaining = count(headers.get(name('remaining')));
  const resetText = headers.get(name('reset'));
  const resetMs = resetText === null ? null : reset(resetText);
  return limit === null && remaining === null && resetMs === null ? null : { limit, remaining, resetMs };
}

function report(requests: LimitReading | null, tokens: LimitReading | null): LimitReport | null {
  return requests || tokens ? { requests, tokens } : null;
}

function count(value: string | null): number | null {
  const number = value === null || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}
