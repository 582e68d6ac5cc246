import Handlebars from 'handlebars';
import { EnsembleError, isEnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { namesIn, type ParsedPartial, type TemplateNames } from './template-names.ts';
import { TemplateError, templateProblem } from './template-problem.ts';

/** Longer templates are refused. Characters. */
const MAX_TEMPLATE = 64 * 1024;
/** Blocks inside of blocks, and calls inside of one `{{...}}`. Handlebars takes time with the cube of it. */
const MAX_DEPTH = 50;
/** A rendered prompt may not be larger. Characters. */
const MAX_OUTPUT = 16 * 1024 * 1024;
/** Rounds of all loops of one rendering together. */
const MAX_ROUNDS = 100_000;

const HELPERS = { if: true, unless: true, each: true, with: true, lookup: true, log: false } as const;

/** Names that lead to an object's machinery: they render empty, whatever the data says. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Templates that others put in with `{{> name}}`, by name. */
export type Partials = ReadonlyMap<string, string>;

const NO_PARTIALS: Partials = new Map();

/**
 * The variables of a template and of the partials that are given. Optional are those that the template itself asks for with
 * `{{#if}}` or `{{#unless}}`. Throws `invalid-input` for a template that cannot be used.
 */
export function variablesOf(template: string, partials: Partials = NO_PARTIALS): TemplateNames {
  return namesIn(parse(template), FORBIDDEN, parsed(partials));
}

/**
 * Fills in a Handlebars template, without HTML escaping. Values are data: what looks like a template in them is not
 * rendered. Decorators are refused, own helpers and partials that were not given do not exist, and loops and output are bounded.
 * Throws `invalid-input`: all missing variables in one error, or what is wrong with the template.
 */
export function renderTemplate(
  template: string,
  values: Readonly<Record<string, Json>>,
  partials: Partials = NO_PARTIALS,
): string {
  const { required, outputs, partials: used } = variablesOf(template, partials);
  const unknown = used.find((name) => !partials.has(name));
  if (unknown !== undefined) {
    throw new EnsembleError('invalid-input', `There is no prompt named "${unknown}" to put in.`);
  }
  const missing = required.filter((name) => !Object.hasOwn(values, name) || values[name] === null);
  if (missing.length > 0) {
    throw new EnsembleError(
      'invalid-input',
      `Missing variable${missing.length > 1 ? 's' : ''}: ${missing.join(', ')}.`,
      {
        hint: `Give ${missing.length > 1 ? 'each of them' : 'it'} a value.`,
      },
    );
  }
  return guarded(() => {
    const data = plainCopy(values) as Record<string, Json>;
    if (outputs * longestText(data) > MAX_OUTPUT * 2) throw tooLarge();
    const environment = boundedEnvironment();
    for (const [name, text] of partials) environment.registerPartial(name, text);
    const render = environment.compile(template, {
      noEscape: true,
      knownHelpers: HELPERS,
      knownHelpersOnly: true,
    });
    const text = render(data, { allowProtoMethodsByDefault: false, allowProtoPropertiesByDefault: false });
    if (text.length > MAX_OUTPUT) throw tooLarge();
    return text;
  }, template);
}

/** What `namesIn` looks partials up in; each is parsed once. */
function parsed(partials: Partials): ParsedPartial {
  const programs = new Map<string, hbs.AST.Program>();
  return (name) => {
    const text = partials.get(name);
    if (text === undefined) return null;
    const program = programs.get(name) ?? parse(text);
    programs.set(name, program);
    return program;
  };
}

/** Only texts are compiled: Handlebars would turn a ready-made syntax tree into code unchecked. */
function parse(template: string): hbs.AST.Program {
  if (typeof template !== 'string') throw new EnsembleError('invalid-input', 'A template has to be a text.');
  if (template.length > MAX_TEMPLATE) {
    throw new EnsembleError('invalid-input', `The template is longer than ${MAX_TEMPLATE} characters.`);
  }
  if (depthOf(template) > MAX_DEPTH) throw tooDeep();
  return guarded(() => Handlebars.parse(template), template);
}

/** Syntax errors, and overflows of templates or data that are nested too deeply, as errors of ours. */
function guarded<T>(work: () => T, template: string): T {
  try {
    return work();
  } catch (error) {
    if (isEnsembleError(error)) throw error;
    if (error instanceof RangeError) throw tooDeep(error);
    throw new TemplateError(templateProblem(template, error instanceof Error ? error.message : String(error)), error);
  }
}

/** How deep a template nests, by its text alone. */
function depthOf(template: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of template.matchAll(/\{\{[^{}]*\}/g)) {
    if (/^\{\{\{?~?[#^]/.test(tag)) depth++;
    else if (/^\{\{~?\//.test(tag)) depth--;
    deepest = Math.max(deepest, depth, tag.split('(').length);
  }
  return deepest;
}

/** An environment of its own, in which all loops of one rendering share their bounds. */
function boundedEnvironment(): typeof Handlebars {
  const environment = Handlebars.create();
  const { each } = environment.helpers;
  let rounds = 0;
  let characters = 0;
  environment.registerHelper('each', function (this: unknown, list: unknown, options: Handlebars.HelperOptions) {
    const fn: Handlebars.TemplateDelegate = (context, runtime) => {
      const text = options.fn(context, runtime);
      rounds++;
      characters += text.length;
      if (rounds > MAX_ROUNDS || characters > MAX_OUTPUT) throw tooLarge();
      return text;
    };
    return each?.call(this, list, { ...options, fn });
  });
  return environment;
}

function tooDeep(cause?: unknown): EnsembleError {
  return new EnsembleError('invalid-input', 'The template or its data is nested too deeply.', { cause });
}

function tooLarge(): EnsembleError {
  return new EnsembleError('invalid-input', 'The rendered template would be too large.', {
    hint: 'Use shorter values or fewer loops.',
  });
}

/** The data without forbidden names, so that not even a value of that name is reached. */
function plainCopy(value: Json): Json {
  if (Array.isArray(value)) return value.map(plainCopy);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !FORBIDDEN.has(name));
  return Object.fromEntries(entries.map(([name, one]) => [name, plainCopy(one)]));
}

function longestText(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((longest, one) => Math.max(longest, longestText(one)), 0);
}
