import type { EntryDraft, JournalEntry } from '../engine/journal-entry.ts';
import { toErrorInfo } from '../errors.ts';
import type { ModelRequest } from '../model.ts';
import { redact, redactKnown } from '../policy/redaction.ts';
import type { Clock, Logger, UsageRecord } from '../ports.ts';
import { RunTrace } from './run-trace.ts';
import type { SpanRecord } from './span.ts';
import { SpanQueue } from './span-queue.ts';
import type { SpanSink } from './span-sink.ts';

/** Entries after which a run goes on no more, or only once it is resumed. */
const STOPS: ReadonlySet<EntryDraft['kind']> = new Set(['run-ended', 'run-interrupted', 'run-suspended']);

/** Entries that end the effects of a task, or of all tasks. */
const ENDS_EFFECTS: ReadonlySet<EntryDraft['kind']> = new Set([
  ...STOPS,
  'run-resumed',
  'task-completed',
  'task-failed',
  'task-retry',
  'task-interrupted',
  'task-cancelled',
]);

/** Longest time that a flush may take, ms (design, decision 15). */
const FLUSH_TIMEOUT_MS = 2_000;

/** What a tracer works with. */
export interface TracerParts {
  /** Keeps every span. */
  readonly database: SpanSink;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly logger: Logger;
  /** The ledger's rows of a run, oldest first. */
  ledgerOf(runId: string): Promise<readonly UsageRecord[]>;
  /** Values that no span may hold. */
  knownSecrets(): readonly string[];
}

/** Where spans go beside the database, and what they may hold. */
export interface TracerSettings {
  readonly sinks: readonly SpanSink[];
  /** True: spans hold prompts and answers. */
  readonly content: boolean;
}

/**
 * Turns what happens in runs into spans. It is told of the journal's entries when they are durable and of the ledger's rows;
 * nothing waits for it, and whatever goes wrong with spans is a notice at most.
 */
export class Tracer {
  readonly #parts: TracerParts;
  readonly #database: SpanQueue;
  readonly #runs = new Map<string, RunTrace>();
  #queues: readonly SpanQueue[] = [];
  #content = false;

  constructor(parts: TracerParts) {
    this.#parts = parts;
    this.#database = this.#queueOf(parts.database);
  }

  /** Sends what is to come somewhere else; what was under way still goes where it was to go. */
  configure({ sinks, content }: TracerSettings): void {
    for (const queue of this.#queues) queue.push();
    this.#queues = sinks.map((sink) => this.#queueOf(sink));
    this.#content = content;
  }

  /** Entries of a run that have become durable, in order; `at` is their time. */
  committed(runId: string, entries: readonly EntryDraft[], at: string): void {
    const run = this.#runs.get(runId) ?? this.#begin(runId);
    for (const entry of entries) {
      run.add(entry, at);
      if (STOPS.has(entry.kind)) this.#end(runId);
    }
  }

  /** All entries so far of a run that goes on now: their spans were told before. */
  resumed(entries: readonly JournalEntry[]): void {
    const runId = entries[0]?.runId;
    if (runId === undefined) return;
    const run = this.#begin(runId, () => {});
    for (const entry of entries) run.add(entry, entry.at);
    // Until the old spans are there: they must not come after newer ones of the same id.
    let told: Set<string> | null = new Set();
    run.tellTo((span) => {
      told?.add(span.spanId);
      this.#take(span);
    });
    // What a crash kept from the database; the same spans have the same ids.
    this.#parts.ledgerOf(runId).then(
      (rows) => {
        for (const span of traceOf(entries, rows)) if (!told?.has(span.spanId)) this.#database.add(span);
        told = null;
      },
      (error) => this.#tell(this.#parts.database, error),
    );
  }

  /** An attempt at a provider that has ended. */
  called(row: UsageRecord, requested: string | null): void {
    const run = this.#runs.get(row.runId);
    if (run !== undefined) run.call(row, requested);
    else if (row.runId !== '') new RunTrace(row.runId, false, (span) => this.#take(span)).call(row, requested);
  }

  /** A request on its way to the pool. */
  asked(request: ModelRequest): void {
    if (!this.#content) return;
    const secrets = this.#parts.knownSecrets();
    this.#runs.get(request.attribution.runId)?.asked(request, (text) => redact(text, secrets).text);
  }

  /** Resolves when everything told so far is where it goes, or after two seconds. Never rejects. */
  async flush(): Promise<void> {
    const timer = new AbortController();
    const done = Promise.all([this.#database, ...this.#queues].map((queue) => queue.drain()));
    const late = this.#parts.clock.sleep(FLUSH_TIMEOUT_MS, timer.signal).then(
      () => 'late' as const,
      () => 'stopped' as const,
    );
    if ((await Promise.race([done, late])) === 'late') {
      for (const queue of [this.#database, ...this.#queues]) queue.giveUp();
    }
    timer.abort();
  }

  #begin(runId: string, emit = (span: SpanRecord) => this.#take(span)): RunTrace {
    const run = new RunTrace(runId, this.#content, emit);
    this.#runs.set(runId, run);
    return run;
  }

  #end(runId: string): void {
    this.#runs.delete(runId);
    for (const queue of [this.#database, ...this.#queues]) queue.push();
  }

  #take(span: SpanRecord): void {
    for (const queue of [this.#database, ...this.#queues]) queue.add(span);
  }

  #queueOf(sink: SpanSink): SpanQueue {
    const { clock, knownSecrets } = this.#parts;
    return new SpanQueue(withoutSecrets(sink, knownSecrets), clock, (error) => this.#tell(sink, error));
  }

  #tell({ name }: SpanSink, error: unknown): void {
    this.#parts.logger.warn(`Traces do not get to ${name}: ${toErrorInfo(error).message} Runs are not affected.`);
  }
}

/** The last look before spans leave: whatever way a key came into one, it does not go on. */
function withoutSecrets(sink: SpanSink, knownSecrets: () => readonly string[]): SpanSink {
  return {
    name: sink.name,
    export: (spans, signal) => {
      const secrets = knownSecrets();
      if (secrets.length === 0) return sink.export(spans, signal);
      const text = JSON.stringify(spans);
      const clean = redactKnown(text, secrets);
      return sink.export(clean === text ? spans : (JSON.parse(clean) as SpanRecord[]), signal);
    },
  };
}

/**
 * The spans of a run that has a journal but no spans, such as one of an older version. `rows` are the ledger's rows of the
 * run, oldest first.
 */
export function traceOf(entries: readonly JournalEntry[], rows: readonly UsageRecord[]): readonly SpanRecord[] {
  const spans = new Map<string, SpanRecord>();
  const runId = entries[0]?.runId ?? '';
  const run = new RunTrace(runId, false, (span) => spans.set(span.spanId, span));
  const waiting = new Map<string, UsageRecord[]>();
  for (const row of rows) waiting.set(row.instanceId, [...(waiting.get(row.instanceId) ?? []), row]);
  for (const entry of entries) {
    for (const row of callsBefore(entry, waiting)) run.call(row);
    run.add(entry, entry.at);
  }
  for (const row of [...waiting.values()].flat()) run.call(row);
  return [...spans.values()];
}

/**
 * Takes out the calls that were recorded before an entry was: those of a turn by their number, others by their time. A call
 * of the same millisecond belongs before an entry only where that ends what was under way: it may be one of a turn that
 * begins just after.
 */
function callsBefore(entry: JournalEntry, waiting: Map<string, UsageRecord[]>): readonly UsageRecord[] {
  const { kind, instanceId, at, payload } = entry;
  if (kind === 'task-started' || kind === 'effect-intent') return [];
  if (kind === 'effect-outcome') {
    const { attempts = [] } = (payload.result ?? {}) as { readonly attempts?: readonly unknown[] };
    return waiting.get(instanceId ?? '')?.splice(0, attempts.length) ?? [];
  }
  const ends = ENDS_EFFECTS.has(kind);
  const queues = instanceId === null ? [...waiting.values()] : [waiting.get(instanceId) ?? []];
  return queues.flatMap((rows) => {
    const later = rows.findIndex((row) => row.at > at || (row.at === at && !ends));
    return rows.splice(0, later === -1 ? rows.length : later);
  });
}
