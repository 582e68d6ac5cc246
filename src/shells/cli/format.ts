import type { TokenUsage } from '../../core/model.ts';

/** `1 file`, `2 files`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${grouped(amount)} ${amount === 1 ? one : many}`;
}

/** `12,345`. */
export function grouped(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `950`, `12.3k`, `1.2M`. */
export function compact(amount: number): string {
  if (amount < 1000) return String(Math.round(amount));
  // 999,950 would round to 1000.0k.
  if (amount < 999_950) return `${(amount / 1000).toFixed(1)}k`;
  return `${(amount / 1_000_000).toFixed(1)}M`;
}

/** Input and output together; `~` marks a number that we counted ourselves. */
export function tokenSum(tokens: TokenUsage): string {
  return `${tokens.estimated ? '~' : ''}${compact(tokens.input + tokens.output)}`;
}

/** USD as `$0.0123`: at least two decimals, at most six; null: a price was unknown. */
export function usd(cost: number | null): string {
  if (cost === null) return 'unknown';
  return `$${cost.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: cost < 1 ? 6 : 2 })}`;
}

/** Milliseconds as `350 ms`, `4.2 s`, `1:05`, `1:02:03`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Elapsed time of something that goes on, in whole seconds: `0:07`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `0:${String(seconds).padStart(2, '0')}` : duration(seconds * 1000);
}

/** `512 B`, `1.4 kB`, `3.0 MB`. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 999_950 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}

/** An ISO time as local `2026-01-31 13:05`. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
