import type { PromptSummary } from '../../../core/prompts/prompt.ts';

/** By what the view groups prompts. */
export type Grouping = 'category' | 'tag' | 'none';

/** Rows that a group shows before the person asks for more. */
export const PAGE = 100;

/** A group of the view. */
export interface PromptGroup {
  readonly kind: 'favourites' | 'category' | 'tag' | 'all';
  /** The category or tag; `''`: prompts without any. */
  readonly label: string;
  readonly prompts: readonly PromptSummary[];
}

/** What a row of the view stands for. */
export type PromptElement =
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'prompt'; readonly group: string; readonly name: string }
  | { readonly type: 'more'; readonly group: string }
  | { readonly type: 'error' };

/** Id of a row; stable, so that expansion and selection survive. A prompt may stand in several groups. */
export function elementOf(element: PromptElement): string {
  switch (element.type) {
    case 'group':
      return JSON.stringify(['group', element.group]);
    case 'prompt':
      return JSON.stringify(['prompt', element.group, element.name]);
    case 'more':
      return JSON.stringify(['more', element.group]);
    case 'error':
      return JSON.stringify(['error']);
  }
}

/** Takes {@link elementOf} apart; null: it is none. */
export function parseElement(text: unknown): PromptElement | null {
  if (typeof text !== 'string' || !text.startsWith('["')) return null;
  const [type, group = '', name = ''] = JSON.parse(text) as readonly string[];
  if (type === 'prompt') return { type, group, name };
  if (type === 'group' || type === 'more') return { type, group };
  return { type: 'error' };
}

/** What the Prompt Library view shows: groups, a filter, and pages of at most {@link PAGE} rows. */
export class PromptsModel {
  #prompts: readonly PromptSummary[] = [];
  #groups: ReadonlyMap<string, PromptGroup> = new Map();
  #grouping: Grouping = 'category';
  #filter = '';
  readonly #shown = new Map<string, number>();

  get grouping(): Grouping {
    return this.#grouping;
  }

  get filter(): string {
    return this.#filter;
  }

  load(prompts: readonly PromptSummary[]): void {
    this.#prompts = [...prompts].sort((a, b) => compare(a.name, b.name));
    this.#arrange();
  }

  groupBy(grouping: Grouping): void {
    this.#grouping = grouping;
    this.#arrange();
  }

  /** Shows only prompts that have each word of the filter in name, description, category or tags. */
  filterBy(filter: string): void {
    this.#filter = filter.trim();
    this.#shown.clear();
    this.#arrange();
  }

  /** Shows another page of a group. */
  more(group: string): void {
    this.#shown.set(group, this.#limit(group) + PAGE);
  }

  group(key: string): PromptGroup | null {
    return this.#groups.get(key) ?? null;
  }

  prompt(name: string): PromptSummary | null {
    return this.#prompts.find((prompt) => prompt.name === name) ?? null;
  }

  /** Categories there are, by name. */
  categories(): readonly string[] {
    return [...new Set(this.#prompts.map(({ category }) => category))].filter((one) => one !== '').sort(compare);
  }

  /** Rows of the view itself: groups, or all prompts where nothing is grouped. */
  roots(): PromptElement[] {
    if (this.#grouping === 'none') return this.children('all');
    return [...this.#groups.keys()].map((group) => ({ type: 'group', group }));
  }

  children(key: string): PromptElement[] {
    const prompts = this.#groups.get(key)?.prompts ?? [];
    const limit = this.#limit(key);
    const rows = prompts.slice(0, limit).map(({ name }): PromptElement => ({ type: 'prompt', group: key, name }));
    return prompts.length > limit ? [...rows, { type: 'more', group: key }] : rows;
  }

  #limit(key: string): number {
    return this.#shown.get(key) ?? PAGE;
  }

  #arrange(): void {
    const words = this.#filter.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = this.#prompts.filter((prompt) => {
      const text = [prompt.name, prompt.description, prompt.category, ...prompt.tags].join('\n').toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const favourites = matching.filter(({ favourite }) => favourite);
    const groups: [string, PromptGroup][] = [];
    if (this.#grouping === 'none') {
      const ordered = [...favourites, ...matching.filter(({ favourite }) => !favourite)];
      groups.push(['all', { kind: 'all', label: '', prompts: ordered }]);
    } else {
      if (favourites.length > 0) groups.push(['favourites', { kind: 'favourites', label: '', prompts: favourites }]);
      const kind = this.#grouping;
      for (const [label, prompts] of byLabel(matching, kind))
        groups.push([`${kind}:${label}`, { kind, label, prompts }]);
    }
    this.#groups = new Map(groups);
  }
}

/** Prompts by category or tag, in the order of the labels; those without one last. */
function byLabel(prompts: readonly PromptSummary[], kind: 'category' | 'tag'): [string, PromptSummary[]][] {
  const groups = new Map<string, PromptSummary[]>();
  for (const prompt of prompts) {
    const labels = kind === 'category' ? [prompt.category] : prompt.tags.length > 0 ? prompt.tags : [''];
    for (const label of labels) {
      const group = groups.get(label);
      if (group) group.push(prompt);
      else groups.set(label, [prompt]);
    }
  }
  return [...groups].sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : compare(a, b)));
}

const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' }).compare;
