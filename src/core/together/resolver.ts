import * as z from 'zod';
import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import { GROUND_RULES } from '../agents/ground-rules.ts';
import { teamOf } from '../agents/team-of.ts';
import type { AgentTask, CallSettings } from '../agents/types.ts';
import { asData } from '../context/task-context.ts';
import { syntaxProblem } from '../edits/syntax.ts';
import { EnsembleError } from '../errors.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import { type EditConflict, versionText } from './conflicts.ts';

/** Id of the task that settles conflicts of edits; no planned sub-task may have it. */
export const RESOLVE_TASK_ID = 'resolve';

/** How the resolver settles conflicts. */
export const resolutionsSchema = z.object({
  resolutions: z.array(
    z.object({
      conflict: z.number().int().describe('Number of the conflict.'),
      choose: z
        .enum(['version', 'merged', 'open'])
        .describe(
          'version: one of the versions as it is; merged: neither, but the lines that you give; open: a person has to decide.',
        ),
      version: z.number().int().nullable().describe('For "version": its number; else null.'),
      text: z.string().nullable().describe('For "merged": the complete new lines; else null.'),
      why: z.string().describe('One sentence.'),
    }),
  ),
});

/** What is decided about one conflict. */
export type Resolution = z.infer<typeof resolutionsSchema>['resolutions'][number];

/** A conflict as the resolver gets it. */
export interface KnownConflict extends EditConflict {
  /** 1-based: what the answer names it by. */
  readonly number: number;
  readonly languageId: string;
  /** Its lines as they are. */
  readonly before: string;
  /** Some lines before and after, so that it is clear where they stand. */
  readonly around: readonly [string, string];
}

/** `AgentTask.detail` of the resolver. */
export interface ConflictsDetail {
  readonly type: 'conflicts';
  readonly conflicts: readonly KnownConflict[];
}

const RESOLVER = teamOf('development', GROUND_RULES)(
  'conflict-resolver',
  'reviewer',
  'Settles contradicting changes of several agents.',
  'complex',
  'Your job is to settle conflicts: agents who worked at the same time want to change the same lines in different ways. For each conflict find out what every version is for. Give the lines that do all of it where that goes together; else take the version that is right and does more for the task. Leave open what rests on a decision that only a person can take. Change nothing beside the lines of the conflict.',
);

/** The task of an agent that settles conflicts; where it can, on other accounts than those that have proposed the changes. */
export function resolverTask(
  conflicts: readonly KnownConflict[],
  { task, dependencies, call }: { task: string; dependencies: readonly string[]; call: CallSettings },
): TaskSpec {
  const files = [...new Set(conflicts.map(({ file }) => file))];
  const where = files.length === 1 ? (files[0] ?? '') : `${files.length} files`;
  const detail: ConflictsDetail = { type: 'conflicts', conflicts };
  const payload: AgentTask = {
    agent: RESOLVER,
    prompt: [
      `# What all of it is about\n\n${asData(task)}`,
      ...conflicts.map(renderConflict),
      '# What to answer\n\nSettle each conflict.',
    ].join('\n\n'),
    tier: RESOLVER.tier,
    model: null,
    maxTokens: null,
    output: 'resolutions',
    purpose: 'review',
    context: 'none',
    detail: detail as unknown as JsonObject,
    judges: true,
    call,
  };
  const count = conflicts.length === 1 ? 'a contradiction' : `${conflicts.length} contradictions`;
  return agentTaskSpec(RESOLVE_TASK_ID, `Settle ${count} between changes of ${where}`, dependencies, payload);
}

/** True of the task of a resolver; in runs of older versions a planned sub-task may have its id. */
export function isResolver(id: string, payload: Json): boolean {
  return id === RESOLVE_TASK_ID && (payload as unknown as AgentTask).output === 'resolutions';
}

function renderConflict(conflict: KnownConflict): string {
  const { number, file, startLine, endLine, before, around, versions } = conflict;
  const lines = endLine < startLine ? `before line ${startLine}` : `lines ${startLine}-${endLine}`;
  const [above, below] = around;
  const parts = [
    ...(above === '' ? [] : [`Above them:\n\n${asData(above)}`]),
    endLine < startLine ? 'There is nothing yet.' : `As they are:\n\n${asData(before)}`,
    ...(below === '' ? [] : [`Below them:\n\n${asData(below)}`]),
    ...versions.map((version, index) => {
      const text = versionText(conflict, before, version);
      return `Version ${index + 1}, of ${version.agent} for:\n\n${asData(version.summary)}\n\n${text === '' ? 'The lines go.' : asData(text)}`;
    }),
  ];
  return `# Conflict ${number}: ${JSON.stringify(file)}, ${lines}\n\n${parts.join('\n\n')}`;
}

/** The resolver gets one chance to mend an answer that cannot be used; what is unusable then stays open. Throws `invalid-model-output`. */
export function settleResolutions(output: Json, { detail }: AgentTask, isRepair: boolean): Json {
  const { conflicts } = detail as unknown as ConflictsDetail;
  const { resolutions } = output as unknown as z.infer<typeof resolutionsSchema>;
  const problems = resolutions.flatMap((one) => {
    const conflict = conflicts.find(({ number }) => number === one.conflict);
    const problem = conflict ? problemOf(conflict, one) : 'there is no such conflict';
    return problem === null ? [] : [`- Conflict ${one.conflict}: ${problem}.`];
  });
  const numbers = resolutions.map(({ conflict }) => conflict);
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined) problems.push(`- Conflict ${twice}: it is settled twice.`);
  if (problems.length === 0 || isRepair) return output;
  throw new EnsembleError('invalid-model-output', problems.join('\n'));
}

/** Why a resolution cannot be used; null: it can. */
export function problemOf(conflict: KnownConflict, { choose, version, text }: Resolution): string | null {
  if (choose === 'open') return null;
  if (choose === 'version') {
    return version !== null && conflict.versions[version - 1] ? null : `there is no version ${version}`;
  }
  if (text === null) return '"text" has to hold the new lines';
  if (text.includes('[redacted ')) return 'the new lines hold the mark of a removed secret';
  return syntaxProblem(conflict.languageId, conflict.before, text);
}
