import type { AuditEntry } from '../../../core/audit/audit-log.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { type AttemptRecord, addUsage, NO_USAGE } from '../../../core/model.ts';
import type { StoreStats, Stores, UsageRecord, UsageSummary } from '../../../core/ports.ts';
import type { FindingDecision } from '../../../core/results.ts';
import { notFound } from '../journal-rules.ts';
import { copyOf } from './copy-of.ts';
import { MemoryConversations } from './memory-conversations.ts';
import { MemoryDocuments } from './memory-documents.ts';
import type { MemoryJournal } from './memory-journal.ts';
import { MemoryPrompts } from './memory-prompts.ts';
import { MemorySpans } from './memory-spans.ts';
import { MemoryWorkspaces } from './memory-workspaces.ts';

/** Outcomes that are no failure. */
const SUCCESSES: ReadonlySet<AttemptRecord['outcome']> = new Set(['completed', 'partial']);

/** Stores that live as long as their object. */
export class MemoryStores implements Stores {
  readonly conversations = new MemoryConversations();
  readonly workspaces = new MemoryWorkspaces();
  readonly documents: MemoryDocuments;
  readonly prompts = new MemoryPrompts((runId) =>
    [...this.#decisions.values()].flat().flatMap((one) => (one.runId === runId ? [one.decision] : [])),
  );
  readonly spans: MemorySpans;
  readonly #journal: MemoryJournal;
  readonly #usage: UsageRecord[] = [];
  readonly #findings = new Map<string, readonly Json[]>();
  readonly #decisions = new Map<string, readonly FindingDecision[]>();
  readonly #audit: AuditEntry[] = [];

  constructor(journal: MemoryJournal) {
    this.#journal = journal;
    this.spans = new MemorySpans(journal);
    this.documents = new MemoryDocuments(journal, this.workspaces);
  }

  readonly usage: Stores['usage'] = {
    record: async (row) => {
      this.#usage.push(copyOf(row));
    },
    summary: async (since) => {
      const accounts = [...new Set(this.#usage.map(({ account }) => account))].sort();
      return accounts.map((account) => {
        return summaryOf(
          account,
          this.#usage.filter((row) => row.account === account && row.at >= since),
        );
      });
    },
    periods: async (since, by) => {
      const rows = this.#usage.filter((row) => row.at >= since);
      const length = by === 'day' ? 'yyyy-mm-dd'.length : 'yyyy-mm'.length;
      const keyOf = (row: UsageRecord) => [row.at.slice(0, length), row.account, row.model] as const;
      const keys = new Map(rows.map((row) => [JSON.stringify(keyOf(row)), keyOf(row)]));
      return [...keys.keys()].sort().map((key) => {
        const [period = '', account = '', model = ''] = keys.get(key) ?? [];
        const its = rows.filter((row) => JSON.stringify(keyOf(row)) === key);
        return { ...summaryOf(account, its), period, model };
      });
    },
    list: async ({ since, limit, offset = 0 }) => {
      const rows = this.#usage.filter((row) => row.at >= since);
      return { items: copyOf(rows.slice(offset, offset + limit)), total: rows.length };
    },
    ofRun: async (runId) => copyOf(this.#usage.filter((row) => row.runId === runId)),
  };

  readonly findings: Stores['findings'] = {
    save: async (runId, findings) => {
      if (!this.#journal.has(runId)) throw notFound(`run ${runId}`);
      this.#findings.set(runId, copyOf(findings));
    },
    // They go with their run.
    list: async (runId) => copyOf(this.#journal.has(runId) ? (this.#findings.get(runId) ?? []) : []),
    decide: async (workspace, decision) => {
      const decided = { ...copyOf(decision), at: new Date().toISOString() };
      const others = this.#decisionsOf(workspace).filter(({ fingerprint }) => fingerprint !== decision.fingerprint);
      this.#decisions.set(workspace, [decided, ...others]);
    },
    forget: async (workspace, fingerprints) => {
      for (const place of this.workspaces.shownWith([workspace])) {
        const kept = this.#decisionsOf(place).filter(({ fingerprint }) => !fingerprints.includes(fingerprint));
        this.#decisions.set(place, kept);
      }
    },
    decisions: async (workspace) => {
      const all = [...this.workspaces.shownWith([workspace])].flatMap((place) => this.#decisionsOf(place));
      const latest = new Map<string, FindingDecision>();
      for (const one of all) {
        const known = latest.get(one.fingerprint);
        if (!known || known.at < one.at) latest.set(one.fingerprint, one);
      }
      return copyOf([...latest.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)));
    },
  };

  readonly audit: Stores['audit'] = {
    record: async (action, subject, detail) => {
      const at = new Date().toISOString();
      this.#audit.push(copyOf({ id: this.#audit.length + 1, at, action, subject, detail }));
    },
    has: async (action, subject) => this.#audit.some((one) => one.action === action && one.subject === subject),
    list: async ({ limit, offset = 0, action, search, since }) => {
      const words = search?.toLowerCase();
      const found = this.#audit.filter(
        (one) =>
          (action === undefined || one.action === action) &&
          (since === undefined || one.at >= since) &&
          (words === undefined ||
            one.subject.toLowerCase().includes(words) ||
            JSON.stringify(one.detail).toLowerCase().includes(words)),
      );
      return { items: copyOf(found.reverse().slice(offset, offset + limit)), total: found.length };
    },
  };

  #decisionsOf(workspace: string): readonly FindingDecision[] {
    return this.#decisions.get(workspace) ?? [];
  }

  async stats(): Promise<StoreStats> {
    return {
      conversations: this.conversations.rows.length,
      documents: this.documents.size,
      prompts: (await this.prompts.list()).length,
      ...this.#journal.count(),
      location: null,
      sizeBytes: 0,
    };
  }

  readonly maintenance: Stores['maintenance'] = {
    backups: async () => [],
    backUp: () => Promise.reject(noDatabase('to back up')),
    restore: () => Promise.reject(noDatabase('to restore')),
    importOrchestration: () => Promise.reject(noDatabase('to import into')),
    check: async () => ({ rows: 0, problems: [], mended: 0 }),
    status: async () => null,
    exportAll: () => Promise.reject(noDatabase('to export')),
    compact: async () => ({ beforeBytes: 0, afterBytes: 0 }),
  };

  async copyTo(): Promise<void> {
    throw noDatabase('to copy');
  }

  async close(): Promise<void> {}
}

function noDatabase(purpose: string): EnsembleError {
  return new EnsembleError(
    'invalid-input',
    `There is no database ${purpose}: this session keeps everything in memory.`,
    {
      hint: 'Name a database file when you start Ensemble.',
    },
  );
}

function summaryOf(account: string, rows: readonly UsageRecord[]): UsageSummary {
  return {
    account,
    calls: rows.length,
    failures: rows.filter(({ outcome }) => !SUCCESSES.has(outcome)).length,
    tokens: rows.reduce((sum, { tokens }) => addUsage(sum, tokens), NO_USAGE),
    // Whole millionths add up exactly.
    costUSD: rows.reduce((sum, { costUSD }) => sum + Math.round((costUSD ?? 0) * 1_000_000), 0) / 1_000_000,
    unknownCosts: rows.filter(({ costUSD }) => costUSD === null).length,
  };
}
