import { EnsembleError, toErrorInfo } from '../errors.ts';
import type { PromptDraft, PromptVariable } from './prompt.ts';
import { type Partials, variablesOf } from './safe-template.ts';

/** Reads a prompt that another one puts in; null: there is none of that name. */
export type LoadPrompt = (name: string) => Promise<Pick<PromptDraft, 'template' | 'parameters'> | null>;

/** Something that is wrong with a prompt that is put in. */
export interface PartialProblem {
  /** As the template names it. */
  readonly name: string;
  readonly reason: string;
}

/** Everything that a template puts in, also by way of others. */
export interface ResolvedPartials {
  readonly partials: Partials;
  /** What is declared about variables of the partials. */
  readonly parameters: readonly PromptVariable[];
  /** By the name that the template itself has; empty: all is well. */
  readonly problems: readonly PartialProblem[];
}

/** Collects what a template puts in with `{{> name}}`. `self`: its own name, which it cannot put in. Throws for a broken template. */
export async function resolvePartials(
  template: string,
  self: string | null,
  load: LoadPrompt,
): Promise<ResolvedPartials> {
  const texts = new Map<string, string>();
  const parameters: PromptVariable[] = [];
  const problems: PartialProblem[] = [];
  for (const first of variablesOf(template).partials) {
    const reason = await collect(first);
    if (reason !== null) problems.push({ name: first, reason });
  }
  if (problems.length === 0) {
    try {
      variablesOf(template, texts);
    } catch (error) {
      const [first = ''] = variablesOf(template).partials;
      problems.push({ name: first, reason: toErrorInfo(error).message });
    }
  }
  return { partials: texts, parameters, problems };

  /** What is wrong with a partial or what it puts in; null: nothing. */
  async function collect(name: string): Promise<string | null> {
    if (name === self) return `"${name}" would put itself in without end.`;
    if (texts.has(name)) return null;
    const found = await load(name);
    if (!found) return `There is no prompt named "${name}".`;
    texts.set(name, found.template);
    parameters.push(...found.parameters);
    try {
      for (const inner of variablesOf(found.template).partials) {
        const reason = await collect(inner);
        if (reason !== null) return reason;
      }
      return null;
    } catch (error) {
      return `"${name}" cannot be put in: ${toErrorInfo(error).message}`;
    }
  }
}

/** Throws `invalid-input` where a prompt cannot be put together. */
export function requireWhole({ problems }: ResolvedPartials): void {
  const [first] = problems;
  if (!first) return;
  throw new EnsembleError('invalid-input', first.reason, { hint: `The prompt puts it in with {{> ${first.name}}}.` });
}
