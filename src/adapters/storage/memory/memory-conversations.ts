import type { Json } from '../../../core/json.ts';
import type { ConversationRecord, Page, Stores } from '../../../core/ports.ts';
import { notFound } from '../journal-rules.ts';
import { phrasesOf, wordsOf } from '../search-words.ts';
import { copyOf } from './copy-of.ts';

type Conversations = Stores['conversations'];

/** Conversations with the search of the database: by words, not by substrings. */
export class MemoryConversations implements Conversations {
  readonly #rows: ConversationRecord[] = [];

  get count(): number {
    return this.#rows.length;
  }

  async begin(row: Parameters<Conversations['begin']>[0]): Promise<number> {
    const id = this.#rows.length + 1;
    const open = { response: null, status: 'running', tokens: null, costUSD: null };
    this.#rows.push({ ...copyOf(row), ...open, id, createdAt: new Date().toISOString() });
    return id;
  }

  async finish(id: number, end: Parameters<Conversations['finish']>[1]): Promise<void> {
    const row = this.#rows[id - 1];
    if (row === undefined) throw notFound(`conversation ${id}`);
    this.#rows[id - 1] = { ...row, ...copyOf(end) };
  }

  async list(query: Parameters<Conversations['list']>[0]): Promise<Page<ConversationRecord>> {
    const offset = query.offset ?? 0;
    const phrases = phrasesOf(query.search ?? '');
    const matches = this.#rows
      .filter((row) => query.runId === undefined || row.runId === query.runId)
      .filter((row) => phrases.every((phrase) => textsOf(row).some((text) => occurs(phrase, wordsOf(text)))));
    return { items: copyOf(matches.reverse().slice(offset, offset + query.limit)), total: matches.length };
  }

  async get(id: number): Promise<ConversationRecord | null> {
    return copyOf(this.#rows[id - 1] ?? null);
  }
}

function textsOf(row: ConversationRecord): string[] {
  return [...stringsIn(row.messages), row.response ?? ''];
}

/** All texts of a request but the roles. */
function stringsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => (key === 'role' ? [] : stringsIn(part)));
}

/** Whether the phrase stands in the text: its words in a row, the last as a beginning. An empty one stands nowhere. */
function occurs(phrase: readonly string[], words: readonly string[]): boolean {
  const last = phrase.length - 1;
  if (last < 0) return false;
  return words.some((_, start) => {
    return phrase.every((word, index) => {
      const candidate = words[start + index];
      return index === last ? candidate?.startsWith(word) : candidate === word;
    });
  });
}
