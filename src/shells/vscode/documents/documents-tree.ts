import * as vscode from 'vscode';
import type { DocumentFilter, DocumentKind, DocumentQuery, DocumentSummary } from '../../../core/documents/document.ts';
import { toErrorInfo } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import { spanLabel } from '../history/history-items.ts';
import { spansOf } from '../history/spans.ts';
import type { ViewLook } from '../host/outlets.ts';
import { sentences } from '../host/report.ts';
import type { Session } from '../host/session.ts';
import { errorItem } from '../views/error-item.ts';
import { moreItem } from '../views/more-item.ts';
import { ChangeThrottle } from '../views/throttle.ts';
import { elementOf, parseElement } from './document-element.ts';
import { documentItem, groupItem, kindLabel } from './document-items.ts';
import { documentUri } from './document-uri.ts';

/** By what the view groups documents. */
export type DocumentGrouping = 'day' | 'kind' | 'tag' | 'workspace';

const MORE = { command: 'ensemble.moreDocuments', title: vscode.l10n.t('Load More...') };
/** Rows that are read at once. */
const PAGE = 100;
const GROUPING_KEY = 'ensemble.documentGrouping';
const SCOPE_KEY = 'ensemble.documentsOfAllWorkspaces';
/** A run begins or ends: the list is read again at most so often, ms. */
const REFRESH_INTERVAL_MS = 1000;

/** What a documents tree works with. */
export interface DocumentsTreeParts {
  readonly session: Session;
  readonly state: vscode.Memento;
  /** The folders whose documents are "this workspace's". */
  roots(): readonly string[];
  /** Redraws elements; undefined: all. */
  changed(elements: string[] | undefined): void;
  look(look: ViewLook): void;
}

interface Group {
  readonly key: string;
  readonly label: string;
  readonly icon: string | null;
  readonly count: number;
  /** What lists its documents. */
  readonly query: Omit<DocumentQuery, 'limit'>;
}

/** Content of the Documents view: groups, and documents in pages of {@link PAGE}. Elements are the ids of `elementOf`. */
export class DocumentsTree implements vscode.Disposable {
  readonly #parts: DocumentsTreeParts;
  readonly #changes: ChangeThrottle;
  readonly #pages = new Map<string, { readonly items: readonly DocumentSummary[]; readonly total: number }>();
  #groups: readonly Group[] | null = null;
  #problem: string | null = null;
  /** Ids of the rows that are selected, for commands that come from the keyboard. */
  selection: readonly string[] = [];

  constructor(parts: DocumentsTreeParts) {
    this.#parts = parts;
    this.#changes = new ChangeThrottle(() => this.refresh(), REFRESH_INTERVAL_MS);
  }

  get grouping(): DocumentGrouping {
    return this.#parts.state.get<DocumentGrouping>(GROUPING_KEY, 'day');
  }

  get all(): boolean {
    return this.#parts.state.get<boolean>(SCOPE_KEY, false);
  }

  /** The workspace that is listed, as a filter. */
  get filter(): DocumentFilter {
    return this.all || this.grouping === 'workspace' ? {} : { workspace: this.#parts.roots() };
  }

  async groupBy(grouping: DocumentGrouping): Promise<void> {
    await this.#parts.state.update(GROUPING_KEY, grouping);
    this.refresh();
  }

  async showAll(all: boolean): Promise<void> {
    await this.#parts.state.update(SCOPE_KEY, all);
    this.refresh();
  }

  /** Takes an event of a run of this window in: what ends may have left documents. */
  onEvent({ type }: EnsembleEvent): void {
    if (type === 'workflow:results' && this.#groups !== null) this.#changes.add(null);
  }

  /** Reads everything again. */
  refresh(): void {
    this.#groups = null;
    this.#parts.changed(undefined);
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async children(element: string | null): Promise<string[]> {
    try {
      if (element === null) return await this.#roots();
      const group = this.#group(element);
      return group ? await this.#below(group) : [];
    } catch (error) {
      this.#problem = vscode.l10n.t('The documents could not be read. {0}', sentences(toErrorInfo(error)));
      return element === null ? [elementOf({ type: 'error' })] : [];
    }
  }

  item(id: string): vscode.TreeItem {
    const element = parseElement(id);
    switch (element?.type) {
      case 'group': {
        const group = this.#group(id);
        return group ? groupItem(id, group, group === this.#groups?.[0]) : new vscode.TreeItem(id);
      }
      case 'document': {
        const row = this.document(id);
        return row ? documentItem(id, row) : new vscode.TreeItem(id);
      }
      case 'more': {
        const page = this.#pages.get(element.group);
        return moreItem(id, (page?.total ?? 0) - (page?.items.length ?? 0), MORE);
      }
      default:
        return errorItem(id, this.#problem ?? '', 'ensemble.refreshDocuments');
    }
  }

  parent(id: string): string | undefined {
    const element = parseElement(id);
    if (element?.type !== 'document' && element?.type !== 'more') return undefined;
    return elementOf({ type: 'group', group: element.group });
  }

  /** The document that a row stands for, where it is listed. */
  document(id: unknown): DocumentSummary | null {
    const element = parseElement(id);
    if (element?.type !== 'document') return null;
    return this.#pages.get(element.group)?.items.find((one) => one.id === element.id) ?? null;
  }

  /** Reads the next page of what the row stands for. */
  async more(id: unknown): Promise<void> {
    const element = parseElement(id);
    const group = element?.type === 'more' ? this.#groups?.find(({ key }) => key === element.group) : null;
    if (!group) return;
    await this.#read(group);
    this.#parts.changed([elementOf({ type: 'group', group: group.key })]);
  }

  /** What is dragged, as files that an editor opens. */
  drag(elements: readonly string[], data: vscode.DataTransfer): void {
    const uris = elements.flatMap((id) => this.document(id) ?? []).map((row) => documentUri(row).toString());
    if (uris.length > 0) data.set('text/uri-list', new vscode.DataTransferItem(uris.join('\r\n')));
  }

  async #roots(): Promise<string[]> {
    if (this.#groups === null) {
      const groups = await this.#list();
      // Only now: until then rows that are drawn need what was read before.
      this.#pages.clear();
      this.#groups = groups;
    }
    this.#problem = null;
    return this.#groups.map(({ key }) => elementOf({ type: 'group', group: key }));
  }

  async #list(): Promise<Group[]> {
    const { all, grouping, filter } = this;
    await vscode.commands.executeCommand('setContext', 'ensemble.documentsOfAllWorkspaces', all);
    this.#parts.look({ description: all ? vscode.l10n.t('all workspaces') : '' });
    const ensemble = await this.#parts.session.openExisting();
    if (!ensemble) return [];
    const { documents } = ensemble.stores;
    if (grouping === 'day') {
      const spans = spansOf(new Date());
      const counts = await documents.counts({ ...filter, boundaries: spans.flatMap(({ from }) => from ?? []) });
      return spans.flatMap((span, index): Group[] => {
        const count = counts[index] ?? 0;
        const { from, until, key } = span;
        const query = { ...filter, ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) };
        return count === 0 ? [] : [{ key, label: spanLabel(span), icon: null, count, query }];
      });
    }
    const groups = await documents.groups(grouping, filter);
    return groups.map(({ key, count }) => ({ key, count, ...appearanceOf(grouping, key, filter) }));
  }

  async #below(group: Group): Promise<string[]> {
    if (!this.#pages.has(group.key)) await this.#read(group);
    const { items, total } = this.#pages.get(group.key) ?? { items: [], total: 0 };
    const rows = items.map(({ id }) => elementOf({ type: 'document', group: group.key, id }));
    return total > items.length ? [...rows, elementOf({ type: 'more', group: group.key })] : rows;
  }

  async #read({ key, query }: Group): Promise<void> {
    const { documents } = (await this.#parts.session.open()).stores;
    const known = this.#pages.get(key)?.items ?? [];
    const { items, total } = await documents.list({ ...query, limit: PAGE, offset: known.length });
    this.#pages.set(key, { items: [...known, ...items], total });
  }

  #group(id: string): Group | null {
    const element = parseElement(id);
    return element?.type === 'group' ? (this.#groups?.find(({ key }) => key === element.group) ?? null) : null;
  }
}

function appearanceOf(
  grouping: Exclude<DocumentGrouping, 'day'>,
  key: string,
  filter: DocumentFilter,
): Pick<Group, 'label' | 'icon' | 'query'> {
  switch (grouping) {
    case 'kind':
      return { label: kindLabel(key as DocumentKind), icon: 'folder', query: { ...filter, kind: key as DocumentKind } };
    case 'tag':
      return { label: key === '' ? vscode.l10n.t('No Tag') : key, icon: 'tag', query: { ...filter, tag: key } };
    case 'workspace': {
      const name = key.split(/[/\\]/).filter(Boolean).at(-1) ?? vscode.l10n.t('No Folder');
      return { label: name, icon: 'root-folder', query: { ...filter, workspace: key } };
    }
  }
}
