import { EnsembleError, toErrorInfo } from '../errors.ts';
import type { Json } from '../json.ts';
import type { ResolvedPartials } from './partials.ts';
import type { PromptDraft, PromptVariable } from './prompt.ts';
import { variablesOf } from './safe-template.ts';

/** Longest name, category and tag, characters. */
const LONGEST_NAME = 100;
const MOST_TAGS = 50;

/** Variables that the editor fills in: the selected code and what language it is in. */
export const EDITOR_VARIABLES: readonly PromptVariable[] = [
  { name: 'code', description: 'The selected code; filled in by the editor.', default: null, choices: [] },
  { name: 'language', description: 'The language of the code; filled in by the editor.', default: null, choices: [] },
];

/** A variable with all that is known about it. `required`: the template cannot be filled in without it. */
export interface KnownVariable extends PromptVariable {
  readonly required: boolean;
}

/**
 * The variables that a template and what it puts in use, in its order, with what is declared about them. Throws `invalid-input`
 * for a template that cannot be used.
 */
export function knownVariables(
  { template, parameters }: Pick<PromptDraft, 'template' | 'parameters'>,
  putIn: Pick<ResolvedPartials, 'partials' | 'parameters'> = { partials: new Map(), parameters: [] },
): KnownVariable[] {
  const { required, optional } = variablesOf(template, putIn.partials);
  const known = [...parameters, ...putIn.parameters, ...EDITOR_VARIABLES];
  return [...required, ...optional].map((name) => ({
    ...(known.find((one) => one.name === name) ?? { name, description: '', default: null, choices: [] }),
    required: required.includes(name),
  }));
}

/** A draft as it is kept: trimmed, tags once, variables read from the template. Throws `invalid-input` with what is wrong. */
export function normalised(draft: Omit<PromptDraft, 'variables'>): PromptDraft {
  const name = requireName(draft.name);
  const { required, optional } = variablesOf(draft.template);
  const tags = [...new Set(draft.tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
  if (tags.length > MOST_TAGS) throw new EnsembleError('invalid-input', `A prompt has at most ${MOST_TAGS} tags.`);
  for (const label of [...tags, draft.category.trim()]) requireShort(label);
  return {
    name,
    template: draft.template,
    variables: [...required, ...optional],
    description: draft.description.trim(),
    category: draft.category.trim(),
    tags,
    parameters: draft.parameters,
  };
}

/** What is wrong with a name; null: nothing. */
export function nameProblem(name: string): string | null {
  try {
    requireName(name);
    return null;
  } catch (error) {
    return toErrorInfo(error).message;
  }
}

/**
 * The values with defaults filled in, each as what its type says. Throws `invalid-input` for a value that its variable cannot have.
 */
export function withDefaults(
  variables: readonly PromptVariable[],
  values: Readonly<Record<string, Json>>,
): Record<string, Json> {
  const complete: Record<string, Json> = { ...values };
  for (const variable of variables) {
    const { name, default: fallback } = variable;
    const given = Object.hasOwn(complete, name) ? complete[name] : undefined;
    const value = given === undefined || given === null || given === '' ? fallback : given;
    if (value === null) continue;
    const problem = valueProblem(variable, value);
    if (problem !== null) {
      const written = String(value).slice(0, 60);
      throw new EnsembleError('invalid-input', `The variable "${name}" cannot be "${written}".`, { hint: problem });
    }
    complete[name] = typed(variable, value);
  }
  return complete;
}

/** What a variable has to be, where a value is not that; null: it is. */
export function valueProblem({ type, choices }: Pick<PromptVariable, 'type' | 'choices'>, value: Json): string | null {
  if (choices.length > 0 && !choices.includes(String(value))) return `It is one of: ${choices.join(', ')}.`;
  if (type === 'number' && !isNumber(value)) return 'It is a number, such as 3 or 0.5.';
  if (type === 'boolean' && !TRUTH.has(String(value).trim().toLowerCase())) return 'It is true or false.';
  return null;
}

/** How yes and no may be written. */
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

function isNumber(value: Json): boolean {
  return typeof value === 'number' || (String(value).trim() !== '' && Number.isFinite(Number(value)));
}

function typed({ type }: PromptVariable, value: Json): Json {
  return type === 'boolean' ? (TRUTH.get(String(value).trim().toLowerCase()) ?? value) : value;
}

function requireName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '') throw new EnsembleError('invalid-input', 'A prompt needs a name.');
  requireShort(trimmed);
  return trimmed;
}

function requireShort(label: string): void {
  if (label.length > LONGEST_NAME) {
    throw new EnsembleError('invalid-input', `"${label.slice(0, 20)}…" is longer than ${LONGEST_NAME} characters.`, {
      hint: 'Choose a shorter one; the description may be long.',
    });
  }
  if (/\p{Cc}/u.test(label)) {
    throw new EnsembleError(
      'invalid-input',
      'Names, categories and tags have no line breaks or other control characters.',
    );
  }
}
