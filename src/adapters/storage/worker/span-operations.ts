import type { JsonObject } from '../../../core/json.ts';
import { NO_USAGE, type TokenUsage } from '../../../core/model.ts';
import type { SpanEvent, SpanRecord } from '../../../core/tracing/span.ts';
import type { AgentFigures, CallFigures, PerformanceReport, ReportQuery } from '../../../core/tracing/span-store.ts';
import type { Row } from '../sqlite/connection.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, integerOrNull, json, spendingOf, text, textOrNull, toMicros } from './row.ts';

const COLUMNS = `run_id, span_id, parent_id, kind, name, instance_id, agent, account, model, status, error_type, started_at,
  duration_ms, input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, cost_micros, attributes, events`;

/** ?1: from this time on, ?2: this run; null is no filter. */
const WANTED = '(?1 IS NULL OR started_at >= ?1) AND (?2 IS NULL OR run_id = ?2)';

export function saveSpans({ database }: OperationContext, spans: readonly SpanRecord[]): void {
  for (const span of spans) {
    const { tokens } = span;
    database.run(
      `INSERT OR REPLACE INTO spans (${COLUMNS})
       SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
       WHERE EXISTS (SELECT 1 FROM runs WHERE run_id = ?)`,
      [
        ...[span.runId, span.spanId, span.parentId, span.kind, span.name, span.instanceId, span.agent, span.account],
        ...[span.model, span.status, span.errorType, span.startedAt, span.durationMs],
        ...[tokens?.input ?? null, tokens?.output ?? null, tokens?.cached ?? null, tokens?.reasoning ?? null],
        ...[tokens === null ? null : Number(tokens.estimated), toMicros(span.costUSD)],
        ...[JSON.stringify(span.attributes), JSON.stringify(span.events), span.runId],
      ],
    );
  }
}

export function readSpans({ database }: OperationContext, runId: string): SpanRecord[] {
  return database.all('SELECT * FROM spans WHERE run_id = ? ORDER BY started_at, span_id', [runId]).map(spanOf);
}

export function reportSpans({ database }: OperationContext, query: ReportQuery): PerformanceReport {
  const { since, runId } = query;
  const runs = database.get(`SELECT count(*) AS runs FROM spans WHERE kind = 'run' AND ${WANTED}`, [since, runId]);
  return {
    runs: integer(runs ?? {}, 'runs'),
    agents: agentFigures(database, query),
    accounts: callFigures(database, 'account', query),
    models: callFigures(database, 'model', query),
  };
}

export function untracedRuns(
  { database }: OperationContext,
  { since, runId, limit }: ReportQuery & { readonly limit: number },
): string[] {
  const rows = database.all(
    `SELECT run_id FROM runs WHERE (?1 IS NULL OR updated_at >= ?1) AND (?2 IS NULL OR run_id = ?2)
      AND status IN ('completed', 'partial', 'failed', 'cancelled')
      AND NOT EXISTS (SELECT 1 FROM spans WHERE spans.run_id = runs.run_id)
     ORDER BY id DESC LIMIT ?3`,
    [since, runId, limit],
  );
  return rows.map((row) => text(row, 'run_id'));
}

/** Latencies are ranked among the calls that gave an answer. */
function callFigures(
  database: OperationDatabase,
  by: 'agent' | 'account' | 'model',
  query: ReportQuery,
): CallFigures[] {
  const rows = database.all(
    `SELECT who, count(*) AS calls, count(*) FILTER (WHERE failed) AS failures,
      max(duration_ms) FILTER (WHERE NOT failed AND place = (others * 50 + 99) / 100) AS p50,
      max(duration_ms) FILTER (WHERE NOT failed AND place = (others * 95 + 99) / 100) AS p95,
      total(input_tokens) AS input, total(output_tokens) AS output, total(cached_tokens) AS cached,
      total(reasoning_tokens) AS reasoning, total(estimated) AS estimated, total(cost_micros) AS cost_micros,
      count(*) FILTER (WHERE cost_micros IS NULL) AS unknown_costs
     FROM (
       SELECT duration_ms, input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, cost_micros,
        coalesce(${by}, '') AS who, status = 'error' AS failed,
        row_number() OVER (PARTITION BY ${by}, status = 'error' ORDER BY duration_ms) AS place,
        count(*) OVER (PARTITION BY ${by}, status = 'error') AS others
       FROM spans WHERE kind = 'call' AND ${WANTED}
     ) GROUP BY who ORDER BY who`,
    [query.since, query.runId],
  );
  return rows.map(figuresOf);
}

function agentFigures(database: OperationDatabase, query: ReportQuery): AgentFigures[] {
  const calls = new Map(callFigures(database, 'agent', query).map((one) => [one.name, one]));
  const rows = database.all(
    `SELECT coalesce(agent, '') AS who,
      count(*) FILTER (WHERE kind = 'task' AND status <> 'unset') AS tasks,
      count(*) FILTER (WHERE kind = 'task' AND status = 'error') AS failed_tasks,
      count(*) FILTER (WHERE kind = 'tool') AS tools,
      count(*) FILTER (WHERE kind = 'tool' AND status = 'error') AS failed_tools,
      count(*) FILTER (WHERE kind = 'handoff') AS handoffs, count(*) FILTER (WHERE kind = 'message') AS messages
     FROM spans WHERE kind IN ('task', 'call', 'tool', 'handoff', 'message') AND ${WANTED} GROUP BY who ORDER BY who`,
    [query.since, query.runId],
  );
  return rows.map((row) => ({
    ...(calls.get(text(row, 'who')) ?? withoutCalls(text(row, 'who'))),
    tasks: integer(row, 'tasks'),
    failedTasks: integer(row, 'failed_tasks'),
    tools: integer(row, 'tools'),
    failedTools: integer(row, 'failed_tools'),
    handoffs: integer(row, 'handoffs'),
    messages: integer(row, 'messages'),
  }));
}

function withoutCalls(name: string): CallFigures {
  return { name, calls: 0, failedCalls: 0, success: 0, latencyMs: null, tokens: NO_USAGE, costUSD: 0, unknownCosts: 0 };
}

function figuresOf(row: Row): CallFigures {
  const calls = integer(row, 'calls');
  const failedCalls = integer(row, 'failures');
  const [p50, p95] = [integerOrNull(row, 'p50'), integerOrNull(row, 'p95')];
  return {
    name: text(row, 'who'),
    calls,
    failedCalls,
    success: (calls - failedCalls) / calls,
    latencyMs: p50 === null || p95 === null ? null : { p50, p95 },
    ...spendingOf(row),
  };
}

function spanOf(row: Row): SpanRecord {
  const micros = integerOrNull(row, 'cost_micros');
  return {
    runId: text(row, 'run_id'),
    spanId: text(row, 'span_id'),
    parentId: textOrNull(row, 'parent_id'),
    kind: text(row, 'kind') as SpanRecord['kind'],
    name: text(row, 'name'),
    instanceId: textOrNull(row, 'instance_id'),
    agent: textOrNull(row, 'agent'),
    account: textOrNull(row, 'account'),
    model: textOrNull(row, 'model'),
    status: text(row, 'status') as SpanRecord['status'],
    errorType: textOrNull(row, 'error_type'),
    startedAt: text(row, 'started_at'),
    durationMs: integer(row, 'duration_ms'),
    tokens: tokensOf(row),
    costUSD: micros === null ? null : micros / 1_000_000,
    attributes: json<JsonObject>(row, 'attributes'),
    events: json<readonly SpanEvent[]>(row, 'events'),
  };
}

function tokensOf(row: Row): TokenUsage | null {
  const input = integerOrNull(row, 'input_tokens');
  if (input === null) return null;
  return {
    input,
    output: integer(row, 'output_tokens'),
    cached: integer(row, 'cached_tokens'),
    reasoning: integer(row, 'reasoning_tokens'),
    estimated: integer(row, 'estimated') > 0,
  };
}
