import { EnsembleError } from '../errors.ts';
import { matchesPhrases, phrasesOf, snippetOf } from '../history/search-words.ts';
import type { Json } from '../json.ts';
import { nearestName } from '../nearest-name.ts';
import { type BuiltInChange, sameContent } from './built-in-changes.ts';
import { type ResolvedPartials, requireWhole, resolvePartials } from './partials.ts';
import type {
  PromptDraft,
  PromptHit,
  PromptRecord,
  PromptStore,
  PromptSummary,
  PromptUsage,
  PromptVersion,
  VersionNote,
} from './prompt.ts';
import { type KnownVariable, knownVariables, normalised, withDefaults } from './prompt-rules.ts';
import { renderTemplate } from './safe-template.ts';
import { BUILT_IN_PROMPTS } from './templates.ts';

/**
 * The prompt templates there are: the built-in ones and the user's. A user's version of a built-in prompt is a newer
 * version of the same name (S1): it wins, the built-in one stays as version 0, and deleting the user's brings it back.
 */
export class PromptLibrary {
  readonly #store: PromptStore;
  readonly #builtIn: readonly PromptRecord[];

  /** `builtIn`: the prompts of the product. Default: those of this version. */
  constructor(store: PromptStore, builtIn: readonly PromptRecord[] = BUILT_IN_PROMPTS) {
    this.#store = store;
    this.#builtIn = builtIn;
  }

  /** Built-in templates first, in their own order, then the user's by name. */
  async list(): Promise<readonly PromptRecord[]> {
    const favourites = new Set(await this.#store.favourites());
    return merged(this.#builtIns(favourites), await this.#store.list());
  }

  /** The same without texts: what lists show, quick for many thousands. */
  async index(): Promise<readonly PromptSummary[]> {
    const favourites = new Set(await this.#store.favourites());
    const stale = new Set(await this.#stale());
    const own = (await this.#store.index()).map((one) =>
      stale.has(one.name) ? { ...one, builtInChanged: true } : one,
    );
    return merged<PromptSummary>(this.#builtIns(favourites).map(summaryOf), own);
  }

  /** Rejects `not-found`, with the nearest name. */
  async get(name: string): Promise<PromptRecord> {
    const stored = await this.#store.get(name);
    if (stored) return stored;
    const builtIn = this.#builtIns(new Set(await this.#store.favourites())).find((prompt) => prompt.name === name);
    if (builtIn) return builtIn;
    const near = nearestName(
      name,
      (await this.index()).map((prompt) => prompt.name),
    );
    throw new EnsembleError('not-found', `Template not found: "${name}".`, {
      hint: near === null ? 'List the templates to see which there are.' : `Did you mean "${near}"?`,
    });
  }

  /** By words in name, description, category, tags and text; at most `limit`. Nothing to search for finds nothing. */
  async search(search: string, limit: number): Promise<readonly PromptHit[]> {
    const phrases = phrasesOf(search);
    if (phrases.length === 0) return [];
    const favourites = new Set(await this.#store.favourites());
    const found = this.#builtIns(favourites).filter((prompt) => matchesPhrases(phrases, textsOf(prompt)));
    const overridden = await Promise.all(found.map(({ name }) => this.#store.get(name)));
    const own = found
      .filter((_, index) => overridden[index] === null)
      .map((prompt) => ({ prompt: summaryOf(prompt), snippet: snippetOf(phrases, [prompt.template]) }));
    return [...own, ...(await this.#store.search(search, limit))].slice(0, limit);
  }

  /** The filled-in template. Rejects `not-found`, or `invalid-input` naming all missing variables. */
  async render(name: string, values: Readonly<Record<string, Json>>): Promise<string> {
    const prompt = await this.get(name);
    const putIn = await this.putIn(prompt.template, name);
    requireWhole(putIn);
    return renderTemplate(
      prompt.template,
      withDefaults([...putIn.parameters, ...prompt.parameters], values),
      putIn.partials,
    );
  }

  /** What a template puts in with `{{> name}}`; `self` is the prompt's own name, null for a text that is none yet. */
  async putIn(template: string, self: string | null): Promise<ResolvedPartials> {
    return resolvePartials(template, self, async (name) => {
      return (await this.#store.get(name)) ?? this.#builtInOf(name);
    });
  }

  /** The variables of a prompt and of what it puts in. Rejects `not-found`, or `invalid-input` where it cannot be put together. */
  async variables(name: string): Promise<readonly KnownVariable[]> {
    const prompt = await this.get(name);
    const putIn = await this.putIn(prompt.template, name);
    requireWhole(putIn);
    return knownVariables(prompt, putIn);
  }

  /** A version filled in. Rejects as {@link render} does. */
  async renderVersion(name: string, version: number, values: Readonly<Record<string, Json>>): Promise<string> {
    const { template, parameters } = await this.version(name, version);
    return renderTemplate(template, withDefaults(parameters, values));
  }

  /** True for names that the product itself has a prompt for, whether the user has a version of it or not. */
  isBuiltIn(name: string): boolean {
    return this.#builtInOf(name) !== null;
  }

  /** Saves a new version; resolves with its number. Rejects `invalid-input` with what is wrong with the draft. */
  async save(draft: Omit<PromptDraft, 'variables'>, note: VersionNote): Promise<number> {
    const complete = normalised(draft);
    await this.#rememberBases([complete.name]);
    return this.#store.save(complete, note);
  }

  /** Saves and removes several prompts, all or nothing; resolves with the numbers of the saved versions. */
  async applyAll(
    { save, remove }: { readonly save: readonly Omit<PromptDraft, 'variables'>[]; readonly remove: readonly string[] },
    note: VersionNote,
  ): Promise<readonly number[]> {
    const drafts = save.map(normalised);
    await this.#rememberBases(drafts.map(({ name }) => name));
    return this.#store.apply({ save: drafts, remove }, note);
  }

  /** Saves under a name that must be free; rejects `invalid-input` where it is not. */
  async create(draft: Omit<PromptDraft, 'variables'>, note: VersionNote): Promise<void> {
    const complete = normalised(draft);
    await this.#requireFree(complete.name);
    await this.#store.save(complete, note);
  }

  /** Changes parts of a prompt; of a built-in one this makes the user's version. */
  async change(
    name: string,
    part: Partial<Omit<PromptDraft, 'name' | 'variables'>>,
    note: VersionNote,
  ): Promise<number> {
    return this.save({ ...(await this.get(name)), ...part }, note);
  }

  /** Rejects `invalid-input` for a built-in prompt, or where the new name is taken. */
  async rename(name: string, to: string): Promise<void> {
    const prompt = await this.get(name);
    if (prompt.builtIn) throw isBuiltIn(name, 'Duplicate it under another name instead.');
    const { name: wanted } = normalised({ ...prompt, name: to });
    if (wanted === name) return;
    await this.#requireFree(wanted);
    await this.#store.rename(name, wanted);
  }

  /** Deletes the user's prompt, or the user's version of a built-in one; {@link restore} brings it back. */
  async delete(name: string): Promise<void> {
    if ((await this.get(name)).builtIn) throw isBuiltIn(name, 'Only your own prompts can be deleted.');
    await this.#store.delete(name);
  }

  /** Newest first, the built-in one last; also of a prompt that was deleted. */
  async versions(name: string): Promise<readonly PromptVersion[]> {
    const builtIn = this.#builtIn.filter((prompt) => prompt.name === name);
    return [
      ...(await this.#store.versions(name)),
      ...builtIn.map((prompt) => ({ ...prompt, author: 'Ensemble', reason: 'built in' })),
    ];
  }

  /** One version. Rejects `not-found`. */
  async version(name: string, version: number): Promise<PromptVersion> {
    const found = (await this.versions(name)).find((one) => one.version === version);
    if (found) return found;
    throw new EnsembleError('not-found', `There is no version ${version} of "${name}".`, {
      hint: 'List the versions to see which there are.',
    });
  }

  /** Makes an earlier version the newest one; null: the last there was, which undoes a deletion. */
  async restore(name: string, version: number | null, note: VersionNote): Promise<number> {
    const [last] = await this.#store.versions(name);
    const found = version === null && last ? last : await this.version(name, version ?? 0);
    return this.save(found, note);
  }

  /** Says why a version of the user's was made. */
  async describe(name: string, version: number, reason: string): Promise<void> {
    await this.#store.describe(name, version, reason);
  }

  async setFavourite(name: string, favourite: boolean): Promise<void> {
    await this.get(name);
    await this.#store.setFavourite(name, favourite);
  }

  /** How often each version was used and what came of it, newest version first; null: of all prompts. */
  async usage(name: string | null): Promise<readonly PromptUsage[]> {
    return this.#store.usage(name);
  }

  /** What has changed in the built-in prompt since the user's version was begun; null: nothing, or there is no such version. */
  async builtInChange(name: string): Promise<BuiltInChange | null> {
    const builtIn = this.#builtInOf(name);
    const own = await this.#store.get(name);
    const base = (await this.#store.bases()).find((one) => one.name === name)?.draft;
    if (!builtIn || !own || !base || sameContent(base, builtIn)) return null;
    return { base, builtIn, own };
  }

  /** From now on the user's version counts as begun with the built-in prompt as it is: its change has been seen. */
  async acknowledge(name: string): Promise<void> {
    const builtIn = this.#builtInOf(name);
    if (builtIn) await this.#store.setBase(name, draftOf(builtIn));
  }

  /** Puts the text back that the user's version was begun with, so that the change of the built-in one shows again. */
  async forgetAcknowledged({ base, own }: BuiltInChange): Promise<void> {
    await this.#store.setBase(own.name, base);
  }

  /** Names of built-in prompts that have changed below a version of the user's. */
  async #stale(): Promise<readonly string[]> {
    return (await this.#store.bases())
      .filter(({ name, draft }) => {
        const builtIn = this.#builtInOf(name);
        return builtIn !== null && !sameContent(draft, builtIn);
      })
      .map(({ name }) => name);
  }

  /** What a first version of the user's begins with; before the version itself, so that no crash leaves one without it. */
  async #rememberBases(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.#builtInOf(name) && !(await this.#store.get(name))) await this.acknowledge(name);
    }
  }

  #builtInOf(name: string): PromptRecord | null {
    return this.#builtIn.find((prompt) => prompt.name === name) ?? null;
  }

  #builtIns(favourites: ReadonlySet<string>): PromptRecord[] {
    return this.#builtIn.map((prompt) => ({ ...prompt, favourite: favourites.has(prompt.name) }));
  }

  async #requireFree(name: string): Promise<void> {
    if (!(this.isBuiltIn(name) || (await this.#store.get(name)))) return;
    throw new EnsembleError('invalid-input', `There is a prompt named "${name}" already.`, {
      hint: 'Choose another name.',
    });
  }
}

/** The prompts of the product alone, without any database. */
export function builtInSummaries(): readonly PromptSummary[] {
  return BUILT_IN_PROMPTS.map(summaryOf);
}

function draftOf({ name, template, variables, description, category, tags, parameters }: PromptDraft): PromptDraft {
  return { name, template, variables, description, category, tags, parameters };
}

function merged<T extends PromptSummary>(own: readonly T[], stored: readonly T[]): T[] {
  const byName = new Map(own.map((prompt) => [prompt.name, prompt]));
  for (const prompt of stored) byName.set(prompt.name, prompt);
  return [...byName.values()];
}

/** A prompt without its texts. */
export function summaryOf({ template: _, parameters: __, ...summary }: PromptRecord): PromptSummary {
  return summary;
}

/** All that a search looks through. */
export function textsOf({ name, description, template, category, tags }: PromptRecord): string[] {
  return [name, description, template, category, ...tags];
}

function isBuiltIn(name: string, hint: string): EnsembleError {
  return new EnsembleError('invalid-input', `"${name}" is a built-in prompt.`, { hint });
}
