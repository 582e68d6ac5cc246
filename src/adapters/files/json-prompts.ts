import { EnsembleError } from '../../core/errors.ts';
import type { ImportedPrompt } from '../../core/prompts/import-prompts.ts';
import { type PromptVariable, VARIABLE_TYPES } from '../../core/prompts/prompt.ts';

type Found = { readonly prompt: ImportedPrompt } | { readonly problem: string };
type Values = Readonly<Record<string, unknown>>;

/**
 * Prompts in JSON: one, a list of them, or a document with `items` or `item`. One that cannot be used is a problem of its own;
 * throws `invalid-input` for a text that is no JSON at all.
 */
export function jsonPrompts(text: string): readonly Found[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EnsembleError('invalid-input', 'It is no JSON.', { cause });
  }
  const { items, item } = (isObject(value) ? value : {}) as { readonly items?: unknown; readonly item?: unknown };
  const list = Array.isArray(value) ? value : Array.isArray(items) ? items : [item ?? value];
  return list.map((one, index) => {
    const found = jsonPrompt(one);
    if ('prompt' in found || list.length === 1) return found;
    return { problem: `Prompt ${index + 1} of ${list.length}: ${found.problem}` };
  });
}

function jsonPrompt(value: unknown): Found {
  const { name, template, description = '', category = '', tags = [], parameters = [] } = isObject(value) ? value : {};
  if (typeof name !== 'string' || typeof template !== 'string') {
    return { problem: 'a prompt has a "name" and a "template", both texts' };
  }
  if (typeof description !== 'string' || typeof category !== 'string' || !isTexts(tags) || !Array.isArray(parameters)) {
    return {
      problem: `in "${name.slice(0, 100)}" the description and category have to be texts, tags and parameters lists`,
    };
  }
  if (template.trim() === '') return { problem: `"${name.slice(0, 100)}" has no text` };
  return { prompt: { name, template, description, category, tags, parameters: parameters.flatMap(variableOf) } };
}

function variableOf(value: unknown): PromptVariable[] {
  if (!isObject(value) || typeof value.name !== 'string') return [];
  const { name, description = '', type, default: preset = null, choices = [] } = value;
  const kind = VARIABLE_TYPES.find((one) => one === type);
  const fallback = preset === null || typeof preset === 'object' ? null : String(preset);
  return [
    {
      name,
      description: String(description),
      ...(kind === undefined ? {} : { type: kind }),
      default: fallback,
      choices: Array.isArray(choices) ? choices.map(String) : [],
    },
  ];
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
