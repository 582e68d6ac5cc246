import * as z from 'zod';
import type { Json } from '../json.ts';

const stepSchema = z.object({
  title: z.string().min(1).describe('What to change, in one sentence.'),
  why: z.string().describe('What becomes better.'),
  line: z.number().int().nullable().describe('Line at which it begins; null: in several places.'),
});

/** The answer of the planner. No step: there is nothing to improve. */
export const refactorPlanSchema = z.object({
  summary: z.string().describe('The plan, or why there is nothing to change, in one or two sentences.'),
  steps: z.array(stepSchema),
  risks: z.array(z.string()).describe('What could go wrong, one sentence each.'),
});

/** What to change and why. */
export type RefactorPlan = z.infer<typeof refactorPlanSchema>;

const verdictSchema = z.object({
  edit: z.number().int().positive().describe('Number of the edit.'),
  verdict: z.enum(['accepted', 'refuted', 'uncertain']),
  remark: z.string().describe('The reason, in one sentence.'),
});

/** The answer of the checker: at most one verdict for each edit counts, the worst. */
export const editChecksSchema = z.object({ verdicts: z.array(verdictSchema), summary: z.string() });

/** What the checker says of each edit. */
export type EditChecks = z.infer<typeof editChecksSchema>;

/** Reads a plan that has been validated once. */
export function parseRefactorPlan(output: Json): RefactorPlan {
  return refactorPlanSchema.parse(output);
}

/** Reads verdicts that have been validated once. */
export function parseEditChecks(output: Json): EditChecks {
  return editChecksSchema.parse(output);
}
