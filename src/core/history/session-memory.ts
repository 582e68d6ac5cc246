import { condense } from '../context/condense.ts';
import { asData } from '../context/task-context.ts';
import { estimateTokens } from '../context/token-estimate.ts';
import type { JsonObject } from '../json.ts';
import type { RunJournal, Stores } from '../ports.ts';
import type { ConversationSummary, HistoryStore } from './history.ts';
import { wordsOf } from './search-words.ts';

/** Interactions that are remembered (S2). */
const INTERACTIONS = 10;
/** Conversations that are looked through for them and for what the agent said last. */
const LOOKED_THROUGH = 60;
const RELATED = 3;
/** Words of the task that are searched for, the longest first, and hits looked at for each. */
const WORDS = 6;
const HITS = 5;
const SHORTEST_WORD = 5;
/** Tokens of one remembered text, by what it is. */
const TOKENS = { interaction: 60, knowledge: 400, related: 200 } as const;
/** What is no work of an agent by itself. */
const NOT_REMEMBERED = new Set(['digest', 'guard', 'tool', 'repair', 'decomposition']);

/** What somebody wants to remember. */
export interface RecallQuery {
  /** The present run, which is no memory. */
  readonly runId: string;
  readonly agent: string;
  /** What the agent is about to do. */
  readonly about: string;
}

/** Something that was said before. */
export interface Memory {
  readonly agent: string;
  /** ISO-8601 UTC. */
  readonly at: string;
  /** The task, in a line. */
  readonly task: string;
  /** What the agent answered, shortened. */
  readonly said: string;
}

/** What is remembered; newest first. JSON: the journal keeps it. */
export interface Recollection {
  readonly interactions: readonly Memory[];
  /** What this agent said last; null: nothing yet. */
  readonly knowledge: Memory | null;
  /** Earlier answers about the same, found by their words. */
  readonly related: readonly Memory[];
}

/** What agents remember of earlier runs (S2's session memory). */
export interface SessionMemory {
  recall(query: RecallQuery): Promise<Recollection>;
}

/** What memory is made of. */
export interface MemorySources {
  readonly history: Pick<HistoryStore, 'conversations'>;
  readonly conversations: Pick<Stores['conversations'], 'get'>;
  readonly journal: Pick<RunJournal, 'tasks'>;
  /** Nothing of another one is ever recalled; null: no folder, no memory. */
  readonly workspace: string | null;
}

/** Session memory over the history of one workspace. Texts are as they were kept: without secrets. */
export class HistoryMemory implements SessionMemory {
  readonly #sources: MemorySources;

  constructor(sources: MemorySources) {
    this.#sources = sources;
  }

  async recall({ runId, agent, about }: RecallQuery): Promise<Recollection> {
    const { workspace, history } = this.#sources;
    if (workspace === null) return { interactions: [], knowledge: null, related: [] };
    const place = new Places(this.#sources);
    const isWork = (row: ConversationSummary) =>
      row.runId !== runId && row.status === 'completed' && !NOT_REMEMBERED.has(row.type);
    const recent = (await history.conversations({ workspace, limit: LOOKED_THROUGH })).items.filter(isWork);
    const last = recent.slice(0, INTERACTIONS);
    const own = await place.find(recent, agent);
    const known = new Set([...last, ...(own ? [own] : [])].map(({ id }) => id));
    const related = (await this.#related(about, workspace)).filter((row) => isWork(row) && !known.has(row.id));
    return {
      interactions: await place.memories(last, TOKENS.interaction),
      knowledge: own ? ((await place.memories([own], TOKENS.knowledge))[0] ?? null) : null,
      related: await place.memories(related.slice(0, RELATED), TOKENS.related),
    };
  }

  /** Conversations in which words of the task occur, those with most of them first. */
  async #related(about: string, workspace: string): Promise<ConversationSummary[]> {
    const words = [...new Set(wordsOf(about))].filter((word) => word.length >= SHORTEST_WORD);
    words.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const found = new Map<number, { readonly row: ConversationSummary; hits: number }>();
    for (const search of words.slice(0, WORDS)) {
      const { items } = await this.#sources.history.conversations({ workspace, search, limit: HITS });
      for (const row of items) {
        const one = found.get(row.id) ?? { row, hits: 0 };
        one.hits++;
        found.set(row.id, one);
      }
    }
    return [...found.values()].sort((a, b) => b.hits - a.hits || b.row.id - a.row.id).map(({ row }) => row);
  }
}

/** Which agent and which task a conversation belongs to. */
class Places {
  readonly #sources: MemorySources;
  readonly #tasks = new Map<string, Awaited<ReturnType<RunJournal['tasks']>>>();

  constructor(sources: MemorySources) {
    this.#sources = sources;
  }

  async find(rows: readonly ConversationSummary[], agent: string): Promise<ConversationSummary | null> {
    for (const row of rows) if ((await this.#of(row)).agent === agent) return row;
    return null;
  }

  async memories(rows: readonly ConversationSummary[], tokens: number): Promise<Memory[]> {
    const memories: Memory[] = [];
    for (const row of rows) {
      const response = (await this.#sources.conversations.get(row.id))?.response;
      if (!response) continue;
      memories.push({ ...(await this.#of(row)), at: row.createdAt, said: condense(response, tokens, estimateTokens) });
    }
    return memories;
  }

  async #of({ runId, taskId, type }: ConversationSummary): Promise<{ readonly agent: string; readonly task: string }> {
    const tasks = this.#tasks.get(runId) ?? (await this.#sources.journal.tasks(runId));
    this.#tasks.set(runId, tasks);
    // Rows of the super-agent carry the id of the run alone (S1).
    const id = taskId === runId ? 'aggregate' : taskId.slice(runId.length + 1);
    const task = tasks.find((one) => one.taskId === id);
    return { agent: task?.agent ?? type, task: task?.description ?? type };
  }
}

/** What an agent is told of it; empty where nothing is remembered. */
export function renderRecollection({ interactions, knowledge, related }: Recollection): string {
  const list = (memories: readonly Memory[]) =>
    memories.map(({ agent, at, task, said }) => `- ${at.slice(0, 16)} ${agent}, ${task}: ${said}`).join('\n');
  const part = (heading: string, memories: readonly Memory[]) =>
    memories.length === 0 ? [] : [`## ${heading}\n\n${asData(list(memories))}`];
  const parts = [
    ...part('What you said last', knowledge ? [knowledge] : []),
    ...part('Earlier answers about the same', related),
    ...part('The last interactions', interactions),
  ];
  return parts.length === 0 ? '' : ['# What was done before in this workspace', ...parts].join('\n\n');
}

/** As it comes back from the journal. */
export function recollectionOf(stored: JsonObject): Recollection {
  return stored as unknown as Recollection;
}
