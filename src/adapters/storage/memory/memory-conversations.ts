import { matchesPhrases, phrasesOf } from '../../../core/history/search-words.ts';
import type { ConversationRecord, Page, Stores } from '../../../core/ports.ts';
import { textsIn } from '../conversation-texts.ts';
import { notFound } from '../journal-rules.ts';
import { copyOf } from './copy-of.ts';

type Conversations = Stores['conversations'];

/** Conversations with the search of the database: by words, not by substrings. */
export class MemoryConversations implements Conversations {
  #rows: ConversationRecord[] = [];
  #lastId = 0;

  /** Newest first. */
  get rows(): readonly ConversationRecord[] {
    return this.#rows.toReversed();
  }

  /** Keeps what `keeps` says yes to. */
  prune(keeps: (row: ConversationRecord) => boolean): void {
    this.#rows = this.#rows.filter(keeps);
  }

  async begin(row: Parameters<Conversations['begin']>[0]): Promise<number> {
    this.#lastId += 1;
    const id = this.#lastId;
    const open = { response: null, status: 'running', tokens: null, costUSD: null };
    const createdAt = new Date().toISOString();
    this.#rows.push({ agent: '', rerunOf: null, ...copyOf(row), ...open, id, createdAt });
    return id;
  }

  async finish(id: number, end: Parameters<Conversations['finish']>[1]): Promise<void> {
    const row = this.#rows.find((one) => one.id === id);
    if (row === undefined) throw notFound(`conversation ${id}`);
    this.#rows[this.#rows.indexOf(row)] = { ...row, ...copyOf(end) };
  }

  async list(query: Parameters<Conversations['list']>[0]): Promise<Page<ConversationRecord>> {
    const offset = query.offset ?? 0;
    const phrases = phrasesOf(query.search ?? '');
    const matches = this.#rows
      .filter((row) => query.runId === undefined || row.runId === query.runId)
      .filter((row) => matchesPhrases(phrases, textsOf(row)));
    return { items: copyOf(matches.reverse().slice(offset, offset + query.limit)), total: matches.length };
  }

  async get(id: number): Promise<ConversationRecord | null> {
    return copyOf(this.#rows.find((row) => row.id === id) ?? null);
  }
}

/** All texts of a conversation, for a search. */
export function textsOf(row: ConversationRecord): string[] {
  return [...textsIn(row.messages), row.response ?? ''];
}
