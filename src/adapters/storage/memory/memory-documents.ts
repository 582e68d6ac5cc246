import {
  DELETED_DAYS,
  type DocumentFilter,
  type DocumentGroup,
  type DocumentPart,
  type DocumentQuery,
  type DocumentRecord,
  type DocumentStore,
  type DocumentSummary,
  type DocumentVersion,
  type NewDocument,
  PART_BYTES,
} from '../../../core/documents/document.ts';
import {
  cutBetweenCharacters,
  noVersion,
  plainTags,
  plainTitle,
  SAVED,
  sizeOf,
} from '../../../core/documents/document-rules.ts';
import { matchesPhrases, phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import type { Page } from '../../../core/page.ts';
import type { RunRecord } from '../../../core/ports.ts';
import { copyOf } from './copy-of.ts';
import type { MemoryJournal } from './memory-journal.ts';
import type { MemoryWorkspaces } from './memory-workspaces.ts';

const DAY_MS = 86_400_000;

type Version = DocumentVersion & { readonly artifact: string | null; readonly content: string; readonly order: number };

interface Kept {
  readonly id: number;
  title: string;
  tags: readonly string[];
  readonly kind: DocumentSummary['kind'];
  readonly workspace: string | null;
  readonly createdAt: string;
  deletedAt: string | null;
  /** Oldest first, never empty. */
  versions: Version[];
}

/** Documents that live as long as their object. */
export class MemoryDocuments implements DocumentStore {
  readonly #journal: MemoryJournal;
  readonly #workspaces: MemoryWorkspaces;
  #kept: Kept[] = [];
  #lastId = 0;
  #order = 0;

  constructor(journal: MemoryJournal, workspaces: MemoryWorkspaces) {
    this.#journal = journal;
    this.#workspaces = workspaces;
  }

  /** Documents that are not deleted. */
  get size(): number {
    return this.#kept.filter(({ deletedAt }) => deletedAt === null).length;
  }

  /** How many have a version that `is` says yes to. */
  count(is: (version: DocumentVersion) => boolean): number {
    return this.#kept.filter(({ versions }) => versions.some(is)).length;
  }

  /** Keeps the versions that `keeps` says yes to, and the documents that have some left. */
  prune(keeps: (version: DocumentVersion) => boolean): void {
    for (const document of this.#kept) document.versions = document.versions.filter(keeps);
    this.#kept = this.#kept.filter(({ versions }) => versions.length > 0);
  }

  async save(document: NewDocument): Promise<number> {
    const { taskId, content, format, kind = 'document', artifact = null, note = SAVED } = document;
    const { workspace = this.#run(runOf(taskId))?.workspace ?? null } = document;
    const made = this.#kept.find(({ versions }) =>
      versions.some((one) => artifact !== null && one.artifact === artifact && one.taskId === taskId),
    );
    if (made) return made.id;
    const title = plainTitle(document.title);
    const tags = plainTags(document.tags ?? []);
    const same = this.#kept.findLast(
      (one) => one.title === title && one.kind === kind && one.workspace === workspace && one.deletedAt === null,
    );
    const at = new Date().toISOString();
    const kept = same ?? { id: 0, title, tags, kind, workspace, createdAt: at, deletedAt: null, versions: [] };
    const version = this.#version(kept, { taskId, content, format, artifact, note, at });
    if (same) {
      same.versions.push(version);
      same.tags = plainTags([...same.tags, ...tags]);
      return same.id;
    }
    this.#lastId += 1;
    this.#kept.push({ ...kept, id: this.#lastId, versions: [version] });
    return this.#lastId;
  }

  async addVersion(id: number, { content, format, taskId = '', note }: Parameters<DocumentStore['addVersion']>[1]) {
    const kept = this.#require(id);
    const at = new Date().toISOString();
    const version = this.#version(kept, {
      ...{ taskId, content, note, at, artifact: null },
      format: format ?? newest(kept).format,
    });
    kept.versions.push(version);
    return version.version;
  }

  async restore(id: number, version: number, note: Parameters<DocumentStore['restore']>[2]): Promise<number> {
    const found = this.#require(id).versions.find((one) => one.version === version);
    if (!found) throw noVersion(id, version);
    const { content, format, taskId } = found;
    return this.addVersion(id, { content, format, taskId, note });
  }

  async list(query: DocumentQuery): Promise<Page<DocumentSummary>> {
    const { runId, limit, offset = 0 } = query;
    const phrases = phrasesOf(query.search ?? '');
    const found = this.#there(query).filter(
      ({ title, tags, kind, versions }) =>
        (query.kind === undefined || kind === query.kind) &&
        (query.runKind === undefined || this.#run(versions.at(-1)?.runId ?? '')?.kind === query.runKind) &&
        (query.tag === undefined || (query.tag === '' ? tags.length === 0 : tags.includes(query.tag))) &&
        matchesPhrases(phrases, [title, ...tags, versions.at(-1)?.content ?? '']),
    );
    const rows = found.flatMap((kept) => {
      if (runId === undefined) return [{ kept, version: newest(kept) }];
      return kept.versions.filter((one) => one.runId === runId).map((version) => ({ kept, version }));
    });
    rows.sort((a, b) =>
      runId === undefined
        ? compare(b.version.createdAt, a.version.createdAt) || b.kept.id - a.kept.id
        : b.version.order - a.version.order,
    );
    const items = rows.slice(offset, offset + limit).map(({ kept, version }) => ({
      ...summaryOf(kept, version),
      snippet: runId === undefined ? snippetOf(phrases, [version.content, kept.title]) : null,
    }));
    return { items: copyOf(items), total: rows.length };
  }

  async groups(by: 'kind' | 'tag' | 'workspace', filter: DocumentFilter): Promise<readonly DocumentGroup[]> {
    const counts = new Map<string, number>();
    for (const { kind, workspace, tags } of this.#there(filter)) {
      const keys = by === 'kind' ? [kind] : by === 'workspace' ? [workspace ?? ''] : tags.length > 0 ? tags : [''];
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const groups = [...counts].map(([key, count]) => ({ key, count }));
    // What has no tag comes last.
    const last = (key: string) => Number(by === 'tag' && key === '');
    return groups.sort((a, b) => last(a.key) - last(b.key) || b.count - a.count || compare(a.key, b.key));
  }

  async counts({ boundaries, ...filter }: Parameters<DocumentStore['counts']>[0]): Promise<readonly number[]> {
    const times = this.#there(filter).map((kept) => newest(kept).createdAt);
    return [...boundaries, ''].map((from, index) => {
      const until = boundaries[index - 1];
      return times.filter((time) => time >= from && (until === undefined || time < until)).length;
    });
  }

  async get(id: number): Promise<DocumentRecord | null> {
    const kept = this.#find(id);
    return kept ? copyOf({ ...summaryOf(kept, newest(kept)), content: newest(kept).content }) : null;
  }

  async read(id: number, part: Parameters<DocumentStore['read']>[1] = {}): Promise<DocumentPart | null> {
    const { version, from = 0, bytes = PART_BYTES } = part;
    const kept = this.#find(id);
    const found = kept && (version === undefined ? newest(kept) : kept.versions.find((one) => one.version === version));
    if (!kept || !found) return null;
    const { content, artifact: _, order: __, ...facts } = found;
    const rest = new TextEncoder().encode(content).subarray(from, from + bytes + 4);
    const end = cutBetweenCharacters(rest, bytes);
    return copyOf({
      ...facts,
      id,
      title: kept.title,
      kind: kept.kind,
      tags: kept.tags,
      content: new TextDecoder('utf-8', { ignoreBOM: true }).decode(rest.subarray(0, end)),
      next: from + end < facts.size ? from + end : null,
    });
  }

  async versions(id: number, { limit, offset = 0 }: { readonly limit: number; readonly offset?: number }) {
    const all = (this.#find(id)?.versions ?? []).toReversed();
    const items = all.slice(offset, offset + limit).map(({ content: _, artifact: __, order: ___, ...facts }) => facts);
    return { items: copyOf(items), total: all.length };
  }

  async change(id: number, { title, tags }: Parameters<DocumentStore['change']>[1]): Promise<void> {
    const kept = this.#require(id);
    if (tags !== undefined) kept.tags = plainTags(tags);
    if (title !== undefined) kept.title = plainTitle(title);
  }

  async delete(ids: readonly number[]): Promise<readonly number[]> {
    const now = Date.now();
    const gone = new Date(now - DELETED_DAYS * DAY_MS).toISOString();
    this.#kept = this.#kept.filter(({ deletedAt }) => deletedAt === null || deletedAt >= gone);
    return this.#mark(ids, true, new Date(now).toISOString());
  }

  async undelete(ids: readonly number[]): Promise<readonly number[]> {
    return this.#mark(ids, false, null);
  }

  #mark(ids: readonly number[], there: boolean, deletedAt: string | null): number[] {
    return ids.filter((id) => {
      const kept = this.#kept.find((one) => one.id === id && (one.deletedAt === null) === there);
      if (kept) kept.deletedAt = deletedAt;
      return kept !== undefined;
    });
  }

  #version(
    kept: Kept,
    {
      note,
      at,
      ...given
    }: Pick<Version, 'taskId' | 'content' | 'format' | 'artifact'> & {
      readonly note: typeof SAVED;
      readonly at: string;
    },
  ): Version {
    this.#order += 1;
    return {
      ...copyOf(given),
      version: (kept.versions.at(-1)?.version ?? 0) + 1,
      runId: runOf(given.taskId),
      size: sizeOf(given.content),
      author: note.author,
      reason: note.reason,
      createdAt: at,
      order: this.#order,
    };
  }

  #run(runId: string): RunRecord | undefined {
    return this.#journal.records().find((run) => run.runId === runId);
  }

  #find(id: number): Kept | undefined {
    return this.#kept.find((one) => one.id === id && one.deletedAt === null);
  }

  #require(id: number): Kept {
    const kept = this.#find(id);
    if (!kept) throw noVersion(id);
    return kept;
  }

  #there({ workspace, from, until }: DocumentFilter): Kept[] {
    const places = workspace === undefined ? null : this.#workspaces.shownWith([workspace].flat());
    return this.#kept.filter((kept) => {
      const at = newest(kept).createdAt;
      return (
        kept.deletedAt === null &&
        (places === null || places.has(kept.workspace ?? '')) &&
        (from === undefined || at >= from) &&
        (until === undefined || at < until)
      );
    });
  }
}

function newest({ id, versions }: Kept): Version {
  const last = versions.at(-1);
  if (!last) throw noVersion(id);
  return last;
}

function summaryOf(kept: Kept, version: Version): Omit<DocumentSummary, 'snippet'> {
  const { id, title, kind, workspace, tags, createdAt } = kept;
  const { taskId, runId, format, size, version: number, createdAt: updatedAt } = version;
  return { id, taskId, runId, title, format, kind, workspace, version: number, size, tags, createdAt, updatedAt };
}

/** The run of a task id `<run>` or `<run>/<task>`. */
function runOf(taskId: string): string {
  return taskId.split('/', 1)[0] ?? taskId;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
