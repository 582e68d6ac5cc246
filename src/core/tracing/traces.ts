import type { RunJournal, Stores } from '../ports.ts';
import type { SpanRecord } from './span.ts';
import type { PerformanceReport, ReportQuery } from './span-store.ts';
import { type Tracer, traceOf } from './tracer.ts';

/** Runs without spans that one report makes spans of. */
const MAX_REBUILT = 500;

/** Reads traces: those that were kept, and of runs that have none those that their journals tell. */
export class Traces {
  readonly #journal: Pick<RunJournal, 'read'>;
  readonly #stores: Pick<Stores, 'spans' | 'usage'>;
  readonly #tracer: Tracer;

  constructor(journal: Pick<RunJournal, 'read'>, stores: Pick<Stores, 'spans' | 'usage'>, tracer: Tracer) {
    this.#journal = journal;
    this.#stores = stores;
    this.#tracer = tracer;
  }

  /** The spans of a run, from its start on; empty where there is no such run. */
  async ofRun(runId: string): Promise<readonly SpanRecord[]> {
    await this.#tracer.flush();
    const kept = await this.#stores.spans.ofRun(runId);
    if (kept.length > 0) return kept;
    await this.#rebuild(runId);
    return this.#stores.spans.ofRun(runId);
  }

  /** How agents, accounts and models did. Runs of older versions count: their spans are made from their journals first. */
  async report(query: ReportQuery): Promise<PerformanceReport> {
    await this.#tracer.flush();
    const untraced = await this.#stores.spans.untraced({ ...query, limit: MAX_REBUILT });
    for (const runId of untraced) await this.#rebuild(runId);
    return this.#stores.spans.report(query);
  }

  /** Resolves when what was told is where it goes, or after two seconds. */
  flush(): Promise<void> {
    return this.#tracer.flush();
  }

  async #rebuild(runId: string): Promise<void> {
    const [entries, rows] = await Promise.all([this.#journal.read(runId), this.#stores.usage.ofRun(runId)]);
    if (entries.length > 0) await this.#stores.spans.save(traceOf(entries, rows));
  }
}
