import { EnsembleError } from '../../../core/errors.ts';
import { matchesPhrases, phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import { summaryOf, textsOf } from '../../../core/prompts/library.ts';
import type {
  PromptChanges,
  PromptDraft,
  PromptHit,
  PromptRecord,
  PromptStore,
  PromptSummary,
  PromptVersion,
  VersionNote,
} from '../../../core/prompts/prompt.ts';
import { notFound } from '../journal-rules.ts';
import { copyOf } from './copy-of.ts';

/** Prompts that live as long as their object. */
export class MemoryPrompts implements PromptStore {
  /** Oldest first; all versions of all names, also of deleted ones. */
  #versions: PromptVersion[] = [];
  readonly #live = new Set<string>();
  readonly #favourites = new Set<string>();

  async list(): Promise<readonly PromptRecord[]> {
    return [...this.#live].sort().flatMap((name) => this.#record(name) ?? []);
  }

  async index(): Promise<readonly PromptSummary[]> {
    return (await this.list()).map(summaryOf);
  }

  async get(name: string): Promise<PromptRecord | null> {
    return this.#live.has(name) ? this.#record(name) : null;
  }

  async search(search: string, limit: number): Promise<readonly PromptHit[]> {
    const phrases = phrasesOf(search);
    if (phrases.length === 0) return [];
    const found = (await this.list()).filter((prompt) => matchesPhrases(phrases, textsOf(prompt)));
    return found.slice(0, limit).map((prompt) => {
      return { prompt: summaryOf(prompt), snippet: snippetOf(phrases, [prompt.template]) };
    });
  }

  async save(draft: PromptDraft, note: VersionNote): Promise<number> {
    const { name, template, variables, description, category, tags, parameters } = copyOf(draft);
    const version = this.#lastVersion(name) + 1;
    const content = { name, template, variables, description, category, tags, parameters };
    const createdAt = new Date().toISOString();
    this.#versions.push({ ...content, author: note.author, reason: note.reason, version, createdAt });
    this.#live.add(name);
    return version;
  }

  async apply({ save, remove }: PromptChanges, note: VersionNote): Promise<readonly number[]> {
    const drafts = copyOf(save);
    for (const name of remove) this.#live.delete(name);
    return Promise.all(drafts.map((draft) => this.save(draft, note)));
  }

  async rename(name: string, to: string): Promise<void> {
    if (this.#live.has(to)) {
      throw new EnsembleError('invalid-input', `There is a prompt named "${to}" already.`, {
        hint: 'Choose another name.',
      });
    }
    if (!this.#live.delete(name)) throw notFound(`prompt "${name}"`);
    const shift = this.#lastVersion(to);
    this.#versions = this.#versions.map((one) =>
      one.name === name ? { ...one, name: to, version: one.version + shift } : one,
    );
    this.#live.add(to);
    if (this.#favourites.delete(name)) this.#favourites.add(to);
  }

  async delete(name: string): Promise<void> {
    if (!this.#live.delete(name)) throw notFound(`prompt "${name}"`);
  }

  async versions(name: string): Promise<readonly PromptVersion[]> {
    return copyOf(this.#versions.filter((one) => one.name === name).sort((a, b) => b.version - a.version));
  }

  async setFavourite(name: string, favourite: boolean): Promise<void> {
    if (favourite) this.#favourites.add(name);
    else this.#favourites.delete(name);
  }

  async favourites(): Promise<readonly string[]> {
    return [...this.#favourites].sort();
  }

  #lastVersion(name: string): number {
    return Math.max(0, ...this.#versions.filter((one) => one.name === name).map(({ version }) => version));
  }

  #record(name: string): PromptRecord | null {
    const newest = this.#versions.filter((one) => one.name === name).sort((a, b) => b.version - a.version)[0];
    if (newest === undefined) return null;
    const { author: _, reason: __, ...record } = copyOf(newest);
    return { ...record, builtIn: false, favourite: this.#favourites.has(name) };
  }
}
