import * as z from 'zod';
import type { ErrorCode } from '../core/errors.ts';
import type { AttemptRecord } from '../core/model.ts';
import type {
  ConflictResult,
  DismissedFinding,
  FileEdit,
  Finding,
  RunResult,
  TaskResult,
  TestPlan,
} from '../core/results.ts';

/** A word of a vocabulary that grows with versions: any is accepted, known ones are typed. */
const word = <T extends string>() => z.custom<T>((value) => typeof value === 'string');

const tokens = z.object({
  input: z.number().int().nonnegative(),
  output: z.number().int().nonnegative(),
  cached: z.number().int().nonnegative(),
  reasoning: z.number().int().nonnegative(),
  estimated: z.boolean(),
});

const costUSD = z.number().nonnegative().nullable();

const error = z.object({ code: word<ErrorCode>(), message: z.string(), hint: z.string().nullable() });

const attempt = z.object({
  account: z.string(),
  model: z.string(),
  outcome: word<AttemptRecord['outcome']>(),
  tokens,
  costUSD,
  latencyMs: z.number().nonnegative(),
});

const lineChange = z.object({ startLine: z.number().int(), endLine: z.number().int(), newText: z.string() });

const fileEdit = z.object({
  file: z.string(),
  baseHash: z.string().nullable(),
  changes: z.array(lineChange),
  summary: z.string(),
  agent: z.string().optional(),
});

const conflict = z.object({
  file: z.string(),
  baseHash: z.string().nullable(),
  startLine: z.number().int(),
  endLine: z.number().int(),
  before: z.string().nullable(),
  versions: z.array(
    z.object({ taskId: z.string(), agent: z.string(), summary: z.string(), changes: z.array(lineChange) }),
  ),
  settled: z.enum(['version', 'merged']).nullable(),
  version: z.number().int().nullable(),
  why: z.string().nullable(),
});

const handoff = z.object({
  from: z.string(),
  to: z.string(),
  description: z.string(),
  priority: z.number().int(),
  accepted: z.boolean(),
  reason: z.string().nullable(),
});

const task = z.object({
  id: z.string(),
  instanceId: z.string(),
  parentId: z.string().nullable(),
  agent: z.string(),
  description: z.string(),
  status: z.enum(['pending', 'ready', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled']),
  dependencies: z.array(z.string()),
  attempts: z.array(attempt),
  tokens,
  costUSD,
  startedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  output: z.json(),
  error: error.nullable(),
  tools: z
    .array(
      z.object({ tool: z.string(), calls: z.number().int().nonnegative(), failed: z.number().int().nonnegative() }),
    )
    .optional(),
  handoffs: z.array(handoff).optional(),
  notices: z.array(z.string()).optional(),
  edits: z.array(fileEdit).optional(),
});

const finding = z.object({
  id: z.string(),
  file: z.string(),
  startLine: z.number().int().positive(),
  endLine: z.number().int().positive(),
  quote: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
  category: z.string(),
  title: z.string(),
  explanation: z.string(),
  suggestion: z.string(),
  edit: z.object({ baseHash: z.string(), changes: z.array(lineChange) }).nullable(),
  confidence: z.number().min(0).max(1),
  reporters: z.array(z.string()),
  verdict: z.enum(['confirmed', 'disputed', 'unverified', 'refuted']),
  fingerprint: z.string(),
  outsideChange: z.boolean().optional(),
});

const dismissed = z.object({
  finding,
  reason: z.enum(['false-positive', 'not-worth-it', 'intended', 'other']),
  note: z.string().nullable(),
  at: z.string(),
});

const pathWithReason = z.object({ path: z.string(), reason: z.string() });

const coverage = z.object({
  reviewed: z.array(z.string()),
  skipped: z.array(pathWithReason),
  truncated: z.array(pathWithReason),
  failed: z.array(pathWithReason),
  complete: z.boolean(),
});

const testPlan = z.object({ file: z.string(), framework: z.string(), command: z.array(z.string()).nullable() });

const file = z.object({ path: z.string(), content: z.string(), summary: z.string() });

/** S2's ten fields. */
const pipeline = z.strictObject({
  userStories: z.array(z.object({ id: z.string(), story: z.string(), acceptance: z.array(z.string()) })).nullable(),
  competitiveAnalysis: z.string().nullable(),
  requirements: z
    .array(
      z.object({
        id: z.string(),
        text: z.string(),
        kind: z.enum(['functional', 'quality']),
        priority: z.enum(['must', 'should', 'could']),
      }),
    )
    .nullable(),
  architecture: z.string().nullable(),
  dataStructures: z.array(z.object({ name: z.string(), definition: z.string(), purpose: z.string() })).nullable(),
  apis: z.array(z.object({ name: z.string(), signature: z.string(), description: z.string() })).nullable(),
  implementation: z.array(file).nullable(),
  documentation: z.string().nullable(),
  tests: z.array(file).nullable(),
  qualityReport: z.string().nullable(),
});

/** The JSON result of `run`, `review` and `workflow run`, as contracts.md promises it; used to check what we print. */
export const runResultSchema = z.strictObject({
  schema: z.literal(1),
  runId: z.string(),
  kind: z.string(),
  workflow: z.string().nullable(),
  llm: z.boolean(),
  status: z.enum(['queued', 'running', 'suspended', 'interrupted', 'completed', 'partial', 'failed', 'cancelled']),
  result: z.string(),
  tasks: z.array(task),
  totals: z.object({
    tasks: z.number().int(),
    succeeded: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
    tokens,
    costUSD,
    durationMs: z.number(),
  }),
  documentId: z.number().int().nullable(),
  findings: z.array(finding).optional(),
  dismissed: z.array(dismissed).optional(),
  coverage: coverage.optional(),
  edits: z.array(fileEdit).optional(),
  conflicts: z.array(conflict).optional(),
  testPlan: testPlan.nullable().optional(),
  pipeline: pipeline.optional(),
  error: error.nullable(),
});

// A field that core adds or renames without the schema breaks the build here.
type Same<A, B> = [keyof A] extends [keyof B] ? ([keyof B] extends [keyof A] ? true : never) : never;
const sameFields: [
  Same<z.infer<typeof runResultSchema>, RunResult>,
  Same<z.infer<typeof task>, TaskResult>,
  Same<z.infer<typeof finding>, Finding>,
  Same<z.infer<typeof dismissed>, DismissedFinding>,
  Same<z.infer<typeof fileEdit>, FileEdit>,
  Same<z.infer<typeof conflict>, ConflictResult>,
  Same<z.infer<typeof testPlan>, TestPlan>,
  Same<z.infer<typeof pipeline>, NonNullable<RunResult['pipeline']>>,
] = [true, true, true, true, true, true, true, true];
void sameFields;
