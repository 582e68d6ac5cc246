import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { nearestName } from '../nearest-name.ts';
import type { PromptRecord, Stores } from '../ports.ts';
import { renderTemplate } from './safe-template.ts';
import { BUILT_IN_PROMPTS } from './templates.ts';

/** The prompt templates there are: the built-in ones and the user's, whose version of a name wins (S1). */
export class PromptLibrary {
  readonly #store: Pick<Stores['prompts'], 'list'>;

  constructor(store: Pick<Stores['prompts'], 'list'>) {
    this.#store = store;
  }

  /** Built-in templates first, in their own order, then the user's by name. */
  async list(): Promise<readonly PromptRecord[]> {
    const byName = new Map(BUILT_IN_PROMPTS.map((prompt) => [prompt.name, prompt]));
    const stored = [...(await this.#store.list())].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const prompt of stored) byName.set(prompt.name, prompt);
    return [...byName.values()];
  }

  /** Rejects `not-found`, with the nearest name. */
  async get(name: string): Promise<PromptRecord> {
    const prompts = await this.list();
    const found = prompts.find((prompt) => prompt.name === name);
    if (found) return found;
    const near = nearestName(
      name,
      prompts.map((prompt) => prompt.name),
    );
    throw new EnsembleError('not-found', `Template not found: "${name}".`, {
      hint: near === null ? 'List the templates to see which there are.' : `Did you mean "${near}"?`,
    });
  }

  /** The filled-in template. Rejects `not-found`, or `invalid-input` naming all missing variables. */
  async render(name: string, values: Readonly<Record<string, Json>>): Promise<string> {
    const { template } = await this.get(name);
    return renderTemplate(template, values);
  }
}
