import type { LineChange } from '../results.ts';
import { applySplices, overlaps, toLineChanges } from './line-changes.ts';
import type { ProposedEdit } from './proposed-edit.ts';
import { resolveEdit, type Splice } from './resolve-edit.ts';
import { syntaxProblem } from './syntax.ts';

/** What edits are made for: all of a file, or lines of it. JSON. */
export interface EditBase {
  readonly languageId: string;
  /** Redacted, line breaks are `\n`. */
  readonly text: string;
  /** 1-based line of the file at which `text` begins. */
  readonly firstLine: number;
  /** Lines of the file that may change. */
  readonly allowed: { readonly first: number; readonly last: number };
  /** Lines of the file that had a secret in them. */
  readonly redactedLines: readonly number[];
}

/** An edit that has a place. The splice is one of `EditBase.text`; the lines are the file's. */
export interface PlacedEdit {
  readonly edit: ProposedEdit;
  readonly splice: Splice;
  readonly change: LineChange;
}

/** An edit that is not taken; the reason ends the sentence "Not taken: ...". */
export interface RejectedEdit {
  readonly edit: ProposedEdit;
  readonly reason: string;
}

/** Edits with and without a place, in the order proposed. */
export interface PlacedEdits {
  readonly placed: readonly PlacedEdit[];
  readonly rejected: readonly RejectedEdit[];
}

/**
 * Finds the place of each edit and refuses those that cannot be made as they are: not found, not unique, outside of the
 * lines that may change, on a line with a redacted secret, over an earlier edit, or such that brackets no longer match.
 * Never throws; the same input always gives the same output.
 */
export function placeEdits(base: EditBase, edits: readonly ProposedEdit[]): PlacedEdits {
  const found: PlacedEdit[] = [];
  const rejected: RejectedEdit[] = [];
  for (const edit of edits) {
    const one = place(base, edit);
    if (typeof one === 'string') rejected.push({ edit, reason: one });
    else found.push(one);
  }
  const settled = settlePlaced(base, found);
  return { placed: settled.placed, rejected: [...rejected, ...settled.rejected] };
}

/**
 * Edits of several agents as one set: of two that contradict one another the first stays, one that is there twice counts
 * once, and none may break the code. Splices are those of `base.text`.
 */
export function settlePlaced(base: Pick<EditBase, 'languageId' | 'text'>, found: readonly PlacedEdit[]): PlacedEdits {
  const placed: PlacedEdit[] = [];
  const rejected: RejectedEdit[] = [];
  for (const one of found) {
    const reason = conflict(one, placed);
    if (reason === null) placed.push(one);
    else if (reason !== SAME) rejected.push({ edit: one.edit, reason });
  }
  return withoutBroken(base, placed, rejected);
}

/** Said of an edit that is one of the earlier ones once more: neither taken nor refused. */
const SAME = 'same';

function place(base: EditBase, edit: ProposedEdit): PlacedEdit | string {
  if (edit.replace.includes('[redacted ')) return 'its new text holds the mark of a removed secret';
  const resolution = resolveEdit(base.text, edit, base.firstLine);
  if (!resolution.ok) return resolution.reason;
  const [inText] = toLineChanges(base.text, [resolution.splice]);
  if (!inText) return 'it changes nothing';
  const shift = base.firstLine - 1;
  const change = { ...inText, startLine: inText.startLine + shift, endLine: inText.endLine + shift };
  if (!within(change, base)) return `it is outside of the lines ${base.allowed.first}-${base.allowed.last}`;
  if (base.redactedLines.some((line) => line >= change.startLine && line <= change.endLine))
    return 'a secret was removed from a line that it changes, so the line cannot be written back';
  return { edit, splice: resolution.splice, change };
}

/** Lines may also be inserted right behind the last one that may change. */
function within({ startLine, endLine }: LineChange, { allowed }: EditBase): boolean {
  if (endLine < startLine) return startLine >= allowed.first && startLine <= allowed.last + 1;
  return startLine >= allowed.first && endLine <= allowed.last;
}

function conflict(found: PlacedEdit, placed: readonly PlacedEdit[]): string | null {
  const other = placed.find(({ splice }) => overlaps(splice, found.splice));
  if (!other) return null;
  const { start, end, text } = other.splice;
  if (start === found.splice.start && end === found.splice.end && text === found.splice.text) return SAME;
  return `it contradicts another edit of the lines ${other.change.startLine}-${Math.max(other.change.startLine, other.change.endLine)}`;
}

/** Drops the edits after which brackets no longer match: those that break them alone, else all. */
function withoutBroken(
  base: Pick<EditBase, 'languageId' | 'text'>,
  placed: PlacedEdit[],
  rejected: RejectedEdit[],
): PlacedEdits {
  const problemOf = (edits: readonly PlacedEdit[]) =>
    syntaxProblem(
      base.languageId,
      base.text,
      applySplices(
        base.text,
        edits.map(({ splice }) => splice),
      ),
    );
  if (problemOf(placed) === null) return { placed, rejected };
  const broken = placed.filter((one) => problemOf([one]) !== null);
  const rest = placed.filter((one) => !broken.includes(one));
  const all = problemOf(rest) === null ? broken : placed;
  const reasons = all.map(({ edit }) => ({ edit, reason: problemOf(all) ?? 'it breaks the code' }));
  return { placed: placed.filter((one) => !all.includes(one)), rejected: [...rejected, ...reasons] };
}

/**
 * The edits whose changes together leave all redacted lines alone. Each does so by itself; but a change that would leave an
 * empty line takes the line beside it along, and that can be one of them.
 */
export function withoutRedacted<T extends PlacedEdit>(
  { text, redactedLines }: Pick<EditBase, 'text' | 'redactedLines'>,
  edits: readonly T[],
): readonly T[] {
  const changes = toLineChanges(
    text,
    edits.map(({ splice }) => splice),
  );
  const wrong = changes.filter(({ startLine, endLine }) =>
    redactedLines.some((line) => line >= startLine && line <= endLine),
  );
  if (wrong.length === 0) return edits;
  return edits.filter(({ change }) =>
    wrong.every(({ startLine, endLine }) => change.endLine < startLine || change.startLine > endLine),
  );
}
