import { isMap, isScalar, LineCounter, parseDocument, stringify, type YAMLMap } from 'yaml';
import { toErrorInfo } from '../../core/errors.ts';
import { type PromptDraft, type PromptVariable, VARIABLE_TYPES } from '../../core/prompts/prompt.ts';
import { EDITOR_VARIABLES, valueProblem } from '../../core/prompts/prompt-rules.ts';
import { variablesOf } from '../../core/prompts/safe-template.ts';
import { TemplateError } from '../../core/prompts/template-problem.ts';

/** Longest front matter, characters: it is read by a full YAML parser. */
const LONGEST_FRONT_MATTER = 64 * 1024;
/** Lists within lists, as they are written; what is deeper would keep the parser busy for seconds. */
const DEEPEST = 50;
/** YAML that refers back to itself more often is refused. */
const MOST_ALIASES = 10;

const KEYS = ['name', 'description', 'category', 'tags', 'variables'];
const VARIABLE_KEYS = ['name', 'description', 'type', 'default', 'choices'];

/** Something that is wrong with a prompt file; an error makes it unusable. Offsets into the text. */
export interface PromptProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A prompt as a file says it; `name` null: it says none. */
export type PromptFile = Omit<PromptDraft, 'name' | 'variables'> & { readonly name: string | null };

/** What was read, as far as it could be, and what is wrong with it. */
export interface ParsedPromptFile {
  readonly prompt: PromptFile;
  readonly problems: readonly PromptProblem[];
  /** Where the template begins in the text. */
  readonly templateAt: number;
}

/**
 * Reads a `*.prompt.md`: Markdown with YAML front matter (`description`, `category`, `tags`, `variables`), all of it
 * optional. Never throws; a text without front matter is a template.
 */
export function parsePromptFile(text: string): ParsedPromptFile {
  const clean = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const opening = /^---[ \t]*\n/.exec(clean);
  if (!opening) return withTemplate(EMPTY, [], clean, 0);
  const closing = /^---[ \t]*(?:\n|$)/m.exec(clean.slice(opening[0].length));
  if (!closing) {
    const problem = { severity: 'error', message: 'The front matter is not closed: a line --- is missing.' } as const;
    return { prompt: EMPTY, problems: [{ ...problem, start: 0, end: 3 }], templateAt: clean.length };
  }
  const yaml = clean.slice(opening[0].length, opening[0].length + closing.index);
  const reader = new FrontMatterReader(yaml, opening[0].length);
  const prompt = reader.read();
  return withTemplate(prompt, reader.problems, clean, opening[0].length + closing.index + closing[0].length);
}

/** The file of a prompt; {@link parsePromptFile} reads it back. `named` false leaves the name out, where the file has it. */
export function formatPromptFile(prompt: Omit<PromptDraft, 'variables'>, named: boolean): string {
  const variables = Object.fromEntries(
    prompt.parameters.map(({ name, description, type, default: value, choices }) => [
      name,
      {
        description,
        ...(type === undefined ? {} : { type }),
        ...(value === null ? {} : { default: value }),
        ...(choices.length === 0 ? {} : { choices: [...choices] }),
      },
    ]),
  );
  const matter = {
    ...(named ? { name: prompt.name } : {}),
    description: prompt.description,
    category: prompt.category,
    tags: [...prompt.tags],
    ...(prompt.parameters.length === 0 ? {} : { variables }),
  };
  return `---\n${stringify(matter, { lineWidth: 0 })}---\n${prompt.template}\n`;
}

const EMPTY: PromptFile = { name: null, template: '', description: '', category: '', tags: [], parameters: [] };

function withTemplate(
  prompt: PromptFile,
  problems: readonly PromptProblem[],
  text: string,
  templateAt: number,
): ParsedPromptFile {
  // The line break at the end belongs to the file, not to the template.
  const template = text.slice(templateAt).replace(/\n$/, '');
  const all = [...problems, ...templateProblems({ ...prompt, template }, templateAt, text.slice(0, templateAt))];
  return { prompt: { ...prompt, template }, problems: all, templateAt };
}

function templateProblems(prompt: PromptFile, templateAt: number, before: string): PromptProblem[] {
  const { template, parameters } = prompt;
  if (template.trim() === '') {
    return [{ severity: 'error', message: 'The prompt has no text.', start: templateAt, end: templateAt }];
  }
  let used: string[];
  try {
    const { required, optional } = variablesOf(template);
    used = [...required, ...optional];
  } catch (error) {
    const { line, message } =
      error instanceof TemplateError ? error.problem : { line: null, message: toErrorInfo(error).message };
    const [start, end] = placeOf(line, template);
    return [{ severity: 'error', message, start: templateAt + start, end: templateAt + end }];
  }
  const known = new Set([...parameters, ...EDITOR_VARIABLES].map(({ name }) => name));
  const unknown = parameters.length === 0 ? [] : used.filter((name) => !known.has(name));
  const unused = parameters.filter(({ name }) => !used.includes(name));
  return [
    ...unknown.map((name): PromptProblem => {
      const at = Math.max(0, template.search(new RegExp(`\\{\\{[^}]*\\b${escapeRegExp(name)}\\b`)));
      const start = templateAt + template.indexOf(name, at);
      const message = `"${name}" is not described under variables. The form will ask for it by its name alone.`;
      return { severity: 'warning', message, start, end: start + name.length };
    }),
    ...unused.map(({ name }): PromptProblem => {
      const start = Math.max(
        0,
        before.search(new RegExp(`^\\s*(?:- name: *)?["']?${escapeRegExp(name)}["']?\\s*(?::|$)`, 'm')),
      );
      const at = before.indexOf(name, start);
      const message = `"${name}" is described but not used: {{${name}}} is nowhere in the text.`;
      return { severity: 'warning', message, start: at, end: at + name.length };
    }),
  ];
}

/** A line of the template, from 1 on; all of it where that is not known. */
function placeOf(line: number | null, template: string): readonly [number, number] {
  const lines = template.split('\n');
  if (line === null || line < 1 || line > lines.length) return [0, template.length];
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + Math.max(1, lines[line - 1]?.length ?? 1)];
}

/** Reads the front matter, remembering what is wrong with it. */
class FrontMatterReader {
  readonly problems: PromptProblem[] = [];
  readonly #yaml: string;
  readonly #offset: number;

  constructor(yaml: string, offset: number) {
    this.#yaml = yaml;
    this.#offset = offset;
  }

  read(): PromptFile {
    const map = this.#parse();
    if (!map) return EMPTY;
    const values = toObject(map);
    for (const { key } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!KEYS.includes(name))
        this.#add('warning', `"${name}" means nothing here. There are: ${KEYS.join(', ')}.`, key);
    }
    return {
      name: this.#text(map, values, 'name') || null,
      template: '',
      description: this.#text(map, values, 'description'),
      category: this.#text(map, values, 'category'),
      tags: this.#tags(map, values),
      parameters: this.#variables(map, values),
    };
  }

  #parse(): YAMLMap | null {
    if (this.#yaml.length > LONGEST_FRONT_MATTER) {
      this.#add('error', `The front matter is longer than ${LONGEST_FRONT_MATTER} characters.`);
      return null;
    }
    if (depthOf(this.#yaml) > DEEPEST) {
      this.#add('error', 'The front matter is nested too deeply.');
      return null;
    }
    try {
      const document = parseDocument(this.#yaml, {
        lineCounter: new LineCounter(),
        uniqueKeys: true,
        logLevel: 'silent',
      });
      for (const { message, pos } of document.errors.slice(0, 1)) {
        const text = message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
        this.#add('error', `The front matter is no YAML: ${text}.`, { range: [pos[0], pos[1]] });
      }
      if (document.errors.length > 0 || document.contents === null) return null;
      document.toJS({ maxAliasCount: MOST_ALIASES });
      if (isMap(document.contents)) return document.contents;
      this.#add('error', 'The front matter has to be lines of the form "key: value".');
    } catch (error) {
      const reason = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
      this.#add('error', `The front matter cannot be read: ${reason}.`);
    }
    return null;
  }

  #text(map: YAMLMap, values: Values, key: string): string {
    const value = values[key];
    if (value === undefined || value === null) return '';
    if (typeof value !== 'object') return String(value);
    this.#add('error', `"${key}" has to be a text.`, map.get(key, true));
    return '';
  }

  #tags(map: YAMLMap, values: Values): string[] {
    const value = values.tags;
    if (value === undefined || value === null) return [];
    const list = typeof value === 'string' ? value.split(',') : value;
    if (Array.isArray(list) && list.every((one) => typeof one !== 'object'))
      return list.map((one) => String(one).trim()).filter((one) => one !== '');
    this.#add('error', '"tags" has to be a list of texts.', map.get('tags', true));
    return [];
  }

  /** `name: { description, default, choices }`, `name: description`, or a list of the same with names in it. */
  #variables(map: YAMLMap, values: Values): PromptVariable[] {
    const value = values.variables;
    if (value === undefined || value === null) return [];
    const place = map.get('variables', true);
    const entries: [string, unknown][] = Array.isArray(value)
      ? value.map((one) => (typeof one === 'string' ? [one, null] : [String((one as Values | null)?.name ?? ''), one]))
      : typeof value === 'object'
        ? Object.entries(value)
        : [];
    if (typeof value !== 'object' || entries.some(([name]) => name === '')) {
      this.#add('error', '"variables" has to name the variables, each with description, default and choices.', place);
      return [];
    }
    return entries.flatMap(([name, facts]) => this.#variable(name, facts, place) ?? []);
  }

  #variable(name: string, facts: unknown, place: unknown): PromptVariable | null {
    const plain = typeof facts === 'string' ? { description: facts } : (facts ?? {});
    if (typeof plain !== 'object' || Array.isArray(plain)) {
      this.#add('error', `The variable "${name}" has to have description, default or choices.`, place);
      return null;
    }
    const { description = '', type, default: value = null, choices = [] } = plain as Values;
    const unknown = Object.keys(plain).find((key) => !VARIABLE_KEYS.includes(key));
    if (unknown !== undefined) {
      this.#add(
        'warning',
        `The variable "${name}" has no "${unknown}". There are: ${VARIABLE_KEYS.join(', ')}.`,
        place,
      );
    }
    if (
      !Array.isArray(choices) ||
      [description, value, ...choices].some((one) => one !== null && typeof one === 'object')
    ) {
      this.#add('error', `Description and default of "${name}" have to be texts, its choices a list of them.`, place);
      return null;
    }
    const allowed = choices.map(String);
    const fallback = value === null ? null : String(value);
    if (fallback !== null && allowed.length > 0 && !allowed.includes(fallback)) {
      this.#add('error', `The default of "${name}" is none of its choices.`, place);
    }
    const kind = VARIABLE_TYPES.find((one) => one === type);
    if (type !== undefined && kind === undefined) {
      this.#add('error', `The type of "${name}" is one of: ${VARIABLE_TYPES.join(', ')}.`, place);
    } else if (kind === 'choice' && allowed.length === 0) {
      this.#add('error', `"${name}" is a choice, so it needs choices.`, place);
    }
    const problem = fallback === null ? null : valueProblem({ ...(kind ? { type: kind } : {}), choices: [] }, fallback);
    if (problem !== null) this.#add('error', `The default of "${name}" does not fit. ${problem}`, place);
    const typed = kind === undefined ? {} : { type: kind };
    return { name, description: String(description ?? ''), ...typed, default: fallback, choices: allowed };
  }

  #add(severity: PromptProblem['severity'], message: string, node?: unknown): void {
    const range = (node as { readonly range?: readonly number[] | null } | undefined)?.range;
    const [start = 0, end = this.#yaml.length] = range ?? [];
    this.problems.push({ severity, message, start: this.#offset + start, end: this.#offset + end });
  }
}

/** How deep brackets and braces nest. */
function depthOf(yaml: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of yaml.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

type Values = Readonly<Record<string, unknown>>;

function toObject(map: YAMLMap): Values {
  return map.toJSON() as Values;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
