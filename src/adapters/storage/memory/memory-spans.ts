import { addUsage, NO_USAGE } from '../../../core/model.ts';
import type { SpanRecord } from '../../../core/tracing/span.ts';
import type {
  AgentFigures,
  CallFigures,
  PerformanceReport,
  ReportQuery,
  SpanStore,
} from '../../../core/tracing/span-store.ts';
import { copyOf } from './copy-of.ts';
import type { MemoryJournal } from './memory-journal.ts';

const ENDED: ReadonlySet<string> = new Set(['completed', 'partial', 'failed', 'cancelled']);
const OF_AGENTS: ReadonlySet<string> = new Set(['task', 'call', 'tool', 'handoff', 'message']);

/** Spans that live as long as their object; they go with their run. */
export class MemorySpans implements SpanStore {
  readonly #journal: MemoryJournal;
  readonly #spans = new Map<string, Map<string, SpanRecord>>();

  constructor(journal: MemoryJournal) {
    this.#journal = journal;
  }

  async save(spans: readonly SpanRecord[]): Promise<void> {
    for (const span of copyOf(spans)) {
      if (!this.#journal.has(span.runId)) continue;
      const ofRun = this.#spans.get(span.runId) ?? new Map<string, SpanRecord>();
      this.#spans.set(span.runId, ofRun.set(span.spanId, span));
    }
  }

  async ofRun(runId: string): Promise<readonly SpanRecord[]> {
    if (!this.#journal.has(runId)) return [];
    const spans = [...(this.#spans.get(runId)?.values() ?? [])];
    return copyOf(spans.sort((a, b) => compare(a.startedAt, b.startedAt) || compare(a.spanId, b.spanId)));
  }

  async report({ since, runId }: ReportQuery): Promise<PerformanceReport> {
    const all = [...this.#spans].filter(([id]) => this.#journal.has(id) && (runId === null || id === runId));
    const spans = all
      .flatMap(([, ofRun]) => [...ofRun.values()])
      .filter(({ startedAt }) => since === null || startedAt >= since);
    const calls = spans.filter(({ kind }) => kind === 'call');
    return {
      runs: spans.filter(({ kind }) => kind === 'run').length,
      agents: grouped(
        spans.filter(({ kind }) => OF_AGENTS.has(kind)),
        ({ agent }) => agent,
      ).map(([name, its]) => agentFigures(name, its)),
      accounts: grouped(calls, ({ account }) => account).map(([name, its]) => callFigures(name, its)),
      models: grouped(calls, ({ model }) => model).map(([name, its]) => callFigures(name, its)),
    };
  }

  async untraced({ since, runId, limit }: ReportQuery & { readonly limit: number }): Promise<readonly string[]> {
    const { items } = await this.#journal.list({ limit: Number.MAX_SAFE_INTEGER });
    const wanted = items.filter(
      (run) =>
        ENDED.has(run.status) &&
        (since === null || run.updatedAt >= since) &&
        (runId === null || run.runId === runId) &&
        !this.#spans.has(run.runId),
    );
    return wanted.slice(0, limit).map((run) => run.runId);
  }
}

function grouped(
  spans: readonly SpanRecord[],
  by: (span: SpanRecord) => string | null,
): [string, readonly SpanRecord[]][] {
  const names = [...new Set(spans.map((span) => by(span) ?? ''))].sort(compare);
  return names.map((name) => [name, spans.filter((span) => (by(span) ?? '') === name)]);
}

function agentFigures(name: string, spans: readonly SpanRecord[]): AgentFigures {
  const of = (kind: SpanRecord['kind'], status?: SpanRecord['status']) =>
    spans.filter((span) => span.kind === kind && (status === undefined || span.status === status)).length;
  return {
    ...callFigures(
      name,
      spans.filter(({ kind }) => kind === 'call'),
    ),
    tasks: of('task') - of('task', 'unset'),
    failedTasks: of('task', 'error'),
    tools: of('tool'),
    failedTools: of('tool', 'error'),
    handoffs: of('handoff'),
    messages: of('message'),
  };
}

function callFigures(name: string, calls: readonly SpanRecord[]): CallFigures {
  const answered = calls.filter(({ status }) => status !== 'error');
  const latencies = answered.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const rank = (percent: number) => latencies[Math.ceil((latencies.length * percent) / 100) - 1] ?? 0;
  return {
    name,
    calls: calls.length,
    failedCalls: calls.length - answered.length,
    success: calls.length === 0 ? 0 : answered.length / calls.length,
    latencyMs: latencies.length === 0 ? null : { p50: rank(50), p95: rank(95) },
    tokens: calls.reduce((sum, { tokens }) => addUsage(sum, tokens ?? NO_USAGE), { ...NO_USAGE }),
    // Whole millionths add up exactly.
    costUSD: calls.reduce((sum, { costUSD }) => sum + Math.round((costUSD ?? 0) * 1_000_000), 0) / 1_000_000,
    unknownCosts: calls.filter(({ costUSD }) => costUSD === null).length,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
