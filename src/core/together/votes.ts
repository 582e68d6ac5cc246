import * as z from 'zod';
import { EnsembleError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TaskInput } from '../ports.ts';

/** What one agent of several thinks. */
export const voteSchema = z.object({
  choice: z.string().min(1).describe('Your choice; where options are given, one of them word for word.'),
  reason: z.string().describe('Why, in one or two sentences.'),
});

/** Where one side of a negotiation stands. */
export const positionSchema = z.object({
  choice: z.string().min(1).describe('The result that you stand for now.'),
  agrees: z
    .boolean()
    .describe('True: you accept what the other side said last, or it accepts yours and nothing is open.'),
  reason: z.string().describe('Why, and what would make you agree.'),
});

/** What was decided. */
export const verdictSchema = z.object({
  choice: z.string().nullable().describe('The decision; null where there is none that you can give a reason for.'),
  reason: z.string().describe('Why, in one or two sentences.'),
});

/** A decision as dependents get it. */
export interface Verdict {
  /** Null: nothing was decided; what stood against one another is in `open`. */
  readonly choice: string | null;
  readonly reason: string;
  /** How it came about. */
  readonly by: 'majority' | 'agreement' | 'judge' | 'nobody';
  /** The choices that were not reconciled, most supported first; empty where there is a decision. */
  readonly open: readonly string[];
}

/** `AgentTask.detail` of votes and verdicts. */
export interface DecisionDetail {
  readonly type: 'vote' | 'majority' | 'judge' | 'agreement';
  /** The only choices there are; null: any. */
  readonly options: readonly string[] | null;
  /** Agents that were asked: more than half of them are a majority. */
  readonly voters: number;
}

/** Keeps a choice among the options, as the option is written. Throws `invalid-model-output` for any other. */
export function settleChoice(output: Json, detail: JsonObject | null): Json {
  const { options } = detail as unknown as DecisionDetail;
  const stated = output as { readonly choice: string | null };
  if (options === null || stated.choice === null) return output;
  const choice = options.find((one) => same(one, stated.choice ?? ''));
  if (choice !== undefined) return { ...(output as JsonObject), choice };
  throw new EnsembleError('invalid-model-output', `"${stated.choice}" is none of the options: ${options.join(', ')}.`);
}

/** A judge's word as a verdict. One who names no option, even when asked again, has decided nothing: the options stay open. */
export function settleVerdict(output: Json, detail: JsonObject | null, isRepair: boolean): Json {
  const { options } = detail as unknown as DecisionDetail;
  try {
    const { choice, reason } = settleChoice(output, detail) as { choice: string | null; reason: string };
    return verdict(
      choice === null
        ? { choice, reason, by: 'nobody', open: options ?? [] }
        : { choice, reason, by: 'judge', open: [] },
    );
  } catch (error) {
    if (!isRepair) throw error;
    return verdict({ choice: null, reason: 'The judge named none of the options.', by: 'nobody', open: options ?? [] });
  }
}

/**
 * The verdict that needs no judge: the choice of more than half of the agents that were asked, or what both sides of a negotiation
 * agreed on. Null: somebody has to decide. Votes of agents that failed count for nobody.
 */
export function decidedAlone(inputs: readonly TaskInput[], detail: JsonObject | null): Json {
  const { type, voters, options } = detail as unknown as DecisionDetail;
  if (inputs.every(({ status }) => status !== 'completed'))
    return verdict({ choice: null, reason: 'No agent has answered.', by: 'nobody', open: options ?? [] });
  if (type === 'judge') return null;
  if (type === 'agreement') return agreed(inputs);
  const [first] = tally(inputs);
  if (!first || first.votes * 2 <= voters) return null;
  const reason = `${first.votes} of ${voters} agents chose it. ${first.reason}`.trim();
  return verdict({ choice: first.choice, reason, by: 'majority', open: [] });
}

/** The choices by their votes, most first; of equally many the one that was named first. */
export function tally(
  inputs: readonly TaskInput[],
): { readonly choice: string; readonly votes: number; readonly reason: string }[] {
  const counts: { choice: string; votes: number; reason: string }[] = [];
  for (const { status, output } of inputs) {
    const vote = voteSchema.safeParse(output);
    if (status !== 'completed' || !vote.success) continue;
    const { choice, reason } = vote.data;
    const known = counts.find((one) => same(one.choice, choice));
    if (known) known.votes++;
    else counts.push({ choice, votes: 1, reason });
  }
  return counts.sort((a, b) => b.votes - a.votes);
}

/** The last round in which both sides spoke, if they agreed there on the same. */
function agreed(inputs: readonly TaskInput[]): Json {
  const spoken = inputs.flatMap(({ status, output }) => {
    const position = positionSchema.safeParse(output);
    return status === 'completed' && position.success ? [position.data] : [];
  });
  const [one, other] = spoken.slice(-2);
  if (!one?.agrees || !other?.agrees || !same(one.choice, other.choice)) return null;
  return verdict({ choice: one.choice, reason: other.reason, by: 'agreement', open: [] });
}

function verdict(made: Verdict): Json {
  return made as unknown as Json;
}

/** Case, white space and marks at the end do not matter. */
function same(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^["'`\s]+|["'`.!\s]+$/g, '');
}
