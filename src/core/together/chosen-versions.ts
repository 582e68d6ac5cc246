import { mergeFileEdits } from '../edits/merge-file-edits.ts';
import { EnsembleError } from '../errors.ts';
import type { ConflictResult, FileEdit, RunResult } from '../results.ts';

/** A version that a person takes where agents contradict one another. Both numbers are 1-based, as the result shows them. */
export interface ChosenVersion {
  readonly conflict: number;
  readonly version: number;
}

/** The conflicts of a result that are left to the person, with their numbers in it. */
export function openConflicts({ conflicts = [] }: Pick<RunResult, 'conflicts'>): readonly {
  readonly number: number;
  readonly conflict: ConflictResult;
}[] {
  return conflicts
    .map((conflict, index) => ({ number: index + 1, conflict }))
    .filter(({ conflict }) => conflict.settled === null);
}

/**
 * What a run proposes together with the versions that a person has chosen, one edit per file. Throws `invalid-input` for a conflict
 * that is not open, a version that it does not have, or two versions of one conflict.
 */
export function withChosenVersions(
  result: Pick<RunResult, 'edits' | 'conflicts'>,
  chosen: readonly ChosenVersion[],
): readonly FileEdit[] {
  const open = openConflicts(result);
  const numbers = chosen.map(({ conflict }) => conflict);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined) throw unfit(`Conflict ${twice} can have one version only.`, open);
  const edits = chosen.map(({ conflict: number, version }): FileEdit => {
    const conflict = open.find((one) => one.number === number)?.conflict;
    if (!conflict) throw unfit(`There is no open conflict ${number} in this run.`, open);
    const taken = conflict.versions[version - 1];
    if (!taken) throw unfit(`Conflict ${number} has versions 1 to ${conflict.versions.length}.`, open);
    const { file, baseHash } = conflict;
    return { file, baseHash, changes: taken.changes, summary: taken.summary, agent: taken.agent };
  });
  const { edits: together, rejected } = mergeFileEdits([...(result.edits ?? []), ...edits]);
  const [left] = rejected;
  if (left) throw unfit(`The version for ${left.edit.file} cannot be taken: ${left.reason}.`, open);
  return together;
}

function unfit(message: string, open: ReturnType<typeof openConflicts>): EnsembleError {
  const hint =
    open.length === 0
      ? 'Nothing in it is left to decide.'
      : `Open are: ${open.map(({ number, conflict }) => `${number} (${conflict.file}, line ${conflict.startLine})`).join(', ')}.`;
  return new EnsembleError('invalid-input', message, { hint });
}
