import type { FileEdit, LineChange } from '../results.ts';

/** A proposal that is left out, with the end of the sentence "Not taken: ...". */
export interface LeftOutEdit {
  readonly edit: FileEdit;
  readonly reason: string;
}

/**
 * Proposals of one or more agents as one edit for each file, in the order proposed. One that was made for another text of the file,
 * or changes lines that an earlier one changes otherwise, is left out; the same change twice counts once.
 */
export function mergeFileEdits(proposed: readonly FileEdit[]): {
  readonly edits: readonly FileEdit[];
  readonly rejected: readonly LeftOutEdit[];
} {
  const merged = new Map<string, FileEdit>();
  const rejected: LeftOutEdit[] = [];
  for (const edit of proposed) {
    const known = merged.get(edit.file);
    if (known === undefined) {
      merged.set(edit.file, edit);
      continue;
    }
    const fresh = edit.changes.filter((change) => !known.changes.some((one) => isSame(one, change)));
    const reason = contradiction(known, { ...edit, changes: fresh });
    if (reason !== null) rejected.push({ edit, reason });
    else if (fresh.length > 0) merged.set(edit.file, joined(known, { ...edit, changes: fresh }));
  }
  return { edits: [...merged.values()], rejected };
}

function contradiction(known: FileEdit, edit: FileEdit): string | null {
  if (edit.baseHash !== known.baseHash) return 'the file has changed since an earlier proposal';
  const other = known.changes.find((one) => edit.changes.some((change) => touches(one, change)));
  if (!other) return null;
  return `it contradicts another proposal for the lines ${other.startLine}-${Math.max(other.startLine, other.endLine)}`;
}

/** Two insertions at one place contradict, and so does one inside of changed lines. */
function touches(a: LineChange, b: LineChange): boolean {
  const [aEnd, bEnd] = [Math.max(a.startLine, a.endLine), Math.max(b.startLine, b.endLine)];
  return a.startLine <= bEnd && b.startLine <= aEnd;
}

function isSame(a: LineChange, b: LineChange): boolean {
  return a.startLine === b.startLine && a.endLine === b.endLine && a.newText === b.newText;
}

function joined(known: FileEdit, edit: FileEdit): FileEdit {
  const changes = [...known.changes, ...edit.changes].sort((a, b) => a.startLine - b.startLine);
  return { ...known, changes, summary: `${known.summary} ${edit.summary}` };
}
