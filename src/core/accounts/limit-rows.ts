import type { QuotaLimits } from '../config.ts';
import type { Pace } from './lessons.ts';
import type { LimitStatus } from './types.ts';

/** The limits of a quota group other than tokens, and how much of each is used. */
export function limitRows(
  { requestsPerMinute, requestsPerDay, concurrent }: QuotaLimits,
  pace: Pace,
  used: { readonly perMinute: number; readonly perDay: number; readonly atOnce: number },
): LimitStatus[] {
  const paced = pace.requestsPerMinute === null ? null : Math.round(pace.requestsPerMinute * 10) / 10;
  const rows = [
    ['requests-per-minute', paced === null ? null : (requestsPerMinute ?? paced), used.perMinute, pace.learned],
    ['requests-per-day', requestsPerDay, used.perDay, false],
    ['concurrent', concurrent, used.atOnce, false],
  ] as const;
  return rows.flatMap(([kind, limit, of, learned]) =>
    limit === null ? [] : [{ kind, model: null, limit, used: of, learned }],
  );
}
