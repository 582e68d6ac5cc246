import { language, t } from './texts.ts';

const counts = new Intl.NumberFormat(language);
const percent = new Intl.NumberFormat(language, { style: 'percent' });
const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });

/** A count: `1,234`. */
export function formatCount(value: number): string {
  return counts.format(value);
}

/** Tokens: `950`, `1.2K`, `3.4M`. */
export function formatTokens(value: number): string {
  return short.format(value);
}

/** USD with as many decimals as matter; `–` where it is not known. */
export function formatCost(value: number | null): string {
  if (value === null) return '–';
  if (value <= 0) return '$0';
  if (value < 0.0001) return '<$0.0001';
  return `$${value.toFixed(value < 0.01 ? 4 : value < 1 ? 3 : 2)}`;
}

/** A part of a whole: `80%`; `–` where it is not known. */
export function formatShare(value: number | null): string {
  return value === null ? '–' : percent.format(value);
}

/** A duration in ms: `85 ms`, `4.1 s`, `2 min 5 s`, `3 h 12 min`; `–` where there is none. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1000) return t('{0} ms', Math.round(ms));
  if (ms < 59_950) return t('{0} s', (ms / 1000).toFixed(1).replace(/\.0$/, ''));
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return t('{0} min {1} s', Math.floor(seconds / 60), seconds % 60);
  return t('{0} h {1} min', Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
}

/** A point in time, ISO-8601; `–` where there is none. */
export function formatTime(at: string | null): string {
  if (at === null) return '–';
  return new Date(at).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
}
