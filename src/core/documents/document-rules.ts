import { EnsembleError } from '../errors.ts';
import type { DocumentsQuery } from '../history/history.ts';
import {
  type DocumentFormat,
  type DocumentNote,
  type DocumentPart,
  type DocumentQuery,
  type DocumentStore,
  MAX_DOCUMENT_BYTES,
  MAX_TITLE,
} from './document.ts';

/** The note of what nobody has said anything about. */
export const SAVED: DocumentNote = { author: 'Ensemble', reason: 'saved' };

const LONGEST_TAG = 60;
const MOST_TAGS = 50;

/** Bytes of a text as UTF-8. Throws `invalid-input` where a document cannot have so many. */
export function sizeOf(content: string): number {
  const bytes = new TextEncoder().encode(content).byteLength;
  if (bytes <= MAX_DOCUMENT_BYTES) return bytes;
  throw new EnsembleError(
    'invalid-input',
    `The document has ${megabytes(bytes)}; up to ${megabytes(MAX_DOCUMENT_BYTES)} are kept.`,
    { hint: 'Divide it, or keep it as a file.' },
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A title as it is kept: one line, not too long. */
export function plainTitle(title: string): string {
  const line = title.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const characters = [...line];
  const short = characters.length > MAX_TITLE ? `${characters.slice(0, MAX_TITLE - 1).join('')}…` : line;
  return short === '' ? 'Untitled' : short;
}

/** Tags as they are kept: trimmed, each once, by name. Throws `invalid-input` for one that is too long, or too many. */
export function plainTags(tags: readonly string[]): string[] {
  const plain = [...new Set(tags.map((tag) => tag.replace(/[\s\p{Cc}]+/gu, ' ').trim()))].filter((tag) => tag !== '');
  const long = plain.find((tag) => tag.length > LONGEST_TAG);
  if (long !== undefined) {
    throw new EnsembleError('invalid-input', `The tag "${long.slice(0, LONGEST_TAG)}…" is too long.`, {
      hint: `A tag has at most ${LONGEST_TAG} characters.`,
    });
  }
  if (plain.length > MOST_TAGS) {
    throw new EnsembleError('invalid-input', `A document has at most ${MOST_TAGS} tags.`, {
      hint: 'Remove some first.',
    });
  }
  return plain.sort();
}

const FORMATS: Readonly<Record<string, DocumentFormat>> = {
  ...{ md: 'markdown', markdown: 'markdown', mdown: 'markdown' },
  ...{ json: 'json', sarif: 'json', txt: 'text', log: 'text', diff: 'text', patch: 'text', csv: 'text' },
};

/** What only Markdown has: a heading, a list of several, a fence, a link, a table. */
const MARKDOWN = /^#{1,6} \S|^(?:[-*+] \S[^\n]*\n){2}|^```|\[[^\]\n]+\]\([^)\s]+\)|^\|(?:[^|\n]*\|){2,}\s*$/m;
/** Characters that are looked at. */
const LOOKED_AT = 20_000;

/** The format of a text by the name of its file, else by what it looks like. What calls itself JSON and is none is text. */
export function recogniseFormat(content: string, fileName = ''): DocumentFormat {
  const named = FORMATS[/\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''];
  if (named === 'markdown' || named === 'text') return named;
  if (isJson(content)) return 'json';
  if (named === 'json' || /\.[^.]+$/.test(fileName)) return 'text';
  return MARKDOWN.test(content.slice(0, LOOKED_AT)) ? 'markdown' : 'text';
}

function isJson(content: string): boolean {
  if (!/^\s*[[{]/.test(content)) return false;
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

/** The text as people read it: JSON with a line for each value. */
export function readableText(content: string, format: DocumentFormat): string {
  if (format !== 'json') return content;
  try {
    return `${JSON.stringify(JSON.parse(content), null, 2)}\n`;
  } catch {
    return content;
  }
}

/** A query of the history as one of the archive: what is said of calls says nothing about documents. */
export function documentsInHistory(query: DocumentsQuery): DocumentQuery {
  const { limit, offset, runId, search, kind, workspace, from, until } = query;
  const given = { offset, runId, search, runKind: kind, workspace, from, until };
  return { limit, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

/** The text of a version part by part, so that a large one is never whole in memory. Rejects `not-found`. */
export async function* partsOf(
  documents: Pick<DocumentStore, 'read'>,
  id: number,
  version: number | undefined,
  bytes: number,
): AsyncGenerator<DocumentPart> {
  let from: number | null = 0;
  while (from !== null) {
    const part: DocumentPart | null = await documents.read(id, {
      from,
      bytes,
      ...(version === undefined ? {} : { version }),
    });
    if (!part) throw noVersion(id, version);
    yield part;
    from = part.next;
  }
}

/** There is no such document, or no such version of it. */
export function noVersion(id: number, version?: number): EnsembleError {
  const what = version === undefined ? `no document ${id}` : `no version ${version} of document ${id}`;
  return new EnsembleError('not-found', `There is ${what}.`, {
    hint:
      version === undefined
        ? 'List the documents to see which there are.'
        : 'List its versions to see which there are.',
  });
}

/** Where a part ends: after at most so many bytes, and never inside of a character, of which there is one at least. */
export function cutBetweenCharacters(bytes: Uint8Array, limit: number): number {
  if (bytes.length <= limit) return bytes.length;
  // Continuation bytes of UTF-8 are 10xxxxxx.
  const isInside = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  let end = limit;
  while (end > 0 && isInside(end)) end--;
  if (end > 0) return end;
  end = 1;
  while (end < bytes.length && isInside(end)) end++;
  return end;
}
