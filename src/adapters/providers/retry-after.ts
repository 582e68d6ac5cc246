/**
 * A vendor's advice when to come back, ms from now: `retry-after-ms`, or `retry-after` as seconds or as a date. A date counts
 * from the response's own `date`, so that a clock that is off on either side does not matter. Null where there is no advice
 * or it makes no sense; never negative.
 */
export function retryAfterMs(headers: Headers | undefined, now: number): number | null {
  const milliseconds = numberIn(headers?.get('retry-after-ms'));
  if (milliseconds !== null) return Math.max(0, milliseconds);
  const value = headers?.get('retry-after')?.trim();
  if (!value) return null;
  const seconds = numberIn(value);
  if (seconds !== null) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  if (Number.isNaN(date)) return null;
  const sentAt = Date.parse(headers?.get('date') ?? '');
  return Math.max(0, date - (Number.isNaN(sentAt) ? now : sentAt));
}

/**
 * Advice that comes in an error's body: Google's `RetryInfo` (`"36s"`), OpenRouter's copy of the headers (epoch ms). Ms from
 * now; null where there is none.
 */
export function retryAdviceIn(error: unknown, now: number): number | null {
  if (typeof error !== 'object' || error === null) return null;
  const { details, metadata } = error as {
    details?: unknown;
    metadata?: { headers?: Record<string, unknown> | null } | null;
  };
  for (const detail of Array.isArray(details) ? details : []) {
    const delay: unknown = (detail as { retryDelay?: unknown } | null)?.retryDelay;
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  const reset = Number(metadata?.headers?.['X-RateLimit-Reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(0, reset - now) : null;
}

/** The largest of one or more numbers: a header that comes twice arrives as `5, 5`. Null where any of it is no number. */
function numberIn(text: string | null | undefined): number | null {
  const parts = (text ?? '').split(',').map((part) => part.trim());
  const numbers = parts.map((part) => (part === '' ? Number.NaN : Number(part)));
  return numbers.every(Number.isFinite) ? Math.max(...numbers) : null;
}
