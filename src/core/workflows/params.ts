import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { nearestName } from '../nearest-name.ts';

/** A parameter of a workflow. */
export interface ParamDefinition {
  readonly name: string;
  /** Other names that mean the same. */
  readonly aliases: readonly string[];
  /**
   * `strings`: a list, also written as one string with commas (command line). Numbers, booleans and objects may be written as
   * JSON text as well.
   */
  readonly type: 'string' | 'strings' | 'number' | 'boolean' | 'object';
  /** The value where none is given. */
  readonly default: Json;
  /** True: it has to be given, so that a form asks for it. Default false. */
  readonly required?: boolean;
  /** The only values allowed. */
  readonly values?: readonly string[];
  readonly description: string;
}

/**
 * The value of each parameter by its name, defaults filled in; null counts as not given. Throws `invalid-input` naming the
 * parameter that is unknown, given twice under two names, or has a value it cannot have.
 */
export function readParams(
  definitions: readonly ParamDefinition[],
  params: Readonly<Record<string, Json>>,
): ReadonlyMap<string, Json> {
  const values = new Map<string, Json>();
  for (const [given, value] of Object.entries(params)) {
    const definition = definitions.find(({ name, aliases }) => name === given || aliases.includes(given));
    if (!definition) throw unknownParam(given, definitions);
    if (value === null) continue;
    if (values.has(definition.name)) {
      throw new EnsembleError(
        'invalid-input',
        `The parameter "${definition.name}" is given twice, also as "${given}".`,
      );
    }
    values.set(definition.name, readValue(given, value, definition));
  }
  for (const definition of definitions) {
    if (!values.has(definition.name)) values.set(definition.name, definition.default);
  }
  return values;
}

function readValue(given: string, value: Json, { type, values }: ParamDefinition): Json {
  if (type === 'strings') {
    const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
    if (Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string')) return list;
    throw invalidValue(given, 'a list of texts');
  }
  if (type !== 'string') return readTyped(given, value, type);
  if (typeof value !== 'string') throw invalidValue(given, 'a text');
  if (!values || values.includes(value)) return value;
  const near = nearestName(value, values);
  throw new EnsembleError('invalid-input', `The parameter "${given}" cannot be "${value}".`, {
    hint: `It is one of: ${values.join(', ')}.${near === null ? '' : ` Did you mean "${near}"?`}`,
  });
}

const TYPE_NAMES = { number: 'a number', boolean: 'true or false', object: 'an object' } as const;

function readTyped(given: string, value: Json, type: keyof typeof TYPE_NAMES): Json {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  const isPlainObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (type === 'object' ? isPlainObject : typeof parsed === type) return parsed as Json;
  throw invalidValue(given, TYPE_NAMES[type]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalidValue(given: string, wanted: string): EnsembleError {
  return new EnsembleError('invalid-input', `The parameter "${given}" has to be ${wanted}.`);
}

function unknownParam(given: string, definitions: readonly ParamDefinition[]): EnsembleError {
  const names = definitions.flatMap(({ name, aliases }) => [name, ...aliases]);
  const near = nearestName(given, names);
  const known = `It has: ${definitions.map(({ name }) => name).join(', ')}.`;
  return new EnsembleError('invalid-input', `The workflow has no parameter "${given}".`, {
    hint: near === null ? known : `Did you mean "${near}"? ${known}`,
  });
}
