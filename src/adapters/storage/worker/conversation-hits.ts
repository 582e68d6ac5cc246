import { allOf, type Condition } from './history-filter.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer } from './row.ts';

/** So many hits are not looked at one by one only to be counted. */
export const MANY_HITS = 20_000;

/** Which of the hits are wanted. */
export interface HitsPage {
  readonly limit: number;
  readonly offset?: number;
  /** Only those with a smaller number. */
  readonly belowId?: number | undefined;
  /** The filter leaves few of all conversations: they are gathered, instead of looking at each hit. */
  readonly few: boolean;
  /** The filter as it gathers what meets it from indexes alone, for the number of many hits; null: it cannot. */
  readonly gathered: Condition | null;
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
  { limit, offset = 0, belowId, few, gathered }: HitsPage,
): { readonly ids: readonly number[]; readonly total: number } {
  const words = { sql: 'conversation_search MATCH ?', values: [match] };
  const isFiltered = filter.values.length > 0;
  const all = isFiltered ? allOf([words, few ? isOneOf(filter) : meets(filter)]) : words;
  const page = allOf([all, ...(belowId === undefined ? [] : [{ sql: 'docid < ?', values: [belowId] }])]);
  const rows = database.all(
    `SELECT docid AS id FROM conversation_search WHERE ${page.sql} ORDER BY docid DESC LIMIT ? OFFSET ?`,
    [...page.values, limit, offset],
  );
  const ids = rows.map((row) => integer(row, 'id'));
  if (!isFiltered || few || gathered === null) return { ids, total: countOf(database, all) };
  const isMany = countOf(database, words) > MANY_HITS;
  return { ids, total: countOf(database, isMany ? allOf([words, isOneOf(gathered)]) : all) };
}

/** Each hit is looked at. */
function meets({ sql, values }: Condition): Condition {
  return {
    sql: `EXISTS (SELECT 1 FROM conversations WHERE conversations.id = conversation_search.docid AND ${sql})`,
    values,
  };
}

/** A list is made of all that meet the condition, and the hits are compared with it. */
function isOneOf({ sql, values }: Condition): Condition {
  return { sql: `+docid IN (SELECT id FROM conversations WHERE ${sql})`, values };
}

function countOf(database: OperationDatabase, { sql, values }: Condition): number {
  return integer(database.get(`SELECT count(*) AS total FROM conversation_search WHERE ${sql}`, values) ?? {}, 'total');
}

/** The end of a statement that reads rows by their numbers, newest first; its value is {@link idList}. */
export const WITH_IDS = 'FROM conversations WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC';

export function idList(ids: readonly number[]): string {
  return JSON.stringify(ids);
}
