import { EnsembleError } from '../../../core/errors.ts';
import { matchesPhrases, phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import { summaryOf, textsOf } from '../../../core/prompts/library.ts';
import type {
  PromptBase,
  PromptChanges,
  PromptDraft,
  PromptHit,
  PromptOutcome,
  PromptRecord,
  PromptRef,
  PromptStore,
  PromptSummary,
  PromptUsage,
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
  #uses: (PromptRef & { readonly runId: string; readonly at: string })[] = [];
  readonly #outcomes = new Map<string, PromptOutcome>();
  readonly #bases = new Map<string, PromptDraft>();
  readonly #findingsOf: (runId: string) => readonly PromptOutcome[];

  /** `findingsOf`: what was decided about the findings of a run. */
  constructor(findingsOf: (runId: string) => readonly PromptOutcome[] = () => []) {
    this.#findingsOf = findingsOf;
  }

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
    this.#uses = this.#uses.map((one) =>
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

  async describe(name: string, version: number, reason: string): Promise<void> {
    const index = this.#versions.findIndex((one) => one.name === name && one.version === version);
    const found = this.#versions[index];
    if (!found) throw notFound(`version ${version} of "${name}"`);
    this.#versions[index] = { ...found, reason };
  }

  async setFavourite(name: string, favourite: boolean): Promise<void> {
    if (favourite) this.#favourites.add(name);
    else this.#favourites.delete(name);
  }

  async favourites(): Promise<readonly string[]> {
    return [...this.#favourites].sort();
  }

  async recordUse(runId: string, { name, version }: PromptRef): Promise<void> {
    if (this.#uses.some((one) => one.runId === runId)) return;
    this.#uses.push({ runId, name, version, at: new Date().toISOString() });
  }

  async recordOutcome(runId: string, subject: string, outcome: PromptOutcome | null): Promise<void> {
    const key = JSON.stringify([runId, subject]);
    if (outcome !== null && this.#uses.some((one) => one.runId === runId)) this.#outcomes.set(key, outcome);
    else this.#outcomes.delete(key);
  }

  async usage(name: string | null): Promise<readonly PromptUsage[]> {
    const sums = new Map<string, PromptUsage>();
    for (const use of this.#uses) {
      if (name !== null && use.name !== name) continue;
      const key = JSON.stringify([use.name, use.version]);
      const before = sums.get(key) ?? { used: 0, lastUsed: '', accepted: 0, dismissed: 0 };
      const own = [...this.#outcomes].filter(([of]) => JSON.parse(of)[0] === use.runId).map(([, outcome]) => outcome);
      const all = [...own, ...this.#findingsOf(use.runId)];
      sums.set(key, {
        ...{ name: use.name, version: use.version, used: before.used + 1 },
        lastUsed: use.at > before.lastUsed ? use.at : before.lastUsed,
        accepted: before.accepted + all.filter((one) => one === 'accepted').length,
        dismissed: before.dismissed + all.filter((one) => one === 'dismissed').length,
      });
    }
    return [...sums.values()].sort((a, b) => (a.name === b.name ? b.version - a.version : a.name < b.name ? -1 : 1));
  }

  async promptOf(runId: string): Promise<PromptRef | null> {
    const use = this.#uses.find((one) => one.runId === runId);
    return use ? { name: use.name, version: use.version } : null;
  }

  async setBase(name: string, draft: PromptDraft): Promise<void> {
    this.#bases.set(name, copyOf(draft));
  }

  async bases(): Promise<readonly PromptBase[]> {
    return copyOf([...this.#bases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, draft]) => ({ name, draft })));
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
