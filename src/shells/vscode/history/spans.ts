/** Months that are listed one by one; what is older stands together. */
const MONTHS = 12;

/** A stretch of local time that the History view shows as a group; null: open to that side. ISO-8601 UTC. */
export interface Span {
  /** Stable, so that expansion survives. */
  readonly key: string;
  readonly kind: 'today' | 'yesterday' | 'week' | 'month' | 'older';
  readonly from: string | null;
  readonly until: string | null;
}

/** The stretches of the past seen from `now`, newest first, without gaps or overlaps. Weeks begin on Monday. */
export function spansOf(now: Date): readonly Span[] {
  const year = now.getFullYear();
  const month = now.getMonth();
  const day = now.getDate();
  const starts: readonly (readonly [Span['kind'], Date])[] = [
    ['today', new Date(year, month, day)],
    ['yesterday', new Date(year, month, day - 1)],
    ['week', new Date(year, month, day - ((now.getDay() + 6) % 7))],
    ...Array.from({ length: MONTHS }, (_, back) => ['month', new Date(year, month - back, 1)] as const),
  ];
  const spans: Span[] = [];
  for (const [kind, start] of starts) {
    const from = start.toISOString();
    const until = spans.at(-1)?.from ?? null;
    // On Mondays and Tuesdays, and on the first days of a month, there is nothing left between.
    if (until !== null && from >= until) continue;
    const key = kind === 'month' ? `${start.getFullYear()}-${String(start.getMonth() + 1).padStart(2, '0')}` : kind;
    spans.push({ key, kind, from, until });
  }
  return [...spans, { key: 'older', kind: 'older', from: null, until: spans.at(-1)?.from ?? null }];
}
