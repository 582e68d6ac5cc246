import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import type { Json } from '../../../../src/core/json.ts';
import { NO_USAGE } from '../../../../src/core/model.ts';
import type { TaskResult } from '../../../../src/core/results.ts';
import type { ReportedFinding } from '../../../../src/core/review/findings-schema.ts';
import type { Gathered, SourceFile } from '../../../../src/core/review/gathered.ts';

export const NO_BUDGET = { budget: { usd: null, tokens: null }, loadBalancing: null };

/** A file to review. */
export function source(path: string, text: string, change: Partial<SourceFile> = {}): SourceFile {
  return { path, languageId: 'typescript', text, startLine: 1, baseHash: `hash of ${path}`, ...change };
}

/** Gathered files and nothing left out. */
export function gathered(...files: readonly SourceFile[]): Gathered {
  return { files, skipped: [], truncated: [], failed: [] };
}

/** A finding as a model reports it. */
export function reported(change: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    file: 'a.ts',
    quote: 'eval(input);',
    line: 2,
    severity: 'high',
    category: 'security',
    title: 'Input is run as code',
    explanation: 'Whatever the user types is executed.',
    suggestion: 'Parse it.',
    replacement: null,
    confidence: 0.8,
    ...change,
  };
}

/** The result of a task that completed with this output. */
export function completed(spec: TaskSpec, output: Json, model = 'xai/grok-4'): TaskResult {
  return {
    ...ended(spec),
    status: 'completed',
    output,
    attempts: [{ account: 'a', model, outcome: 'completed', tokens: NO_USAGE, costUSD: null, latencyMs: 1 }],
  };
}

/** The result of a task that did not complete. */
export function ended(spec: TaskSpec, change: Partial<TaskResult> = {}): TaskResult {
  const { id, agent, description, dependencies } = spec;
  const base = { id, instanceId: id, parentId: null, agent, description, dependencies, attempts: [], tokens: NO_USAGE };
  return {
    ...base,
    status: 'pending',
    costUSD: null,
    startedAt: null,
    durationMs: null,
    output: null,
    error: null,
    ...change,
  };
}
