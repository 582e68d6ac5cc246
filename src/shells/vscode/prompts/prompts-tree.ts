import * as vscode from 'vscode';
import { toErrorInfo } from '../../../core/errors.ts';
import type { PromptUsage } from '../../../core/prompts/prompt.ts';
import { BUILT_IN_PROMPTS } from '../../../core/prompts/templates.ts';
import type { ViewLook } from '../host/outlets.ts';
import { sentences } from '../host/report.ts';
import { errorItem } from '../views/error-item.ts';
import { moreItem } from '../views/more-item.ts';
import { groupItem, promptItem } from './prompt-items.ts';
import type { PromptShelf } from './prompt-shelf.ts';
import { elementOf, type Grouping, PromptsModel, parseElement } from './prompts-model.ts';

const MORE = { command: 'ensemble.morePrompts', title: vscode.l10n.t('Load More...') };

const GROUPING_KEY = 'ensemble.promptGrouping';
/** Below so many prompts all groups are unfolded. */
const FEW = 40;
/** What prompts of the view are while they are dragged. */
export const DRAG_TYPE = 'application/vnd.code.tree.ensemble.prompts';

/** Content of the Prompt Library view. Elements are the ids of `elementOf`. */
export class PromptsTree {
  readonly #shelf: PromptShelf;
  readonly #state: vscode.Memento;
  readonly #changed: (elements: string[] | undefined) => void;
  readonly #look: (look: ViewLook) => void;
  readonly #model = new PromptsModel();
  #loading: Promise<void> | null = null;
  #total = 0;
  #usage: readonly PromptUsage[] = [];
  #problem: string | null = null;
  /** Ids of the rows that are selected, for commands that come from the keyboard. */
  selection: readonly string[] = [];

  constructor(
    shelf: PromptShelf,
    state: vscode.Memento,
    changed: (elements: string[] | undefined) => void,
    look: (look: ViewLook) => void,
  ) {
    this.#shelf = shelf;
    this.#state = state;
    this.#changed = changed;
    this.#look = look;
    this.#model.groupBy(state.get<Grouping>(GROUPING_KEY, 'category'));
  }

  get model(): PromptsModel {
    return this.#model;
  }

  /** The model with all prompts in it, for commands that offer them. */
  async loaded(): Promise<PromptsModel> {
    this.#loading ??= this.#load();
    await this.#loading;
    return this.#model;
  }

  async children(element: string | null): Promise<string[]> {
    const model = await this.loaded();
    if (this.#problem !== null) return element === null ? [elementOf({ type: 'error' })] : [];
    const parsed = parseElement(element);
    const rows = parsed?.type === 'group' ? model.children(parsed.group) : element === null ? model.roots() : [];
    return rows.map(elementOf);
  }

  item(id: string): vscode.TreeItem {
    const element = parseElement(id);
    if (element?.type === 'group') {
      const group = this.#model.group(element.group);
      const expanded = group?.kind === 'favourites' || this.#total <= FEW || this.#model.filter !== '';
      if (group) return groupItem(id, group, expanded);
    }
    if (element?.type === 'prompt') {
      const prompt = this.#model.prompt(element.name);
      const hasBuiltIn = BUILT_IN_PROMPTS.some(({ name }) => name === element.name);
      const usage = this.#usage.filter(({ name }) => name === element.name);
      if (prompt) return promptItem(id, prompt, { hasBuiltIn, usage });
    }
    if (element?.type === 'more') {
      const shown = this.#model.children(element.group).length - 1;
      return moreItem(id, (this.#model.group(element.group)?.prompts.length ?? shown) - shown, MORE);
    }
    return errorItem(id, this.#problem ?? '', 'ensemble.refreshPrompts');
  }

  parent(id: string): string | undefined {
    const element = parseElement(id);
    if (element?.type !== 'prompt' && element?.type !== 'more') return undefined;
    return this.#model.grouping === 'none' ? undefined : elementOf({ type: 'group', group: element.group });
  }

  /** Reads everything again. */
  refresh(): void {
    this.#loading = null;
    this.#changed(undefined);
  }

  more(id: unknown): void {
    const element = parseElement(id);
    if (element?.type !== 'more') return;
    this.#model.more(element.group);
    const grouped = this.#model.grouping !== 'none';
    this.#changed(grouped ? [elementOf({ type: 'group', group: element.group })] : undefined);
  }

  async groupBy(grouping: Grouping): Promise<void> {
    this.#model.groupBy(grouping);
    this.#changed(undefined);
    await this.#state.update(GROUPING_KEY, grouping);
  }

  filterBy(filter: string): void {
    this.#model.filterBy(filter);
    this.#look({ description: this.#model.filter === '' ? '' : vscode.l10n.t('filter: {0}', this.#model.filter) });
    void vscode.commands.executeCommand('setContext', 'ensemble.promptsFiltered', this.#model.filter !== '');
    this.#changed(undefined);
  }

  /** What is dragged: names of prompts. */
  drag(elements: readonly string[], data: vscode.DataTransfer): void {
    const names = elements.flatMap((id) => {
      const element = parseElement(id);
      return element?.type === 'prompt' ? [element.name] : [];
    });
    data.set(DRAG_TYPE, new vscode.DataTransferItem(names));
  }

  /** Puts prompts into a category; of a built-in one this makes a version of the user's. */
  async move(names: readonly string[], category: string): Promise<void> {
    const note = this.#shelf.note(
      category === '' ? vscode.l10n.t('out of its category') : vscode.l10n.t('to {0}', category),
    );
    await this.#shelf.change(
      async (library) => {
        for (const name of names) {
          if (this.#model.prompt(name)?.category !== category) await library.change(name, { category }, note);
        }
      },
      ...names,
    );
  }

  /** Gives prompts one more tag. */
  async tag(names: readonly string[], tag: string): Promise<void> {
    const note = this.#shelf.note(vscode.l10n.t('tagged {0}', tag));
    await this.#shelf.change(
      async (library) => {
        for (const name of names) {
          const tags = this.#model.prompt(name)?.tags ?? [];
          if (!tags.includes(tag)) await library.change(name, { tags: [...tags, tag] }, note);
        }
      },
      ...names,
    );
  }

  async #load(): Promise<void> {
    try {
      const [index, usage] = await Promise.all([this.#shelf.index(), this.#shelf.usage()]);
      this.#usage = usage;
      this.#total = index.length;
      this.#problem = null;
      this.#model.load(index);
    } catch (error) {
      this.#loading = null;
      this.#problem = vscode.l10n.t('The prompts could not be read. {0}', sentences(toErrorInfo(error)));
    }
  }
}
