import * as z from 'zod';
import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import type { AgentDefinition, CallSettings } from '../agents/types.ts';
import { asData } from '../context/task-context.ts';
import { applySplices, overlaps } from '../edits/line-changes.ts';
import { type EditBase, type PlacedEdit, placeEdits, type RejectedEdit, settlePlaced } from '../edits/place-edits.ts';
import { parseProposedEdits } from '../edits/proposed-edit.ts';
import type { Splice } from '../edits/resolve-edit.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';

/** Lines that two agents change differently. */
export interface EditConflict {
  /** 1-based. */
  readonly number: number;
  /** The text as it was, and as each agent has it. */
  readonly before: string;
  readonly first: string;
  readonly second: string;
  readonly range: { readonly start: number; readonly end: number };
}

/** Two sets of edits of one text, laid over one another by the places that they quote. */
export interface MergedEdits {
  /** What does not touch what the other changes, and what both change alike. */
  readonly agreed: readonly PlacedEdit[];
  readonly conflicts: readonly EditConflict[];
  /** Edits that cannot be made at all. */
  readonly rejected: readonly RejectedEdit[];
}

/** How a resolver settles conflicts. */
export const resolutionsSchema = z.object({
  resolutions: z.array(
    z.object({
      conflict: z.number().int().describe('Number of the conflict.'),
      choose: z
        .enum(['first', 'second', 'merged', 'unresolved'])
        .describe('merged: neither, but the text that you give.'),
      text: z.string().nullable().describe('For merged: the complete new lines; else null.'),
      why: z.string().describe('One sentence.'),
    }),
  ),
});

/** What comes of it: the new text, and the conflicts that nobody could settle, with both versions. */
export interface ResolvedEdits {
  readonly text: string;
  readonly unresolved: readonly EditConflict[];
}

/** Three-way merge of what two agents propose for the same text: each edit is found by its quote, never by its line number. */
export function mergeEdits(base: EditBase, first: Json, second: Json): MergedEdits {
  const [one, other] = [first, second].map((output) => placeEdits(base, parseProposedEdits(output)));
  const [mine = [], theirs = []] = [one?.placed, other?.placed];
  const groups = conflictGroups(mine, theirs);
  const clashing = new Set(groups.flat());
  const alike = (edit: PlacedEdit) => mine.some(({ splice }) => sameSplice(splice, edit.splice));
  const free = [...mine, ...theirs.filter((edit) => !alike(edit))].filter((edit) => !clashing.has(edit));
  const settled = settlePlaced(base, free);
  return {
    agreed: settled.placed,
    conflicts: groups.map((group, index) => conflictOf(base.text, group, mine, index + 1)),
    rejected: [...(one?.rejected ?? []), ...(other?.rejected ?? []), ...settled.rejected],
  };
}

/** Edits that touch one another across the two sets, directly or through others. */
function conflictGroups(mine: readonly PlacedEdit[], theirs: readonly PlacedEdit[]): PlacedEdit[][] {
  const all = [...mine, ...theirs].sort((a, b) => a.splice.start - b.splice.start || a.splice.end - b.splice.end);
  let groups: PlacedEdit[][] = [];
  for (const edit of all) {
    const meets = (group: readonly PlacedEdit[]) =>
      group.some((other) => overlaps(other.splice, edit.splice) || touchesLine(other, edit));
    const joined = groups.filter(meets).flat();
    groups = [...groups.filter((group) => !meets(group)), [...joined, edit]];
  }
  const isConflict = (group: readonly PlacedEdit[]) =>
    group.some((edit) => mine.includes(edit)) &&
    group.some((edit) => theirs.includes(edit)) &&
    !group.every((edit) => sameSplice(edit.splice, group[0]?.splice ?? edit.splice));
  return groups.filter(isConflict);
}

/** Two changes of one line read as one, whoever made them. */
function touchesLine(a: PlacedEdit, b: PlacedEdit): boolean {
  return a.change.startLine <= b.change.endLine && b.change.startLine <= a.change.endLine;
}

function conflictOf(
  text: string,
  group: readonly PlacedEdit[],
  mine: readonly PlacedEdit[],
  number: number,
): EditConflict {
  const start = text.lastIndexOf('\n', Math.min(...group.map(({ splice }) => splice.start)) - 1) + 1;
  const last = Math.max(...group.map(({ splice }) => splice.end));
  const lineEnd = text[last - 1] === '\n' && last > start ? last - 1 : text.indexOf('\n', last);
  const end = lineEnd === -1 ? text.length : lineEnd;
  const version = (edits: readonly PlacedEdit[]) => {
    const splices = edits.map(({ splice }) => ({ ...splice, start: splice.start - start, end: splice.end - start }));
    return applySplices(text.slice(start, end + 1), splices).replace(/\n$/, '');
  };
  const [first, second] = [group.filter((edit) => mine.includes(edit)), group.filter((edit) => !mine.includes(edit))];
  return {
    number,
    before: text.slice(start, end),
    first: version(first),
    second: version(second),
    range: { start, end },
  };
}

/** The task of an agent that settles conflicts. Its answer goes to {@link applyResolutions}. */
export function resolverTask(
  id: string,
  conflicts: readonly EditConflict[],
  { agent, dependencies, call }: { agent: AgentDefinition; dependencies: readonly string[]; call: CallSettings },
): TaskSpec {
  const parts = conflicts.map(
    ({ number, before, first, second }) =>
      `## Conflict ${number}\n\nBefore:\n\n${asData(before)}\n\nFirst:\n\n${asData(first)}\n\nSecond:\n\n${asData(second)}`,
  );
  return agentTaskSpec(id, 'Resolve conflicting edits', dependencies, {
    ...{ agent, tier: agent.tier, model: null, maxTokens: null, call },
    prompt: `# Conflicting edits\n\n${parts.join('\n\n')}\n\n# What to answer\n\nSettle each conflict: choose a version, or give the lines that keep what both want. Leave unresolved what you cannot decide.`,
    output: 'resolutions',
    purpose: 'subtask',
    context: 'none',
    detail: { type: 'conflicts', count: conflicts.length } as JsonObject,
  });
}

/**
 * The text with everything that was agreed on and settled. A conflict that the resolver left out, settled twice in different ways or
 * settled with nothing stays as it was, and comes back with both versions: nothing is ever chosen silently.
 */
export function applyResolutions(
  base: Pick<EditBase, 'text'>,
  { agreed, conflicts }: MergedEdits,
  answer: Json,
): ResolvedEdits {
  const parsed = resolutionsSchema.safeParse(answer);
  const given = parsed.success ? parsed.data.resolutions : [];
  const unresolved: EditConflict[] = [];
  const splices: Splice[] = agreed.map(({ splice }) => splice);
  for (const conflict of conflicts) {
    const texts = new Set(given.filter((one) => one.conflict === conflict.number).map((one) => chosen(conflict, one)));
    const [text] = texts;
    if (texts.size !== 1 || text === null || text === undefined) unresolved.push(conflict);
    else splices.push({ ...conflict.range, text });
  }
  return {
    text: applySplices(
      base.text,
      splices.toSorted((a, b) => a.start - b.start),
    ),
    unresolved,
  };
}

function chosen(
  conflict: EditConflict,
  { choose, text }: z.infer<typeof resolutionsSchema>['resolutions'][number],
): string | null {
  if (choose === 'first') return conflict.first;
  if (choose === 'second') return conflict.second;
  return choose === 'merged' ? text : null;
}

/** Both versions of what is left open, for people, in the marks that every merge tool knows. */
export function renderUnresolved(conflicts: readonly EditConflict[]): string {
  return conflicts
    .map(
      ({ first, before, second }) =>
        `<<<<<<< first\n${first}\n||||||| before\n${before}\n=======\n${second}\n>>>>>>> second`,
    )
    .join('\n\n');
}

function sameSplice(a: Splice, b: Splice): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}
