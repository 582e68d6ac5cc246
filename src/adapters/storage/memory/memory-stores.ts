import { EnsembleError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { type AttemptRecord, addUsage, NO_USAGE } from '../../../core/model.ts';
import type {
  DocumentRecord,
  PromptRecord,
  StoreStats,
  Stores,
  UsageRecord,
  UsageSummary,
} from '../../../core/ports.ts';
import { notFound } from '../journal-rules.ts';
import { copyOf } from './copy-of.ts';
import { MemoryConversations } from './memory-conversations.ts';
import type { MemoryJournal } from './memory-journal.ts';

/** Outcomes that are no failure. */
const SUCCESSES: ReadonlySet<AttemptRecord['outcome']> = new Set(['completed', 'partial']);

/** Stores that live as long as their object. */
export class MemoryStores implements Stores {
  readonly conversations = new MemoryConversations();
  readonly #journal: MemoryJournal;
  readonly #documents: DocumentRecord[] = [];
  readonly #prompts = new Map<string, PromptRecord>();
  readonly #usage: UsageRecord[] = [];
  readonly #findings = new Map<string, readonly Json[]>();
  readonly #audit = new Set<string>();

  constructor(journal: MemoryJournal) {
    this.#journal = journal;
  }

  readonly documents: Stores['documents'] = {
    save: async (row) => {
      const id = this.#documents.length + 1;
      this.#documents.push({ ...copyOf(row), id, createdAt: new Date().toISOString() });
      return id;
    },
    list: async ({ limit, offset = 0 }) => {
      return {
        items: copyOf(this.#documents.toReversed().slice(offset, offset + limit)),
        total: this.#documents.length,
      };
    },
    get: async (id) => copyOf(this.#documents[id - 1] ?? null),
  };

  readonly prompts: Stores['prompts'] = {
    list: async () => copyOf([...this.#prompts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))),
    save: async (row) => {
      this.#prompts.set(row.name, { ...copyOf(row), builtIn: false, createdAt: new Date().toISOString() });
    },
  };

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
  };

  readonly findings: Stores['findings'] = {
    save: async (runId, findings) => {
      if (!this.#journal.has(runId)) throw notFound(`run ${runId}`);
      this.#findings.set(runId, copyOf(findings));
    },
    list: async (runId) => copyOf(this.#findings.get(runId) ?? []),
  };

  readonly audit: Stores['audit'] = {
    record: async (action, subject) => {
      this.#audit.add(JSON.stringify([action, subject]));
    },
    has: async (action, subject) => this.#audit.has(JSON.stringify([action, subject])),
  };

  async stats(): Promise<StoreStats> {
    return {
      conversations: this.conversations.count,
      documents: this.#documents.length,
      prompts: this.#prompts.size,
      ...this.#journal.count(),
      location: null,
      sizeBytes: 0,
    };
  }

  async copyTo(): Promise<void> {
    throw new EnsembleError('invalid-input', 'There is no database to copy: this session keeps everything in memory.', {
      hint: 'Name a database file when you start Ensemble.',
    });
  }

  async close(): Promise<void> {}
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
