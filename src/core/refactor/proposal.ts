import { asData } from '../context/task-context.ts';
import { applySplices, toLineChanges } from '../edits/line-changes.ts';
import { type PlacedEdit, placeEdits, type RejectedEdit, settlePlaced } from '../edits/place-edits.ts';
import { parseProposedEdits } from '../edits/proposed-edit.ts';
import type { TargetCode } from '../edits/read-target.ts';
import { unifiedDiff } from '../edits/unified-diff.ts';
import type { Json } from '../json.ts';
import type { TaskInput } from '../ports.ts';
import { exportedNames } from '../source/exported-symbols.ts';
import { editTaskId, type RefactorDetail } from './plan-refactor.ts';
import { sectionsOf } from './sections.ts';

/** An edit that can be made, by the number that the checker knows it by. */
export interface NumberedEdit extends PlacedEdit {
  /** 1-based. */
  readonly number: number;
}

/** What the editors propose together. */
export interface Proposal {
  readonly edits: readonly NumberedEdit[];
  readonly rejected: readonly RejectedEdit[];
}

/** Goals with these words may take public names away. */
const MAY_REMOVE = /\b(?:renam|remov|delet|drop|unexport|inlin|mov|split|extract)/i;

/**
 * The edits of all editors in the order of the sections, those left out that cannot be made (see `placeEdits`), contradict
 * an earlier one or take an exported name away that the goals do not speak of. `outputs`: by task id, of completed editors.
 */
export function proposalOf({ code, goals }: RefactorDetail, outputs: ReadonlyMap<string, Json>): Proposal {
  const rejected: RejectedEdit[] = [];
  const placed = sectionsOf(code).flatMap((base, index) => {
    const output = outputs.get(editTaskId(index));
    if (output === undefined) return [];
    const own = placeEdits(base, parseProposedEdits(output));
    rejected.push(...own.rejected);
    const offset = offsetOfLine(code.text, base.firstLine);
    return own.placed.map((one) => ({ ...one, splice: moved(one.splice, offset) }));
  });
  const settled = settlePlaced(code, placed);
  const kept = withoutRemovedNames(code, goals, settled.placed);
  return {
    edits: kept.placed.map((one, index) => ({ ...one, number: index + 1 })),
    rejected: [...rejected, ...settled.rejected, ...kept.rejected],
  };
}

/** What the checker gets to read; null: there is no edit to check. */
export function proposalContext(inputs: readonly TaskInput[], detail: RefactorDetail): string | null {
  const { edits } = proposalOf(detail, outputsOf(inputs));
  if (edits.length === 0) return null;
  return ['# Proposed edits', ...edits.map((edit) => renderEdit(edit, detail.code))].join('\n\n');
}

/** Outputs of the tasks that completed, by id. */
export function outputsOf(
  tasks: readonly { readonly taskId: string; readonly status: string; readonly output: Json }[],
): ReadonlyMap<string, Json> {
  return new Map(tasks.flatMap(({ taskId, status, output }) => (status === 'completed' ? [[taskId, output]] : [])));
}

/** An edit alone, as a diff. */
export function diffOf({ splice }: PlacedEdit, { path, text }: TargetCode): string {
  return unifiedDiff(path, text, applySplices(text, [splice]));
}

/** `lines 3-5`, `line 3`, `before line 3`. */
export function placeName({ change }: PlacedEdit): string {
  const { startLine, endLine } = change;
  if (endLine < startLine) return `before line ${startLine}`;
  return endLine === startLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`;
}

function renderEdit(edit: NumberedEdit, code: TargetCode): string {
  return `## Edit ${edit.number}, ${placeName(edit)}\n\n${asData(edit.edit.why)}\n\n${asData(diffOf(edit, code).trimEnd())}`;
}

function withoutRemovedNames(
  code: TargetCode,
  goals: string | null,
  placed: readonly PlacedEdit[],
): { placed: readonly PlacedEdit[]; rejected: readonly RejectedEdit[] } {
  const before = exportedNames(code.languageId, code.text);
  const lost = (edits: readonly PlacedEdit[]) => {
    const splices = edits.map(({ splice }) => splice);
    const after = exportedNames(code.languageId, applySplices(code.text, splices));
    return [...before].filter((name) => !after.has(name) && !asksFor(goals, name));
  };
  if (lost(placed).length === 0) return { placed, rejected: [] };
  const rejected = placed.flatMap((one) => {
    const [name] = lost([one]);
    return name === undefined
      ? []
      : [{ one, reason: `it removes the exported name "${name}", which the goals do not ask for` }];
  });
  const out = new Set(rejected.map(({ one }) => one));
  return {
    placed: placed.filter((one) => !out.has(one)),
    rejected: rejected.map(({ one, reason }) => ({ edit: one.edit, reason })),
  };
}

function asksFor(goals: string | null, name: string): boolean {
  return goals !== null && (MAY_REMOVE.test(goals) || goals.includes(name));
}

function moved<T extends { readonly start: number; readonly end: number }>(splice: T, offset: number): T {
  return { ...splice, start: splice.start + offset, end: splice.end + offset };
}

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at++) offset = text.indexOf('\n', offset) + 1;
  return offset;
}

/** The changes of edits that are made together. */
export function changesOf(edits: readonly PlacedEdit[], { text }: TargetCode) {
  return toLineChanges(
    text,
    edits.map(({ splice }) => splice),
  );
}
