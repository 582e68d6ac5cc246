import * as z from 'zod';

const markdown = (what: string) => z.string().describe(`${what} In Markdown.`);

/** What the product manager hands over. */
export const requirementsSchema = z.object({
  userStories: z
    .array(
      z.object({
        id: z.string().min(1).describe('US1, US2, ...'),
        story: z.string().min(1).describe('As a ..., I want ..., so that ...'),
        acceptance: z.array(z.string().min(1)).min(1).describe('What can be checked when it is done.'),
      }),
    )
    .min(1),
  competitiveAnalysis: markdown('How others solve the same, as far as you know it; else that you do not.'),
  requirements: z
    .array(
      z.object({
        id: z.string().min(1).describe('R1, R2, ...'),
        text: z.string().min(1),
        kind: z.enum(['functional', 'quality']),
        priority: z.enum(['must', 'should', 'could']),
      }),
    )
    .min(1),
  assumptions: z.array(z.string()),
});

/** What the architect hands over. */
export const designSchema = z.object({
  architecture: markdown('Structure, flow and decisions with their reasons.'),
  dataStructures: z.array(z.object({ name: z.string().min(1), definition: z.string().min(1), purpose: z.string() })),
  apis: z.array(z.object({ name: z.string().min(1), signature: z.string().min(1), description: z.string() })),
  files: z.array(z.object({ path: z.string().min(1), purpose: z.string() })),
});

const fileSchema = z.object({
  path: z.string().min(1).describe('Relative to the workspace, with forward slashes.'),
  content: z.string().describe('The complete text of the file.'),
  summary: z.string().describe('One sentence: what it is for.'),
});

/** What the developer hands over. */
export const implementationSchema = z.object({
  files: z.array(fileSchema).max(50),
  documentation: markdown('How it is used, and where it is not what the design says.'),
});

/** What the QA engineer hands over. `unchecked`: it could not be checked, which is neither good nor bad. */
export const qualitySchema = z.object({
  verdict: z.enum(['pass', 'rework', 'unchecked']),
  issues: z.array(
    z.object({
      severity: z.enum(['high', 'medium', 'low']),
      text: z.string().min(1).describe('What is wrong and what has to change.'),
      requirement: z.string().nullable().describe('Id of the requirement or story that is not met.'),
    }),
  ),
  tests: z.array(fileSchema).max(50).describe('Test files, complete.'),
  qualityReport: markdown('What was checked and how it came out.'),
});

export type Requirements = z.infer<typeof requirementsSchema>;
export type Design = z.infer<typeof designSchema>;
export type Implementation = z.infer<typeof implementationSchema>;
export type Quality = z.infer<typeof qualitySchema>;
export type PipelineFile = z.infer<typeof fileSchema>;

/** The ten fields that a pipeline comes to (S2); null: the stage that makes it has not completed. */
export interface PipelineResult {
  readonly userStories: Requirements['userStories'] | null;
  readonly competitiveAnalysis: string | null;
  readonly requirements: Requirements['requirements'] | null;
  readonly architecture: string | null;
  readonly dataStructures: Design['dataStructures'] | null;
  readonly apis: Design['apis'] | null;
  readonly implementation: readonly PipelineFile[] | null;
  readonly documentation: string | null;
  readonly tests: readonly PipelineFile[] | null;
  readonly qualityReport: string | null;
}
