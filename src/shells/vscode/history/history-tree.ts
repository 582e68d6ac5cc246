import * as vscode from 'vscode';
import { toErrorInfo } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { UnfinishedRun } from '../../../core/history/history.ts';
import { type Lazy, lazy } from '../host/lazy.ts';
import type { ViewLook } from '../host/outlets.ts';
import { sentences } from '../host/report.ts';
import type { Session } from '../host/session.ts';
import { errorItem } from '../views/error-item.ts';
import { moreItem } from '../views/more-item.ts';
import { ChangeThrottle } from '../views/throttle.ts';
import { folderName } from './attached-notice.ts';
import { elementOf, parseElement } from './history-element.ts';
import { conversationItem, documentItem, groupItem, historyRunItem, spanLabel, UNFINISHED } from './history-items.ts';
import { HistoryRows } from './history-rows.ts';
import type { HistoryScope } from './history-scope.ts';
import { type Span, spansOf } from './spans.ts';

const MORE = { command: 'ensemble.moreHistory', title: vscode.l10n.t('Load More...') };

/** A run begins or ends: the list is read again at most so often, ms. */
const REFRESH_INTERVAL_MS = 1000;

/** What a history tree works with. */
export interface HistoryTreeParts {
  readonly session: Session;
  readonly scope: HistoryScope;
  /** Redraws elements; undefined: all. */
  changed(elements: string[] | undefined): void;
  /** Says beside the rows what is listed. */
  look(look: ViewLook): void;
}

/**
 * Content of the History view: runs by the day they began, and below them their conversations and documents. A group is read
 * when it is unfolded, page by page; elements are the ids of `elementOf`.
 */
export class HistoryTree implements vscode.Disposable {
  readonly scope: HistoryScope;
  readonly #parts: HistoryTreeParts;
  readonly #changes: ChangeThrottle;
  readonly #rows: HistoryRows;
  #spans: readonly (Span & { readonly count: number })[] = [];
  #unfinished: readonly UnfinishedRun[] = [];
  /** Reads what is listed; whoever asks while it is being read waits for it, too. */
  #list: Lazy<void> = lazy(() => this.#readList());
  #shown = false;
  #problem: string | null = null;
  /** Ids of the rows that are selected, for commands that come from the keyboard. */
  selection: readonly string[] = [];
  /** What stands beside the rows: each change of it makes the window draw the view again. */
  #told: ViewLook = { description: '', message: '' };

  constructor(parts: HistoryTreeParts) {
    this.#parts = parts;
    this.scope = parts.scope;
    this.#rows = new HistoryRows(() => parts.session.open());
    this.#changes = new ChangeThrottle(() => this.refresh(), REFRESH_INTERVAL_MS);
  }

  /** Takes an event of a run of this window in. */
  onEvent({ type }: EnsembleEvent): void {
    const matters = type === 'workflow:start' || type === 'workflow:results' || type === 'run:suspended';
    if (matters && this.#shown) this.#changes.add(null);
  }

  /** Reads everything again. */
  refresh(): void {
    this.#list = lazy(() => this.#readList());
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

  async item(id: string): Promise<vscode.TreeItem> {
    const element = parseElement(id);
    switch (element?.type) {
      case 'group':
        return this.#groupItem(id, element.key);
      case 'run':
        return this.#runItem(id, element.runId);
      case 'conversation': {
        const row = await this.#rows.conversation(id, element.runId, element.id);
        return row ? conversationItem(id, row) : new vscode.TreeItem(id);
      }
      case 'document': {
        const row = await this.#rows.document(id, element.runId, element.id);
        return row ? documentItem(id, row) : new vscode.TreeItem(id);
      }
      case 'more':
        return moreItem(id, this.#rows.left(element.key), MORE);
      default:
        return errorItem(id, this.#problem ?? '', 'ensemble.refreshHistory');
    }
  }

  parent(id: string): string | undefined {
    const element = parseElement(id);
    if (element?.type === 'conversation' || element?.type === 'document') return element.runId;
    if (element?.type !== 'run') return undefined;
    return elementOf({ type: 'group', key: this.#rows.groupOf(element.runId) ?? UNFINISHED });
  }

  /** Reads the next page of what the row stands for. */
  async more(id: unknown): Promise<void> {
    const element = parseElement(id);
    if (element?.type !== 'more') return;
    const { key } = element;
    const span = this.#spans.find((one) => one.key === key);
    if (span) await this.#rows.moreRuns(span, this.scope.filter);
    else await this.#rows.moreEntries(key);
    this.#parts.changed([span ? elementOf({ type: 'group', key }) : key]);
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async #roots(): Promise<string[]> {
    this.#shown = true;
    await this.#list();
    const groups = this.#spans.filter(({ count }) => count > 0).map(({ key }) => elementOf({ type: 'group', key }));
    return this.#unfinished.length > 0 ? [elementOf({ type: 'group', key: UNFINISHED }), ...groups] : groups;
  }

  async #readList(): Promise<void> {
    this.scope.tell();
    this.#look(null);
    const ensemble = await this.#parts.session.openExisting();
    const spans = spansOf(new Date());
    if (!ensemble) return;
    const { history } = ensemble;
    const boundaries = spans.flatMap(({ from }) => from ?? []);
    const { filter } = this.scope;
    const [unfinished, counts] = await Promise.all([
      history.unfinished(filter),
      history.counts({ ...filter, boundaries }),
    ]);
    // Only now: until then rows that are drawn need what was read before.
    this.#rows.clear();
    this.#unfinished = unfinished;
    this.#spans = spans.map((span, index) => ({ ...span, count: counts[index] ?? 0 }));
    this.#look(unfinished.length + counts.reduce((sum, count) => sum + count, 0));
    this.#readAhead();
  }

  /** The window asks for the rows of the group that is unfolded after it has drawn the groups: until then they are there. */
  #readAhead(): void {
    const first = this.#spans.find(({ count }) => count > 0);
    // What fails is read again when the window asks, and told then.
    if (first) this.#rows.runsOf(first, this.scope.filter).catch(() => {});
  }

  /** Says what is listed, and that nothing fits where nothing does; `found` null: it is not known yet. */
  #look(found: number | null): void {
    const nothing = found === 0 && this.scope.chosen !== null;
    const message = nothing ? vscode.l10n.t('No run fits the filter "{0}".', this.scope.chosen?.label ?? '') : '';
    const { description } = this.scope;
    if (description === this.#told.description && message === this.#told.message) return;
    this.#told = { description, message };
    this.#parts.look(this.#told);
  }

  async #below(id: string): Promise<string[]> {
    const element = parseElement(id);
    if (element?.type === 'run') return this.#withMore(await this.#rows.entriesOf(element.runId), element.runId);
    if (element?.type !== 'group') return [];
    if (element.key === UNFINISHED) return this.#unfinished.map(({ run }) => run.runId);
    const span = this.#spans.find(({ key }) => key === element.key);
    return span ? this.#withMore(await this.#rows.runsOf(span, this.scope.filter), span.key) : [];
  }

  #withMore(ids: readonly string[], key: string): string[] {
    return this.#rows.left(key) > 0 ? [...ids, elementOf({ type: 'more', key })] : [...ids];
  }

  #groupItem(id: string, key: string): vscode.TreeItem {
    if (key === UNFINISHED) {
      return groupItem(id, vscode.l10n.t('Running and Resumable'), this.#unfinished.length, true);
    }
    const span = this.#spans.find((one) => one.key === key);
    const first = this.#spans.find(({ count }) => count > 0);
    return span ? groupItem(id, spanLabel(span), span.count, span === first) : new vscode.TreeItem(id);
  }

  async #runItem(id: string, runId: string): Promise<vscode.TreeItem> {
    const unfinished = this.#unfinished.find(({ run }) => run.runId === runId);
    const run = unfinished?.run ?? (await this.#rows.run(runId));
    if (!run) return new vscode.TreeItem(id);
    const group = this.#rows.groupOf(runId);
    const kind = this.#spans.find(({ key }) => key === group)?.kind;
    return historyRunItem(id, run, {
      active: this.#parts.session.opened?.runs.active().includes(runId) ?? false,
      live: unfinished?.live ?? false,
      workspace: this.scope.all ? (run.workspace ? folderName(run.workspace) : vscode.l10n.t('no folder')) : null,
      timeOnly: kind === 'today' || kind === 'yesterday',
    });
  }
}
