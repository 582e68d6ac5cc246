import { allOf, type Condition } from './history-filter.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer } from './row.ts';

/** Which of the hits are wanted. */
export interface HitsPage {
  readonly limit: number;
  readonly offset?: number;
  /** Only those with a smaller number. */
  readonly belowId?: number | undefined;
  /** The filter leaves few of all conversations: they are gathered, instead of looking at each hit. */
  readonly few: boolean;
}

/**
 * Numbers of the conversations that have the words and meet the filter, newest first, and how many there are. The index of words
 * is asked first, because it gives numbers in order without touching a text: all rows with a frequent word take 30 ms among
 * 100,000, where a list of conversations that is compared with the index takes half a second.
 */
export function conversationHits(
  database: OperationDatabase,
  match: string,
  filter: Condition,
  { limit, offset = 0, belowId, few }: HitsPage,
): { readonly ids: readonly number[]; readonly total: number } {
  const isFiltered = filter.values.length > 0;
  const meets = few
    ? `+docid IN (SELECT id FROM conversations WHERE ${filter.sql})`
    : `EXISTS (SELECT 1 FROM conversations WHERE conversations.id = conversation_search.docid AND ${filter.sql})`;
  const all = allOf([
    { sql: 'conversation_search MATCH ?', values: [match] },
    ...(isFiltered ? [{ sql: meets, values: filter.values }] : []),
  ]);
  const page = allOf([all, ...(belowId === undefined ? [] : [{ sql: 'docid < ?', values: [belowId] }])]);
  const rows = database.all(
    `SELECT docid AS id FROM conversation_search WHERE ${page.sql} ORDER BY docid DESC LIMIT ? OFFSET ?`,
    [...page.values, limit, offset],
  );
  const total = database.get(`SELECT count(*) AS total FROM conversation_search WHERE ${all.sql}`, all.values);
  return { ids: rows.map((row) => integer(row, 'id')), total: integer(total ?? {}, 'total') };
}

/** The end of a statement that reads rows by their numbers, newest first; its value is {@link idList}. */
export const WITH_IDS = 'FROM conversations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC';

export function idList(ids: readonly number[]): string {
  return JSON.stringify(ids);
}
