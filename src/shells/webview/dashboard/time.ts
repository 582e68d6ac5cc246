import type { DashboardTask } from '../../../protocol/dashboard.ts';

/** How long a task took, or has taken so far, ms; null: it has not begun. */
export function elapsed(task: Pick<DashboardTask, 'status' | 'durationMs' | 'startedAt'>, now: number): number | null {
  if (task.durationMs !== null) return task.durationMs;
  const goesOn = task.status === 'running' || task.status === 'waiting';
  return goesOn && task.startedAt !== null ? Math.max(0, now - Date.parse(task.startedAt)) : null;
}

/** A stretch of time on a {@link timeAxis}, as fractions of its length. */
export interface Span {
  readonly from: number;
  readonly length: number;
}

/** The time from the first start to the last end. */
export interface TimeAxis {
  /** Length, ms. */
  readonly length: number;
  /** Round points in time, ms from the start. */
  readonly ticks: readonly number[];
  spanOf(task: DashboardTask): Span | null;
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
];
const HOUR_MS = 3_600_000;
const MOST_TICKS = 5;

/** The axis on which these tasks lie; tasks that have not begun are not on it. */
export function timeAxis(tasks: readonly DashboardTask[], now: number): TimeAxis {
  const begun = tasks.flatMap((task) => {
    const took = elapsed(task, now);
    if (task.startedAt === null) return [];
    const start = Date.parse(task.startedAt);
    return [{ start, end: start + (took ?? 0) }];
  });
  const start = begun.reduce((least, each) => Math.min(least, each.start), Number.POSITIVE_INFINITY);
  const end = begun.reduce((most, each) => Math.max(most, each.end), 0);
  const length = Math.max(1, end - start);
  const step =
    STEPS_MS.find((each) => length / each <= MOST_TICKS) ?? Math.ceil(length / MOST_TICKS / HOUR_MS) * HOUR_MS;
  const ticks = begun.length === 0 ? [] : Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => at * step);
  return {
    length,
    ticks,
    spanOf(task) {
      if (task.startedAt === null) return null;
      return { from: (Date.parse(task.startedAt) - start) / length, length: (elapsed(task, now) ?? 0) / length };
    },
  };
}
