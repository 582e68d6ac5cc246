import { applyChanges } from '../edits/line-changes.ts';
import { type LeftOutEdit, mergeFileEdits } from '../edits/merge-file-edits.ts';
import type { ConflictVersion, FileEdit, LineChange } from '../results.ts';

/** A change that an agent of the run proposes, with the task that it works on. */
export interface Proposed {
  readonly taskId: string;
  readonly agent: string;
  readonly edit: FileEdit;
}

/** Lines of one file that several agents want otherwise. The same proposals always make the same conflicts. JSON. */
export interface EditConflict {
  readonly file: string;
  readonly baseHash: string | null;
  /** 1-based, inclusive; `endLine` = `startLine` - 1: all versions insert before `startLine`. */
  readonly startLine: number;
  readonly endLine: number;
  /** Two or more, in the order proposed. */
  readonly versions: readonly ConflictVersion[];
}

/** What was decided about a conflict. */
export interface Settlement {
  readonly conflict: EditConflict;
  /** The changes that are made instead of all versions. */
  readonly changes: readonly LineChange[];
  readonly summary: string;
}

/**
 * Where agents contradict one another: changes of the same lines, of lines that reach over one another, and insertions at one place.
 * Changes of other lines are no conflict, nor is one that two agents make alike. Each version has all that its agent changes there.
 */
export function conflictsOf(proposals: readonly Proposed[]): readonly EditConflict[] {
  const files = new Map<string, Item[]>();
  for (const { taskId, agent, edit } of proposals) {
    const items = files.get(edit.file) ?? [];
    files.set(edit.file, items);
    // Made for another text of the file: it cannot be laid over the others at all.
    if (items[0] && items[0].edit.baseHash !== edit.baseHash) continue;
    for (const change of edit.changes)
      if (!items.some((item) => isSame(item.change, change))) items.push({ taskId, agent, edit, change });
  }
  return [...files.values()].flatMap((items) => groupsOf(items).flatMap(conflictOf));
}

/**
 * The proposals as one edit per file: what nobody contradicts, and what was settled. Nothing of a conflict that is open is among them:
 * no version is ever chosen silently.
 */
export function settledEdits(
  proposals: readonly Proposed[],
  open: readonly EditConflict[],
  settlements: readonly Settlement[],
): { readonly edits: readonly FileEdit[]; readonly rejected: readonly LeftOutEdit[] } {
  const disputed = [...open, ...settlements.map(({ conflict }) => conflict)];
  const agreed = proposals.flatMap(({ edit }) => {
    const changes = edit.changes.filter((change) => !disputed.some((conflict) => isOf(conflict, edit, change)));
    if (changes.length === 0) return [];
    return [changes.length === edit.changes.length ? edit : { ...edit, changes }];
  });
  const settled = settlements.flatMap(({ conflict: { file, baseHash }, changes, summary }) =>
    changes.length === 0 ? [] : [{ file, baseHash, changes, summary }],
  );
  return mergeFileEdits([...agreed, ...settled]);
}

/** The lines of a conflict as a version has them. `before`: as they are. */
export function versionText({ startLine, endLine }: EditConflict, before: string, version: ConflictVersion): string {
  const { changes } = version;
  if (endLine < startLine) return changes.map(({ newText }) => newText).join('\n');
  const offset = startLine - 1;
  const moved = changes.map(({ newText, ...lines }) => ({
    startLine: lines.startLine - offset,
    endLine: lines.endLine - offset,
    newText,
  }));
  return applyChanges(before, moved);
}

/** Whether two conflicts are the same one, whatever the order of their versions. */
export function isSameConflict(a: EditConflict, b: EditConflict): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf({ file, baseHash, startLine, endLine, versions }: EditConflict): string {
  const texts = versions.map(({ taskId, agent, changes }) => JSON.stringify([taskId, agent, changes]));
  return JSON.stringify([file, baseHash, startLine, endLine, texts.sort()]);
}

interface Item extends Proposed {
  readonly change: LineChange;
}

/** Changes that touch one another, directly or through others. */
function groupsOf(items: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  let end = -1;
  for (const item of [...items].sort((a, b) => a.change.startLine - b.change.startLine)) {
    const group = groups.at(-1);
    if (group && item.change.startLine <= end) group.push(item);
    else groups.push([item]);
    end = Math.max(end, lastLine(item.change));
  }
  return groups.map((group) => group.sort((a, b) => items.indexOf(a) - items.indexOf(b)));
}

function conflictOf(group: readonly Item[]): EditConflict[] {
  const versions: Version[] = [];
  for (const { taskId, agent, edit, change } of group) {
    const own = versions.findLast((one) => one.taskId === taskId && one.agent === agent);
    // Who gets a task back and changes its mind contradicts itself: two versions.
    if (own && !own.changes.some((other) => touches(other, change))) {
      own.changes.push(change);
      own.changes.sort((a, b) => a.startLine - b.startLine);
      if (!own.summaries.includes(edit.summary)) own.summaries.push(edit.summary);
    } else versions.push({ taskId, agent, changes: [change], summaries: [edit.summary] });
  }
  const [first] = group;
  if (!first || versions.length < 2) return [];
  const { file, baseHash } = first.edit;
  const told = versions.map(({ summaries, ...version }) => ({ ...version, summary: summaries.join(' ') }));
  return [
    {
      ...{ file, baseHash, versions: told },
      startLine: Math.min(...group.map(({ change }) => change.startLine)),
      endLine: Math.max(...group.map(({ change }) => change.endLine)),
    },
  ];
}

interface Version extends Omit<ConflictVersion, 'changes' | 'summary'> {
  readonly changes: LineChange[];
  readonly summaries: string[];
}

/** Groups hold all that touches them, so what touches a conflict's lines is a part of it. */
function isOf({ file, baseHash, ...lines }: EditConflict, edit: FileEdit, change: LineChange): boolean {
  return file === edit.file && baseHash === edit.baseHash && touches({ ...lines, newText: '' }, change);
}

/** Two insertions at one place touch, and so does one inside of changed lines. */
function touches(a: LineChange, b: LineChange): boolean {
  return a.startLine <= lastLine(b) && b.startLine <= lastLine(a);
}

function lastLine({ startLine, endLine }: LineChange): number {
  return Math.max(startLine, endLine);
}

function isSame(a: LineChange, b: LineChange): boolean {
  return a.startLine === b.startLine && a.endLine === b.endLine && a.newText === b.newText;
}
