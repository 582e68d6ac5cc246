import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { ConversationRecord, RunJournal, Stores, UsageRecord } from '../ports.ts';
import type { ConversationSummary, HistoryStore } from './history.ts';

/** Rows that are read at once. */
const PAGE = 100;
/** Steps that one replay has at most; the rest of a larger run is replayed task by task. */
export const MOST_STEPS = 2_000;

/** What is replayed: a run, or the part of it that one conversation belongs to. */
export type ReplayPlace = { readonly runId: string } | { readonly conversation: number };

/** The calls of a run, or of one task of it, in the order in which they were made. */
export interface ReplayOutline {
  readonly runId: string;
  readonly title: string;
  /** Calls of models and of tools, without their texts. */
  readonly steps: readonly ConversationSummary[];
  /** Index of the step to begin with. */
  readonly start: number;
  /** Steps that are left out, because there are more than {@link MOST_STEPS}. */
  readonly leftOut: number;
}

/** A message as it was sent. */
export interface SentMessage {
  readonly role: string;
  readonly content: string;
}

/** One step in full. */
export interface ReplayStep {
  readonly conversation: ConversationRecord;
  /** What the task is to do; null: it is not known any more. */
  readonly task: string | null;
  /** The messages that the step before of the same task did not have. Of a tool: its arguments. */
  readonly messages: readonly SentMessage[];
  /** How many messages stood before them, and in which step (index) all of them are shown; null: none. */
  readonly repeated: { readonly count: number; readonly step: number } | null;
  /** Attempts at accounts, as the ledger has them. */
  readonly attempts: readonly UsageRecord[];
  /** Calls that repeat this one, newest first. */
  readonly again: readonly ConversationSummary[];
}

/** What a replay reads. Nothing is sent. */
export interface ReplaySources {
  readonly history: Pick<HistoryStore, 'conversations'>;
  readonly stores: {
    readonly conversations: Pick<Stores['conversations'], 'get'>;
    readonly usage: Pick<Stores['usage'], 'ofRun'>;
  };
  readonly journal: Pick<RunJournal, 'get' | 'tasks'>;
}

/** Replays what was said, step by step, from the database alone. */
export class Replay {
  readonly #sources: ReplaySources;

  constructor(sources: ReplaySources) {
    this.#sources = sources;
  }

  /** Rejects `not-found` where there is no such run or conversation, or nothing was said in it. */
  async outline(place: ReplayPlace): Promise<ReplayOutline> {
    const wanted = 'conversation' in place ? await this.#conversation(place.conversation) : null;
    const runId = 'runId' in place ? place.runId : (wanted?.runId ?? '');
    const taskId = wanted?.taskId ?? null;
    const record = await this.#sources.journal.get(runId);
    const { rows, leftOut } = await this.#rows(runId, taskId);
    // What was imported belongs to no run, so that nothing holds it together but its task.
    const steps = rows.length === 0 && wanted ? [summaryOf(wanted)] : rows;
    if (steps.length === 0) {
      throw new EnsembleError('not-found', record ? 'Nothing was said in this run.' : `There is no run ${runId}.`, {
        hint: 'Look into the history to see what there is.',
      });
    }
    const start = Math.max(
      0,
      steps.findIndex(({ id }) => id === wanted?.id),
    );
    return { runId, title: record?.title ?? taskId ?? runId, steps, start, leftOut };
  }

  /** A step of an outline. Rejects `not-found` where it was deleted meanwhile. */
  async step({ steps }: ReplayOutline, index: number): Promise<ReplayStep> {
    const at = steps[index];
    if (!at) throw new EnsembleError('not-found', `There is no step ${index + 1}.`);
    const conversation = await this.#conversation(at.id);
    const before = steps.slice(0, index).findLastIndex((one) => one.taskId === at.taskId && one.type !== 'tool');
    const earlier = before < 0 || at.type === 'tool' ? null : await this.#conversation(steps[before]?.id ?? 0);
    const all = sentMessages(conversation.messages);
    const count = earlier === null ? 0 : sharedLength(sentMessages(earlier.messages), all);
    return {
      conversation,
      task: await this.#description(at),
      messages: all.slice(count),
      repeated: count === 0 ? null : { count, step: before },
      attempts: await this.attempts(conversation, nextOf(steps, index)?.createdAt ?? null),
      again: (await this.#sources.history.conversations({ rerunOf: at.id, limit: PAGE })).items,
    };
  }

  /** The attempts of a call: those of its task that ended after it began and before the task's next call did. */
  async attempts(conversation: ConversationRecord, until: string | null): Promise<readonly UsageRecord[]> {
    const { runId, createdAt, type } = conversation;
    if (type === 'tool' || runId === '') return [];
    const tasks = await this.#tasksOf(conversation);
    const instances = new Set(tasks.map(({ instanceId }) => instanceId));
    const all = await this.#sources.stores.usage.ofRun(runId);
    return all.filter(
      ({ instanceId, at }) => instances.has(instanceId) && at >= createdAt && (until === null || at < until),
    );
  }

  async #conversation(id: number): Promise<ConversationRecord> {
    const found = await this.#sources.stores.conversations.get(id);
    if (found) return found;
    throw new EnsembleError('not-found', `There is no conversation ${id}.`, {
      hint: 'Look into the history to see which there are.',
    });
  }

  /** The oldest first. */
  async #rows(runId: string, taskId: string | null): Promise<{ rows: ConversationSummary[]; leftOut: number }> {
    const rows: ConversationSummary[] = [];
    if (runId === '') return { rows, leftOut: 0 };
    for (let afterId: number | undefined; ; ) {
      const page = { runId, limit: PAGE, ...(afterId === undefined ? {} : { afterId }) };
      const { items } = await this.#sources.history.conversations(page);
      rows.push(...items.filter((row) => taskId === null || row.taskId === taskId));
      afterId = items.at(-1)?.id;
      if (afterId === undefined || items.length < PAGE) break;
    }
    rows.reverse();
    return { rows: rows.slice(0, MOST_STEPS), leftOut: Math.max(0, rows.length - MOST_STEPS) };
  }

  async #description(row: ConversationSummary): Promise<string | null> {
    return (await this.#tasksOf(row))[0]?.description ?? null;
  }

  async #tasksOf({ runId, taskId, agent }: Pick<ConversationRecord, 'runId' | 'taskId' | 'agent'>) {
    const tasks = await this.#sources.journal.tasks(runId);
    // Rows of the super-agent carry the id of the run alone (S1).
    if (taskId === runId) return tasks.filter((task) => task.agent === agent);
    return tasks.filter((task) => `${runId}/${task.taskId}` === taskId);
  }
}

/** The next call of a model for the same task; null: it was the last. */
function nextOf(steps: readonly ConversationSummary[], index: number): ConversationSummary | null {
  const { taskId } = steps[index] ?? {};
  return steps.slice(index + 1).find((one) => one.taskId === taskId && one.type !== 'tool') ?? null;
}

/** A kept request as messages; what is of another shape becomes one of them. */
export function sentMessages(kept: Json): SentMessage[] {
  if (!Array.isArray(kept)) return [{ role: 'request', content: textOf(kept) }];
  return kept.map((one) => {
    const { role, content } = (one ?? {}) as { readonly role?: Json; readonly content?: Json };
    return { role: typeof role === 'string' && role !== '' ? role : 'message', content: textOf(content ?? null) };
  });
}

function textOf(content: Json): string {
  return typeof content === 'string' ? content : JSON.stringify(content, null, 2);
}

/** With how many equal messages both begin. */
function sharedLength(earlier: readonly SentMessage[], later: readonly SentMessage[]): number {
  const differs = later.findIndex((message, index) => {
    const other = earlier[index];
    return other?.role !== message.role || other.content !== message.content;
  });
  // A call that says the same once more is shown whole.
  return differs < 0 ? 0 : differs;
}

function summaryOf({ messages: _, response: __, ...row }: ConversationRecord): ConversationSummary {
  return { ...row, snippet: null };
}
