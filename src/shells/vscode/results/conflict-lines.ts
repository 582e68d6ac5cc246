import type { ConflictResult } from '../../../core/results.ts';
import { conflictHeading } from '../../../core/together/render-conflicts.ts';

/**
 * The lines (0-based) of the headings of open conflicts in a result, in their order; null where one is not found. They stand at its
 * end, so what agents say before them is never taken for one.
 */
export function conflictLines(
  text: string,
  open: readonly { readonly number: number; readonly conflict: ConflictResult }[],
): (number | null)[] {
  const lines = text.split(/\r?\n/);
  let until = lines.length;
  return open
    .toReversed()
    .map(({ number, conflict }) => {
      const found = lines.lastIndexOf(conflictHeading(number, conflict), until - 1);
      if (found === -1) return null;
      until = found;
      return found;
    })
    .reverse();
}
