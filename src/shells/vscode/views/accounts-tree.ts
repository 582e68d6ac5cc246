import * as vscode from 'vscode';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { AccountNotes } from '../accounts/account-notes.ts';
import type { AccountsReader } from '../accounts/accounts-reader.ts';
import { accountItem, detailItem, detailsOf, problemItem } from './account-items.ts';
import { AccountsModel, elementOf, parseAccountElement } from './accounts-model.ts';

/** Shortest time between two looks at the accounts while they work, ms. */
const READ_INTERVAL_MS = 1000;
/** How often remaining times are drawn again while the view is shown, ms. */
const TICK_MS = 1000;

/** Events after which an account may do otherwise than before. */
const TELLING: ReadonlySet<EnsembleEvent['type']> = new Set([
  'agent:invoke',
  'task:complete',
  'task:error',
  'task:retry',
  'account:cooldown',
  'budget:refused',
  'workflow:results',
]);
/** Those that count while nobody looks, because an account may need the person now. */
const URGENT: ReadonlySet<EnsembleEvent['type']> = new Set(['account:cooldown', 'workflow:results']);

/** What the tree works with. */
export interface AccountsTreeParts {
  readonly reader: AccountsReader;
  readonly notes: AccountNotes;
  /** Redraws elements; undefined: all. */
  changed(elements: string[] | undefined): void;
  /** So many accounts wait for the person. */
  waiting(count: number): void;
  failed(error: unknown): void;
}

/** Content of the Accounts view: at once from the settings, then with what the product knows. */
export class AccountsTree implements vscode.Disposable {
  readonly #parts: AccountsTreeParts;
  readonly #model = new AccountsModel();
  readonly #settings: vscode.Disposable;
  #shown = false;
  #visible = false;
  #wanted = false;
  #fresh = false;
  #lastRead = 0;
  #reading: Promise<void> | null = null;
  #ticker: ReturnType<typeof setInterval> | null = null;

  constructor(parts: AccountsTreeParts) {
    this.#parts = parts;
    this.#settings = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('ensemble') && this.#shown) void this.refresh();
    });
  }

  /** Takes an event of a run of this window in. */
  onEvent(event: EnsembleEvent): void {
    this.#parts.notes.onEvent(event);
    if ((this.#visible ? TELLING : URGENT).has(event.type)) void this.#look(false);
  }

  /** Tells whether anybody looks; remaining times tick only then. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible && this.#shown) void this.refresh();
    this.#tickIfNeeded();
  }

  /** Looks at settings and accounts again; resolves when that has been done. */
  refresh(): Promise<void> {
    return this.#look(true);
  }

  #look(fresh: boolean): Promise<void> {
    this.#wanted = true;
    this.#fresh ||= fresh;
    this.#reading ??= this.#readWhileWanted().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  children(id: string | null): string[] {
    if (id === null) {
      if (!this.#shown) {
        this.#shown = true;
        this.#model.take(this.#parts.reader.configured());
        void this.refresh();
      }
      return this.#model.roots();
    }
    const element = parseAccountElement(id);
    const facts = element?.kind === 'account' ? this.#model.account(element.name) : null;
    return facts ? detailsOf(facts).map((detail) => elementOf(facts.setting.name, detail)) : [];
  }

  item(id: string): vscode.TreeItem {
    const element = parseAccountElement(id);
    const now = Date.now();
    if (element?.kind === 'problem') {
      const problem = this.#model.problem(element.index);
      if (problem) return problemItem(id, problem);
    } else if (element) {
      const facts = this.#model.account(element.name);
      if (facts) return element.kind === 'account' ? accountItem(facts, now) : detailItem(facts, element.detail, now);
    }
    return new vscode.TreeItem(id);
  }

  parent(id: string): string | undefined {
    const element = parseAccountElement(id);
    return element?.kind === 'detail' ? elementOf(element.name) : undefined;
  }

  dispose(): void {
    this.#settings.dispose();
    this.#wanted = false;
    this.#visible = false;
    this.#tickIfNeeded();
  }

  async #readWhileWanted(): Promise<void> {
    while (this.#wanted) {
      // What a person asked for is not made to wait.
      const wait = this.#fresh ? 0 : this.#lastRead + READ_INTERVAL_MS - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#wanted = false;
      await this.#read();
      this.#lastRead = Date.now();
    }
  }

  async #read(): Promise<void> {
    const fresh = this.#fresh;
    this.#fresh = false;
    try {
      const changed = this.#model.take(await this.#parts.reader.read(fresh));
      if (changed === null) this.#parts.changed(undefined);
      else if (changed.length > 0) this.#parts.changed([...changed]);
      this.#parts.waiting(this.#model.waiting());
      this.#tickIfNeeded();
    } catch (error) {
      this.#parts.failed(error);
    }
  }

  #tickIfNeeded(): void {
    const needed = this.#visible && this.#model.cooling().length > 0;
    if (needed && !this.#ticker) this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    if (needed || !this.#ticker) return;
    clearInterval(this.#ticker);
    this.#ticker = null;
  }

  #tick(): void {
    this.#parts.changed(this.#model.cooling());
    if (this.#model.isDue(Date.now())) void this.#look(false);
  }
}
