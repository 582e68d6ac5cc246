import type { AgentTask } from '../agents/types.ts';
import type { LeftOutEdit } from '../edits/merge-file-edits.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { ConflictResult, FileEdit, TaskResult } from '../results.ts';
import {
  conflictsOf,
  type EditConflict,
  isSameConflict,
  type Proposed,
  type Settlement,
  settledEdits,
} from './conflicts.ts';
import {
  type ConflictsDetail,
  isResolver,
  type KnownConflict,
  problemOf,
  RESOLVE_TASK_ID,
  type Resolution,
  resolutionsSchema,
} from './resolver.ts';

/** What the agents of a run propose together. */
export interface SettledProposals {
  readonly edits: readonly FileEdit[];
  /** Made for another text of the file than an earlier one. */
  readonly rejected: readonly LeftOutEdit[];
  readonly conflicts: readonly ConflictResult[];
}

/** The proposals of the tasks that have completed, with the conflicts among them as the resolver has settled them. */
export function settleProposals(tasks: readonly TaskResult[], specs: readonly TaskSpec[]): SettledProposals {
  const agents = new Map(specs.map(({ id, agent }) => [id, agent]));
  const proposals = tasks.flatMap(({ id, status, edits = [] }): Proposed[] =>
    status === 'completed'
      ? edits.map((edit) => ({ taskId: id, agent: edit.agent ?? agents.get(id) ?? '', edit }))
      : [],
  );
  const answers = answersOf(tasks, specs);
  const open: EditConflict[] = [];
  const settlements: Settlement[] = [];
  const conflicts = conflictsOf(proposals).map((conflict): ConflictResult => {
    const { known, resolution } = answers.find((one) => isSameConflict(one.known, conflict)) ?? NOT_ASKED;
    const settlement = resolution === null ? null : settlementOf(known ?? conflict, resolution);
    if (settlement === null) open.push(conflict);
    else settlements.push(settlement);
    const { file, baseHash, startLine, endLine, versions } = known ?? conflict;
    const choose = settlement === null || resolution?.choose === 'open' ? null : (resolution?.choose ?? null);
    return {
      ...{ file, baseHash, startLine, endLine, versions },
      before: known?.before ?? null,
      settled: choose,
      version: choose === 'version' ? (resolution?.version ?? null) : null,
      why: resolution?.why ?? null,
    };
  });
  return { ...settledEdits(proposals, open, settlements), conflicts };
}

const NOT_ASKED = { known: null, resolution: null };

/** What the resolver was asked, with its answer where there is one that can be used. */
function answersOf(
  tasks: readonly TaskResult[],
  specs: readonly TaskSpec[],
): readonly { readonly known: KnownConflict; readonly resolution: Resolution | null }[] {
  const payload = specs.find(({ id, payload: of }) => isResolver(id, of))?.payload as unknown as AgentTask | undefined;
  if (!payload) return [];
  const detail = payload.detail as unknown as ConflictsDetail;
  const task = tasks.find(({ id }) => id === RESOLVE_TASK_ID);
  const parsed = resolutionsSchema.safeParse(task?.status === 'completed' ? task.output : null);
  const given = parsed.success ? parsed.data.resolutions : [];
  return detail.conflicts.map((known) => {
    const own = given.filter(({ conflict }) => conflict === known.number);
    const [only] = own;
    const usable = own.length === 1 && only && problemOf(known, only) === null;
    return { known, resolution: usable ? only : null };
  });
}

function settlementOf(conflict: EditConflict, { choose, version, text, why }: Resolution): Settlement | null {
  if (choose === 'open') return null;
  const { startLine, endLine } = conflict;
  if (choose === 'version') {
    const chosen = conflict.versions[(version ?? 0) - 1];
    return chosen ? { conflict, changes: chosen.changes, summary: chosen.summary } : null;
  }
  const removesNothing = endLine < startLine && text === '';
  return {
    conflict,
    changes: removesNothing ? [] : [{ startLine, endLine, newText: withoutEnd(text ?? '') }],
    summary: why,
  };
}

function withoutEnd(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\n$/, '');
}
