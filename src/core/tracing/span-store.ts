import type { TokenUsage } from '../model.ts';
import type { SpanRecord } from './span.ts';

/** Which spans a report is about. */
export interface ReportQuery {
  /** ISO-8601 UTC; spans that started before are left out. Null: all. */
  readonly since: string | null;
  /** One run; null: all. */
  readonly runId: string | null;
}

/** Calls of one agent, account or model. */
export interface CallFigures {
  readonly name: string;
  /** Attempts at a provider. */
  readonly calls: number;
  readonly failedCalls: number;
  /** Share of the calls that gave an answer, 0-1. */
  readonly success: number;
  /** Of the calls that gave an answer, by the nearest rank; null: none did. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  readonly tokens: TokenUsage;
  /** Sum of the known costs, USD. */
  readonly costUSD: number;
  /** Calls whose price is unknown, so that the sum is never read as complete. */
  readonly unknownCosts: number;
}

/** What an agent did beside calling models. */
export interface AgentFigures extends CallFigures {
  /** Tasks that have ended, without those that were skipped or cancelled. */
  readonly tasks: number;
  readonly failedTasks: number;
  readonly tools: number;
  readonly failedTools: number;
  /** Tasks that it gave to another agent. */
  readonly handoffs: number;
  /** Messages that it sent. */
  readonly messages: number;
}

/** How agents, accounts and models did (S2's performance report), each by name. */
export interface PerformanceReport {
  readonly runs: number;
  readonly agents: readonly AgentFigures[];
  readonly accounts: readonly CallFigures[];
  readonly models: readonly CallFigures[];
}

/** Where spans are kept. They go with their run. */
export interface SpanStore {
  /** Keeps spans; one that is there already is replaced. Spans of a run that is not there are passed over. */
  save(spans: readonly SpanRecord[]): Promise<void>;
  /** The spans of a run by their start, then by their id. */
  ofRun(runId: string): Promise<readonly SpanRecord[]>;
  report(query: ReportQuery): Promise<PerformanceReport>;
  /** Runs that have ended and have no span, such as those of an older version; newest first. */
  untraced(query: ReportQuery & { readonly limit: number }): Promise<readonly string[]>;
}
