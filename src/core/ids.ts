import { ulid } from 'ulid';

/** A ULID: ids sort by creation time. `now` is epoch ms; `random` is uniform in [0, 1). */
export function newRunId(now: number, random: () => number): string {
  return ulid(Math.max(0, Math.floor(now)), random);
}
