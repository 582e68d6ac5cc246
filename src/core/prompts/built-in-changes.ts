import { applyPatch, structuredPatch } from 'diff';
import type { PromptDraft } from './prompt.ts';

/** A built-in prompt that has changed below a version of the user's. */
export interface BuiltInChange {
  /** What the user's version began with. */
  readonly base: PromptDraft;
  readonly builtIn: PromptDraft;
  readonly own: PromptDraft;
}

/** True where two prompts say the same, whatever they are called. */
export function sameContent(
  a: Omit<PromptDraft, 'name' | 'variables'>,
  b: Omit<PromptDraft, 'name' | 'variables'>,
): boolean {
  return contentOf(a) === contentOf(b);
}

/** All that makes a prompt what it is, in one text that can be compared. */
export function contentOf({
  template,
  description,
  category,
  tags,
  parameters,
}: Omit<PromptDraft, 'name' | 'variables'>): string {
  const variables = parameters.map((one) => [one.name, one.description, one.type ?? null, one.default, one.choices]);
  return JSON.stringify([template, description, category, tags, variables]);
}

/**
 * The user's version with what has changed in the built-in one: each part that the user left alone is the new one, and the text is
 * merged by lines. Null: both have changed the same lines.
 */
export function mergeBuiltIn({ base, builtIn, own }: BuiltInChange): PromptDraft | null {
  const template = mergeText(base.template, builtIn.template, own.template);
  if (template === null) return null;
  const pick = <T>(before: T, after: T, mine: T): T => (JSON.stringify(before) === JSON.stringify(mine) ? after : mine);
  const known = new Set(own.parameters.map(({ name }) => name));
  return {
    ...own,
    template,
    description: pick(base.description, builtIn.description, own.description),
    category: pick(base.category, builtIn.category, own.category),
    tags: pick(base.tags, builtIn.tags, own.tags),
    parameters: [
      ...own.parameters.map((mine) => {
        const before = base.parameters.find(({ name }) => name === mine.name);
        const after = builtIn.parameters.find(({ name }) => name === mine.name);
        return before && after ? pick(before, after, mine) : mine;
      }),
      ...builtIn.parameters.filter(({ name }) => !known.has(name)),
    ],
  };
}

function mergeText(base: string, theirs: string, mine: string): string | null {
  if (mine === base || mine === theirs) return theirs;
  if (theirs === base) return mine;
  // The line break at the end spares the patch a special case of its own.
  const patch = structuredPatch('', '', `${base}\n`, `${theirs}\n`, '', '', { context: 1 });
  const merged = applyPatch(`${mine}\n`, patch);
  return merged === false ? null : merged.replace(/\n$/, '');
}
