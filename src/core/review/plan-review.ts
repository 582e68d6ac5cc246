import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import type { AgentTask, CallSettings } from '../agents/types.ts';
import { withPeers } from '../agents/with-peers.ts';
import { charactersFor } from '../context/token-estimate.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { JsonObject } from '../json.ts';
import type { ReviewDepth } from '../requests.ts';
import { type Piece, packChunks } from './chunks.ts';
import type { Dismissal } from './dismissals.ts';
import type { Gathered, SourceFile } from './gathered.ts';
import { type Lens, type LensName, lensesFor, SUMMARY_AGENT } from './lenses.ts';
import { renderReviewPrompt } from './prompt-format.ts';

/** Id of the task that every review ends with. */
export const SUMMARY_TASK_ID = 'summary';

/** Code that one reviewer gets at once, tokens. Less code, closer look. */
const CHUNK_TOKENS: Readonly<Record<ReviewDepth, number>> = { quick: 32_000, standard: 24_000, thorough: 12_000 };

/** Enough for twenty findings with their edits. Output tokens. */
const MAX_ANSWER_TOKENS = 6_144;
const MAX_SUMMARY_TOKENS = 2_048;

/** A lens task, as the summary and the conclusion know it. */
export interface PlannedLens {
  readonly taskId: string;
  readonly lens: LensName;
  readonly agent: string;
  readonly paths: readonly string[];
}

/** `AgentTask.detail` of the summary: the code that findings are anchored in, once, and who was shown which files. */
export interface ReviewDetail {
  readonly files: readonly SourceFile[];
  readonly lenses: readonly PlannedLens[];
  /** What the person dismissed before. Absent in runs that older versions planned. */
  readonly dismissals?: readonly Dismissal[];
}

/**
 * The graph of a review: each lens looks at each chunk at once, then the findings are summed up. A lens that fails lets
 * the summary go on with what there is; the conclusion says which files it leaves unreviewed.
 */
export function planReview(
  gathered: Gathered,
  options: {
    readonly depth: ReviewDepth;
    readonly call: CallSettings;
    /** True: those who look at the same code in a deep review may write to one another. Default false. */
    readonly communicates?: boolean;
    /** Findings that the person does not want to see again. Default: none. */
    readonly dismissals?: readonly Dismissal[];
  },
): TaskSpec[] {
  const { depth, call, dismissals = [], communicates = false } = options;
  const chunks = packChunks(gathered.files, charactersFor(CHUNK_TOKENS[depth]));
  const { lenses, passes } = lensesFor(depth);
  const planned: PlannedLens[] = [];
  const specs: TaskSpec[] = [];
  /** Those who look at the same code at the same time, by both. */
  const together = new Map<string, TaskSpec[]>();
  for (const lens of lenses) {
    for (let pass = 1; pass <= passes; pass++) {
      for (const [index, pieces] of chunks.entries()) {
        const taskId = `${lens.name}-${index + 1}${pass > 1 ? `-pass-${pass}` : ''}`;
        const paths = [...new Set(pieces.map(({ path }) => path))];
        planned.push({ taskId, lens: lens.name, agent: lens.agent.name, paths });
        const part = { index, chunks: chunks.length, pass };
        const spec = lensSpec(taskId, describe(lens, pieces, part), { lens, pieces, pass }, call);
        specs.push(spec);
        together.set(`${index} ${pass}`, [...(together.get(`${index} ${pass}`) ?? []), spec]);
      }
    }
  }
  const talking = communicates && depth === 'thorough' ? [...together.values()].flatMap(withPeers) : specs;
  return [...talking, summarySpec(gathered, { files: gathered.files, lenses: planned, dismissals }, call)];
}

/** The detail of a planned review; null where the tasks are none of a review. */
export function reviewDetail(specs: readonly TaskSpec[]): ReviewDetail | null {
  const payload = specs.find(({ id }) => id === SUMMARY_TASK_ID)?.payload as unknown as AgentTask | undefined;
  return (payload?.detail ?? null) as unknown as ReviewDetail | null;
}

function describe(
  lens: Lens,
  pieces: readonly Piece[],
  { index, chunks, pass }: { readonly index: number; readonly chunks: number; readonly pass: number },
): string {
  const again = pass > 1 ? ', second look' : '';
  if (chunks === 1) return `Review for ${lens.label}${again}`;
  const paths = [...new Set(pieces.map(({ path }) => path))];
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  return `Review for ${lens.label}${again}, part ${index + 1} of ${chunks}: ${paths[0] ?? ''}${more}`;
}

function lensSpec(
  id: string,
  description: string,
  { lens, pieces, pass }: { readonly lens: Lens; readonly pieces: readonly Piece[]; readonly pass: number },
  call: CallSettings,
): TaskSpec {
  const payload: AgentTask = {
    agent: lens.agent,
    prompt: renderReviewPrompt(lens, pieces, pass),
    tier: lens.agent.tier,
    model: null,
    maxTokens: MAX_ANSWER_TOKENS,
    output: 'findings',
    purpose: 'review',
    context: 'none',
    detail: null,
    call,
  };
  return agentTaskSpec(id, description, [], payload);
}

function summarySpec(gathered: Gathered, detail: ReviewDetail, call: CallSettings): TaskSpec {
  const payload: AgentTask = {
    agent: SUMMARY_AGENT,
    prompt: summaryPrompt(gathered),
    tier: SUMMARY_AGENT.tier,
    model: null,
    maxTokens: MAX_SUMMARY_TOKENS,
    output: null,
    purpose: 'summary',
    context: 'findings',
    detail: detail as unknown as JsonObject,
    call,
  };
  const dependencies = detail.lenses.map(({ taskId }) => taskId);
  return agentTaskSpec(SUMMARY_TASK_ID, 'Sum up the findings', dependencies, payload);
}

function summaryPrompt({ files, skipped, truncated, failed }: Gathered): string {
  const notRead = truncated.length + failed.length;
  return `# What to answer

Sum up the review above in Markdown, in at most 200 words, without headings: what matters most, what the causes have in common, and what to do first. The findings themselves are printed below your summary, so do not repeat them one by one.
The review was about ${files.length} ${files.length === 1 ? 'file' : 'files'}; ${skipped.length} paths were left out on purpose and ${notRead} could not be read or did not fit.`;
}
