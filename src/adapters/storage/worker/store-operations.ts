import type { Json } from '../../../core/json.ts';
import type {
  ConversationRecord,
  Page,
  StoreStats,
  Stores,
  UsagePeriod,
  UsageRecord,
  UsageSummary,
} from '../../../core/ports.ts';
import { notFound } from '../journal-rules.ts';
import type { Row, SqlValue } from '../sqlite/connection.ts';
import { checksumOf, isIntact } from './checksums.ts';
import { conversationFacts } from './conversation-facts.ts';
import { conversationHits, idList, WITH_IDS } from './conversation-hits.ts';
import { countDocuments } from './document-operations.ts';
import { allOf, given } from './history-filter.ts';
import { matchExpression } from './match-expression.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, spendingOf, text, textOrNull, toMicros } from './row.ts';
import { damagedRow } from './storage-errors.ts';

// ---- Conversations ---------------------------------------------------------------------------------------------------

type ConversationStart = Parameters<Stores['conversations']['begin']>[0];
type ConversationEnd = Pick<ConversationRecord, 'response' | 'status' | 'tokens' | 'costUSD' | 'model' | 'account'>;

/** Filter and page of `conversations.list`; null means no filter. */
export interface ConversationQuery {
  readonly search: string | null;
  readonly runId: string | null;
  readonly limit: number;
  readonly offset: number;
}

export function beginConversation({ database }: OperationContext, start: ConversationStart): number {
  const messages = JSON.stringify(start.messages);
  return insertedId(
    database,
    `INSERT INTO conversations (id, task_id, run_id, type, messages, model, account, status, tokens, cost, created_at, checksum, agent, rerun_of)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'running', NULL, NULL, ?, ?, ?, ?) RETURNING id`,
    [
      ...[database.newId(), start.taskId, start.runId, start.type, messages, start.model, start.account, now()],
      ...[checksumOf([messages, null]), start.agent ?? '', start.rerunOf ?? null],
    ],
  );
}

export function finishConversation({ database }: OperationContext, id: number, end: ConversationEnd): void {
  const row = database.get('SELECT messages FROM conversations WHERE id = ?', [id]);
  if (row === null) throw notFound(`conversation ${id}`);
  database.run(
    `UPDATE conversations SET response = ?, status = ?, tokens = ?, cost = ?, model = ?, account = ?, checksum = ? WHERE id = ?`,
    [
      ...[end.response, end.status, end.tokens, end.costUSD, end.model, end.account],
      checksumOf([text(row, 'messages'), end.response]),
      id,
    ],
  );
}

export function readConversations({ database }: OperationContext, query: ConversationQuery): Page<ConversationRecord> {
  const match = query.search === null ? null : matchExpression(query.search);
  if (match === '') return { items: [], total: 0 };
  const filter = allOf(given('run_id = ?', query.runId ?? undefined));
  if (match !== null) {
    const { ids, total: found } = conversationHits(database, match, filter, {
      ...query,
      few: query.runId !== null,
      gathered: null,
    });
    return { items: database.all(`SELECT * ${WITH_IDS}`, [idList(ids)]).map(conversationOf), total: found };
  }
  const total = database.get(`SELECT count(*) AS total FROM conversations WHERE ${filter.sql}`, filter.values);
  const rows = database.all(`SELECT * FROM conversations WHERE ${filter.sql} ORDER BY id DESC LIMIT ? OFFSET ?`, [
    ...[...filter.values, query.limit, query.offset],
  ]);
  return { items: rows.map(conversationOf), total: integer(total ?? {}, 'total') };
}

export function readConversation({ database }: OperationContext, id: number): ConversationRecord | null {
  const row = database.get('SELECT * FROM conversations WHERE id = ?', [id]);
  if (row && !isIntact('conversations', row)) throw damagedRow(`conversation ${id}`);
  return row && conversationOf(row);
}

function conversationOf(row: Row): ConversationRecord {
  return { ...conversationFacts(row), messages: json(row, 'messages'), response: textOrNull(row, 'response') };
}

// ---- Ledger ----------------------------------------------------------------------------------------------------------

export function recordUsage({ database }: OperationContext, row: UsageRecord): void {
  const { tokens } = row;
  database.run(
    `INSERT INTO usage (run_id, instance_id, agent, account, model, outcome, input_tokens, output_tokens, cached_tokens,
      reasoning_tokens, estimated, cost_micros, latency_ms, possibly_billed, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[row.runId, row.instanceId, row.agent, row.account, row.model, row.outcome],
      ...[tokens.input, tokens.output, tokens.cached, tokens.reasoning, Number(tokens.estimated)],
      ...[toMicros(row.costUSD), row.latencyMs, Number(row.possiblyBilled), row.at],
    ],
  );
}

export function summarizeUsage({ database }: OperationContext, since: string): UsageSummary[] {
  const rows = database.all(
    `SELECT account, count(*) FILTER (WHERE at >= ?1) AS calls,
      count(*) FILTER (WHERE at >= ?1 AND outcome NOT IN ('completed', 'partial')) AS failures,
      total(input_tokens) FILTER (WHERE at >= ?1) AS input, total(output_tokens) FILTER (WHERE at >= ?1) AS output,
      total(cached_tokens) FILTER (WHERE at >= ?1) AS cached,
      total(reasoning_tokens) FILTER (WHERE at >= ?1) AS reasoning,
      total(estimated) FILTER (WHERE at >= ?1) AS estimated,
      total(cost_micros) FILTER (WHERE at >= ?1) AS cost_micros,
      count(*) FILTER (WHERE at >= ?1 AND cost_micros IS NULL) AS unknown_costs
     FROM usage GROUP BY account ORDER BY account`,
    [since],
  );
  return rows.map(usageSummary);
}

export function readUsagePeriods({ database }: OperationContext, since: string, by: 'day' | 'month'): UsagePeriod[] {
  const rows = database.all(
    `SELECT substr(at, 1, ?2) AS period, account, model, count(*) AS calls,
      count(*) FILTER (WHERE outcome NOT IN ('completed', 'partial')) AS failures,
      total(input_tokens) AS input, total(output_tokens) AS output, total(cached_tokens) AS cached,
      total(reasoning_tokens) AS reasoning, total(estimated) AS estimated, total(cost_micros) AS cost_micros,
      count(*) FILTER (WHERE cost_micros IS NULL) AS unknown_costs
     FROM usage WHERE at >= ?1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [since, by === 'day' ? 10 : 7],
  );
  return rows.map((row) => ({ ...usageSummary(row), period: text(row, 'period'), model: text(row, 'model') }));
}

export function readUsage(
  { database }: OperationContext,
  since: string,
  limit: number,
  offset: number,
): Page<UsageRecord> {
  const rows = database.all('SELECT * FROM usage WHERE at >= ? ORDER BY at, id LIMIT ? OFFSET ?', [
    since,
    limit,
    offset,
  ]);
  const total = integer(database.get('SELECT count(*) AS total FROM usage WHERE at >= ?', [since]) ?? {}, 'total');
  return { items: rows.map(usageRecord), total };
}

export function readUsageOfRun({ database }: OperationContext, runId: string): UsageRecord[] {
  return database.all('SELECT * FROM usage WHERE run_id = ? ORDER BY at, id', [runId]).map(usageRecord);
}

function usageRecord(row: Row): UsageRecord {
  const micros = row.cost_micros;
  return {
    runId: text(row, 'run_id'),
    instanceId: text(row, 'instance_id'),
    agent: text(row, 'agent'),
    account: text(row, 'account'),
    model: text(row, 'model'),
    outcome: text(row, 'outcome') as UsageRecord['outcome'],
    tokens: {
      input: integer(row, 'input_tokens'),
      output: integer(row, 'output_tokens'),
      cached: integer(row, 'cached_tokens'),
      reasoning: integer(row, 'reasoning_tokens'),
      estimated: integer(row, 'estimated') > 0,
    },
    costUSD: micros === null ? null : integer(row, 'cost_micros') / 1_000_000,
    latencyMs: integer(row, 'latency_ms'),
    possiblyBilled: integer(row, 'possibly_billed') > 0,
    at: text(row, 'at'),
  };
}

function usageSummary(row: Row): UsageSummary {
  return {
    account: text(row, 'account'),
    calls: integer(row, 'calls'),
    failures: integer(row, 'failures'),
    ...spendingOf(row),
  };
}

// ---- Findings --------------------------------------------------------------------------------------------------------

export function saveFindings({ database }: OperationContext, runId: string, findings: readonly Json[]): void {
  if (!database.get('SELECT 1 FROM runs WHERE run_id = ?', [runId])) throw notFound(`run ${runId}`);
  database.run('DELETE FROM findings WHERE run_id = ?', [runId]);
  for (const [position, finding] of findings.entries()) {
    database.run('INSERT INTO findings (run_id, position, finding) VALUES (?, ?, ?)', [
      runId,
      position,
      JSON.stringify(finding),
    ]);
  }
}

export function readFindings({ database }: OperationContext, runId: string): Json[] {
  const rows = database.all('SELECT finding FROM findings WHERE run_id = ? ORDER BY position', [runId]);
  return rows.map((row) => json(row, 'finding'));
}

// ---- The whole -------------------------------------------------------------------------------------------------------

export function readStats({ database }: OperationContext): StoreStats {
  return {
    conversations: count(database, 'conversations'),
    documents: countDocuments(database),
    prompts: count(database, 'prompts'),
    agents: count(database, 'agents'),
    runs: count(database, 'runs'),
    location: database.file,
    sizeBytes: database.size(),
  };
}

function count(database: OperationDatabase, table: 'conversations' | 'prompts' | 'agents' | 'runs'): number {
  return integer(database.get(`SELECT count(*) AS total FROM ${table}`) ?? {}, 'total');
}

function insertedId(database: OperationDatabase, sql: string, values: readonly SqlValue[]): number {
  return integer(database.get(sql, values) ?? {}, 'id');
}

function now(): string {
  return new Date().toISOString();
}
