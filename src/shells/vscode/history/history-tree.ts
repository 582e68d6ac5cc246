import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import { toErrorInfo } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { ConversationSummary, DocumentSummary, UnfinishedRun } from '../../../core/history/history.ts';
import type { RunRecord } from '../../../core/ports.ts';
import type { ViewLook } from '../host/outlets.ts';
import { sentences } from '../host/report.ts';
import type { Session } from '../host/session.ts';
import { errorItem } from '../views/error-item.ts';
import { moreItem } from '../views/more-item.ts';
import { ChangeThrottle } from '../views/throttle.ts';
import { elementOf, parseElement } from './history-element.ts';
import { conversationItem, documentItem, groupItem, historyRunItem, spanLabel, UNFINISHED } from './history-items.ts';
import { type Span, spansOf } from './spans.ts';

const MORE = { command: 'ensemble.moreHistory', title: vscode.l10n.t('Load More...') };

/** Rows that are read at once. */
const PAGE = 100;
const SCOPE_KEY = 'ensemble.historyOfAllWorkspaces';
/** A run begins or ends: the list is read again at most so often, ms. */
const REFRESH_INTERVAL_MS = 1000;

/** What a history tree works with. */
export interface HistoryTreeParts {
  readonly session: Session;
  readonly state: vscode.Memento;
  /** Whose runs are "this workspace's". */
  root(): string;
  /** Redraws elements; undefined: all. */
  changed(elements: string[] | undefined): void;
  /** Says beside the rows what is listed. */
  look(look: ViewLook): void;
}

interface Rows<T> {
  readonly items: readonly T[];
  readonly total: number;
}

interface Entries {
  readonly conversations: Rows<ConversationSummary>;
  readonly documents: Rows<DocumentSummary>;
}

/**
 * Content of the History view: runs by the day they began, and below them their conversations and documents. A group is read
 * when it is unfolded, in pages of {@link PAGE}; elements are the ids of `elementOf`.
 */
export class HistoryTree implements vscode.Disposable {
  readonly #parts: HistoryTreeParts;
  readonly #changes: ChangeThrottle;
  readonly #pages = new Map<string, Rows<RunRecord>>();
  readonly #entries = new Map<string, Entries>();
  #spans: readonly (Span & { readonly count: number })[] = [];
  #unfinished: readonly UnfinishedRun[] = [];
  #listed = false;
  #problem: string | null = null;

  constructor(parts: HistoryTreeParts) {
    this.#parts = parts;
    this.#changes = new ChangeThrottle(() => this.refresh(), REFRESH_INTERVAL_MS);
  }

  /** Whether the runs of all workspaces are listed. */
  get all(): boolean {
    return this.#parts.state.get<boolean>(SCOPE_KEY, false);
  }

  /** The workspace that is listed, as a filter. */
  get filter(): { readonly workspace?: string } {
    return this.all ? {} : { workspace: this.#parts.root() };
  }

  async showAll(all: boolean): Promise<void> {
    await this.#parts.state.update(SCOPE_KEY, all);
    this.refresh();
  }

  /** Takes an event of a run of this window in. */
  onEvent({ type }: EnsembleEvent): void {
    const matters = type === 'workflow:start' || type === 'workflow:results' || type === 'run:suspended';
    if (matters && this.#listed) this.#changes.add(null);
  }

  /** Reads everything again. */
  refresh(): void {
    this.#listed = false;
    this.#parts.changed(undefined);
  }

  async children(element: string | null): Promise<string[]> {
    try {
      const rows = element === null ? await this.#roots() : await this.#below(element);
      this.#problem = null;
      return rows;
    } catch (error) {
      this.#problem = vscode.l10n.t('The history could not be read. {0}', sentences(toErrorInfo(error)));
      return element === null ? [elementOf({ type: 'error' })] : [];
    }
  }

  item(id: string): vscode.TreeItem {
    const element = parseElement(id);
    switch (element?.type) {
      case 'group':
        return this.#groupItem(id, element.key);
      case 'run':
        return this.#runItem(id, element.runId);
      case 'conversation': {
        const row = this.#entries.get(element.runId)?.conversations.items.find((one) => one.id === element.id);
        return row ? conversationItem(id, row) : new vscode.TreeItem(id);
      }
      case 'document': {
        const row = this.#entries.get(element.runId)?.documents.items.find((one) => one.id === element.id);
        return row ? documentItem(id, row) : new vscode.TreeItem(id);
      }
      case 'more':
        return moreItem(id, this.#left(element.key), MORE);
      default:
        return errorItem(id, this.#problem ?? '', 'ensemble.refreshHistory');
    }
  }

  parent(id: string): string | undefined {
    const element = parseElement(id);
    if (element?.type === 'conversation' || element?.type === 'document') return element.runId;
    if (element?.type !== 'run') return undefined;
    const group = [...this.#pages].find(([, { items }]) => items.some(({ runId }) => runId === element.runId))?.[0];
    return elementOf({ type: 'group', key: group ?? UNFINISHED });
  }

  /** Reads the next page of what the row stands for. */
  async more(id: unknown): Promise<void> {
    const element = parseElement(id);
    if (element?.type !== 'more') return;
    const { key } = element;
    const span = this.#spans.find((one) => one.key === key);
    if (span) await this.#readRuns(span);
    else await this.#readEntries(key);
    this.#parts.changed([span ? elementOf({ type: 'group', key }) : key]);
  }

  #run(runId: string): RunRecord | null {
    const unfinished = this.#unfinished.find(({ run }) => run.runId === runId)?.run;
    if (unfinished) return unfinished;
    for (const { items } of this.#pages.values()) {
      const run = items.find((one) => one.runId === runId);
      if (run) return run;
    }
    return null;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async #roots(): Promise<string[]> {
    if (!this.#listed) await this.#list();
    const groups = this.#spans.filter(({ count }) => count > 0).map(({ key }) => elementOf({ type: 'group', key }));
    return this.#unfinished.length > 0 ? [elementOf({ type: 'group', key: UNFINISHED }), ...groups] : groups;
  }

  async #list(): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'ensemble.historyOfAllWorkspaces', this.all);
    this.#parts.look({ description: this.all ? vscode.l10n.t('all workspaces') : '' });
    const ensemble = await this.#parts.session.openExisting();
    this.#listed = true;
    const spans = spansOf(new Date());
    if (!ensemble) return;
    const { history } = ensemble;
    const boundaries = spans.flatMap(({ from }) => from ?? []);
    const [unfinished, counts] = await Promise.all([
      history.unfinished(this.filter),
      history.counts({ ...this.filter, boundaries }),
    ]);
    // Only now: until then rows that are drawn need what was read before.
    this.#pages.clear();
    this.#entries.clear();
    this.#unfinished = unfinished;
    this.#spans = spans.map((span, index) => ({ ...span, count: counts[index] ?? 0 }));
  }

  async #below(id: string): Promise<string[]> {
    const element = parseElement(id);
    if (element?.type === 'run') return this.#entriesOf(element.runId);
    if (element?.type !== 'group') return [];
    if (element.key === UNFINISHED) return this.#unfinished.map(({ run }) => run.runId);
    const span = this.#spans.find(({ key }) => key === element.key);
    if (!span) return [];
    if (!this.#pages.has(span.key)) await this.#readRuns(span);
    const rows = this.#pages.get(span.key)?.items.map(({ runId }) => runId) ?? [];
    return this.#left(span.key) > 0 ? [...rows, elementOf({ type: 'more', key: span.key })] : rows;
  }

  async #entriesOf(runId: string): Promise<string[]> {
    if (!this.#entries.has(runId)) await this.#readEntries(runId);
    const { conversations, documents } = this.#entries.get(runId) ?? NOTHING;
    return [
      ...documents.items.map(({ id }) => elementOf({ type: 'document', runId, id })),
      ...conversations.items.map(({ id }) => elementOf({ type: 'conversation', runId, id })),
      ...(this.#left(runId) > 0 ? [elementOf({ type: 'more', key: runId })] : []),
    ];
  }

  async #readRuns({ key, from, until }: Span): Promise<void> {
    const { history } = await this.#open();
    const known = this.#pages.get(key)?.items ?? [];
    const span = { ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) };
    const after = known.at(-1);
    const page = { ...this.filter, ...span, limit: PAGE, ...(after ? { after } : {}) };
    const { items, total } = await history.runs(page);
    this.#pages.set(key, { items: [...known, ...items], total });
  }

  async #readEntries(runId: string): Promise<void> {
    const { history } = await this.#open();
    const known = this.#entries.get(runId) ?? NOTHING;
    const last = known.conversations.items.at(-1);
    const page = { runId, limit: PAGE };
    const conversations = await history.conversations({ ...page, ...(last ? { afterId: last.id } : {}) });
    const documents = await history.documents({ ...page, offset: known.documents.items.length });
    this.#entries.set(runId, {
      conversations: joined(known.conversations, conversations),
      documents: joined(known.documents, documents),
    });
  }

  #open(): Promise<Ensemble> {
    return this.#parts.session.open();
  }

  /** Rows of a group or of a run that are not read yet. */
  #left(key: string): number {
    const runs = this.#pages.get(key);
    if (runs) return runs.total - runs.items.length;
    const { conversations, documents } = this.#entries.get(key) ?? NOTHING;
    return conversations.total + documents.total - conversations.items.length - documents.items.length;
  }

  #groupItem(id: string, key: string): vscode.TreeItem {
    if (key === UNFINISHED) {
      return groupItem(id, vscode.l10n.t('Running and Resumable'), this.#unfinished.length, true);
    }
    const span = this.#spans.find((one) => one.key === key);
    const first = this.#spans.find(({ count }) => count > 0);
    return span ? groupItem(id, spanLabel(span), span.count, span === first) : new vscode.TreeItem(id);
  }

  #runItem(id: string, runId: string): vscode.TreeItem {
    const run = this.#run(runId);
    if (!run) return new vscode.TreeItem(id);
    const unfinished = this.#unfinished.find((one) => one.run === run);
    const day = this.#spans.find(({ key }) => this.#pages.get(key)?.items.includes(run));
    return historyRunItem(id, run, {
      active: this.#parts.session.opened?.runs.active().includes(runId) ?? false,
      live: unfinished?.live ?? false,
      workspace: this.all ? nameOf(run.workspace) : null,
      timeOnly: day?.kind === 'today' || day?.kind === 'yesterday',
    });
  }
}

const NOTHING: Entries = { conversations: { items: [], total: 0 }, documents: { items: [], total: 0 } };

function joined<T>(known: Rows<T>, next: Rows<T>): Rows<T> {
  return { items: [...known.items, ...next.items], total: next.total };
}

/** The last part of a workspace's path. */
function nameOf(workspace: string | null): string {
  return workspace?.split(/[/\\]/).filter(Boolean).at(-1) ?? vscode.l10n.t('no folder');
}
