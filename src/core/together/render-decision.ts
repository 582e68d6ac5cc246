import * as z from 'zod';
import type { Json } from '../json.ts';
import { positionSchema, type Verdict, verdictSchema, voteSchema } from './votes.ts';

const WAYS: Readonly<Record<Verdict['by'], string>> = {
  majority: 'by majority',
  agreement: 'by agreement',
  judge: 'by the judge',
  nobody: 'by nobody',
};

const decidedSchema = verdictSchema.extend({
  by: z.enum(['majority', 'agreement', 'judge', 'nobody']),
  open: z.array(z.string()),
});

/** A vote, a position or a decision as Markdown; null: the output is none. */
export function renderDecision(output: Json): string | null {
  const decided = decidedSchema.safeParse(output);
  if (decided.success) return verdictText(decided.data);
  const position = positionSchema.safeParse(output);
  if (position.success) {
    const { choice, agrees, reason } = position.data;
    return `**${choice}**${agrees ? ', agreed' : ''}\n\n${reason}`;
  }
  const vote = voteSchema.strict().safeParse(output);
  return vote.success ? `**${vote.data.choice}**\n\n${vote.data.reason}` : null;
}

function verdictText({ choice, reason, by, open }: Verdict): string {
  const head = choice === null ? '**Nothing was decided.**' : `**${choice}** (decided ${WAYS[by]})`;
  const rest = open.length === 0 ? [] : [`Left open:\n\n${open.map((one) => `- ${one}`).join('\n')}`];
  return [head, reason, ...rest].filter((part) => part !== '').join('\n\n');
}
