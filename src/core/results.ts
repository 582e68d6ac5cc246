import type { ErrorInfo } from './errors.ts';
import type { RunStatus, TaskStatus } from './graph/types.ts';
import type { Json } from './json.ts';
import type { AttemptRecord, TokenUsage } from './model.ts';
import type { PipelineResult } from './pipeline/pipeline-answers.ts';

/** A task in a JSON result (contracts.md, JSON results). */
export interface TaskResult {
  readonly id: string;
  readonly instanceId: string;
  /** The super-agent's task that added this one and waited for it; null: none did. */
  readonly parentId: string | null;
  readonly agent: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly dependencies: readonly string[];
  readonly attempts: readonly AttemptRecord[];
  readonly tokens: TokenUsage;
  readonly costUSD: number | null;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly output: Json;
  readonly error: ErrorInfo | null;
  /** Tools that its agent used, over all attempts. Absent in results of older versions. */
  readonly tools?: readonly ToolUse[];
  /** Likewise. Absent where there were none. */
  readonly handoffs?: readonly HandoffResult[];
  /** What guardrails had to say of its agents' input and answers, over all attempts. Absent where it is nothing. */
  readonly notices?: readonly string[];
  /** Changes that it proposes. Absent where there are none. */
  readonly edits?: readonly FileEdit[];
}

/** How often a task used a tool. */
export interface ToolUse {
  readonly tool: string;
  readonly calls: number;
  /** Calls that gave the agent an error instead of a result. */
  readonly failed: number;
}

/** That an agent wanted to hand its task over to another one (S2). */
export interface HandoffResult {
  /** Names of agents. */
  readonly from: string;
  readonly to: string;
  /** What is left to do. */
  readonly description: string;
  /** 1-10. */
  readonly priority: number;
  readonly accepted: boolean;
  /** Why it was not accepted; null: it was. */
  readonly reason: string | null;
}

/** Sums over a run's tasks. `costUSD` is null when any part of it is unknown. */
export interface RunTotals {
  readonly tasks: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tokens: TokenUsage;
  readonly costUSD: number | null;
  readonly durationMs: number;
}

/** How much a finding matters. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** Severities from worst to least. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** What other agents say of a finding. */
export type Verdict = 'confirmed' | 'disputed' | 'unverified' | 'refuted';

/** A proposed change; valid only while the file's content hashes to `baseHash`. */
export interface FindingEdit {
  readonly baseHash: string;
  readonly changes: readonly { readonly startLine: number; readonly endLine: number; readonly newText: string }[];
}

/** One problem in the code, anchored by a quote that stands there verbatim (contracts.md). Lines are 1-based inclusive. */
export interface Finding {
  readonly id: string;
  readonly file: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly quote: string;
  readonly severity: Severity;
  readonly category: string;
  readonly title: string;
  readonly explanation: string;
  readonly suggestion: string;
  readonly edit: FindingEdit | null;
  /** 0-1. */
  readonly confidence: number;
  /** Agents that reported it, by name. */
  readonly reporters: readonly string[];
  readonly verdict: Verdict;
  /** Stable over line moves: hash of file, category and normalised quote. */
  readonly fingerprint: string;
  /** True: a review of changes found it in lines that have not changed. Elsewhere absent. */
  readonly outsideChange?: boolean;
}

/** Why a person dismissed a finding. */
export type DismissalReason = 'false-positive' | 'not-worth-it' | 'intended' | 'other';

/** What a person decided about a finding. It holds for its fingerprint in one workspace, so for later reviews too. */
export interface FindingDecision {
  readonly fingerprint: string;
  readonly decision: 'accepted' | 'dismissed';
  /** Null for an accepted one. */
  readonly reason: DismissalReason | null;
  /** The person's own words; null: none. */
  readonly note: string | null;
  /** The run whose finding was decided about. */
  readonly runId: string;
  /** File and title as they were, so that a list of decisions can be read. */
  readonly file: string;
  readonly title: string;
  /** ISO-8601 UTC. */
  readonly at: string;
}

/** A finding that a review has left out because it was dismissed before. */
export interface DismissedFinding {
  readonly finding: Finding;
  readonly reason: DismissalReason;
  readonly note: string | null;
  readonly at: string;
}

/** What a review looked at, and what not. `complete` only if nothing is in the last two lists. */
export interface Coverage {
  readonly reviewed: readonly string[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly truncated: readonly { readonly path: string; readonly reason: string }[];
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
  readonly complete: boolean;
}

/**
 * Lines `startLine` to `endLine` (1-based, inclusive) become `newText` (LF, no final line break; '' with a non-empty range
 * deletes the lines). `endLine` = `startLine` - 1 inserts before `startLine`.
 */
export interface LineChange {
  readonly startLine: number;
  readonly endLine: number;
  readonly newText: string;
}

/** Proposed changes to one file, valid only while its text hashes to `baseHash`. Applied by a person, never by itself. */
export interface FileEdit {
  readonly file: string;
  /** `sha256Hex` of the text with line ends as LF and without byte order mark; null: the file does not exist yet. */
  readonly baseHash: string | null;
  /** Ascending, not overlapping; a new file has one insertion before line 1. */
  readonly changes: readonly LineChange[];
  /** One sentence: what and why. */
  readonly summary: string;
  /** Who proposes it, where a task was handed over to another agent. Default: the task's own. */
  readonly agent?: string;
}

/** Lines as one of several agents wants them. */
export interface ConflictVersion {
  readonly taskId: string;
  readonly agent: string;
  /** What and why. */
  readonly summary: string;
  readonly changes: readonly LineChange[];
}

/** Lines of a file that agents of one run want to change in different ways, and what came of it. */
export interface ConflictResult {
  readonly file: string;
  /** As in {@link FileEdit}. */
  readonly baseHash: string | null;
  /** 1-based, inclusive; `endLine` = `startLine` - 1: all versions insert before `startLine`. */
  readonly startLine: number;
  readonly endLine: number;
  /** The lines as they are; null: not known. */
  readonly before: string | null;
  /** Two or more. */
  readonly versions: readonly ConflictVersion[];
  /** `version`: one of them is among the edits; `merged`: other lines are, that were made of them; null: it is left to the person. */
  readonly settled: 'version' | 'merged' | null;
  /** 1-based; null: none was taken as it is. */
  readonly version: number | null;
  /** Why, by who settled it; null: nobody has. */
  readonly why: string | null;
}

/** How generated tests are run. */
export interface TestPlan {
  /** The test file, relative to the workspace. */
  readonly file: string;
  /** `node:test`, `mocha`, `jest`, `vitest`, `pytest`, `unittest`, `go test`, `cargo test`, ... */
  readonly framework: string;
  /** Program and arguments, run in the workspace root; null: unknown how to run it. */
  readonly command: readonly string[] | null;
}

/** The JSON result of `run`, `review`, `workflow run`, `chat`, `pipeline`. */
export interface RunResult {
  readonly schema: 1;
  readonly runId: string;
  readonly kind: string;
  readonly workflow: string | null;
  /** False when no language model took part (offline provider). */
  readonly llm: boolean;
  readonly status: RunStatus;
  /** Markdown. */
  readonly result: string;
  readonly tasks: readonly TaskResult[];
  readonly totals: RunTotals;
  readonly documentId: number | null;
  /** Reviews only. */
  readonly findings?: readonly Finding[];
  /** Found again, but dismissed earlier: they are not among `findings`. */
  readonly dismissed?: readonly DismissedFinding[];
  readonly coverage?: Coverage;
  /** What is proposed: of refactorings, generated tests and pipelines, empty when nothing should change; of task runs where agents propose something. */
  readonly edits?: readonly FileEdit[];
  /** Task runs only: where agents have proposed different changes of the same lines. Absent where they have not. */
  readonly conflicts?: readonly ConflictResult[];
  /** Generated tests only; null where no framework was found. */
  readonly testPlan?: TestPlan | null;
  /** Pipelines only: what the team has handed over. */
  readonly pipeline?: PipelineResult;
  /** Why it did not complete; null when it did. */
  readonly error: ErrorInfo | null;
}
