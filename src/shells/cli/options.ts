import { InvalidArgumentError } from 'commander';
import type { Strategy } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { LoadBalancing } from '../../core/load-balancing.ts';
import type { ProviderId } from '../../core/model.ts';
import { nearestName } from '../../core/nearest-name.ts';
import type { ReviewDepth } from '../../core/requests.ts';
import { SEVERITIES, type Severity } from '../../core/results.ts';

/** Options every command takes (contracts.md, Command line). */
export interface GlobalOptions {
  readonly config: string | null;
  readonly db: string | null;
  readonly json: boolean;
  /** A file, `-` for standard output, null for none. */
  readonly events: string | null;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly trust: boolean;
  readonly yes: boolean;
  readonly requireLlm: boolean;
}

/** Reads the global options out of commander's values. Throws `usage` where two contradict one another. */
export function globalOptions(values: Readonly<Record<string, unknown>>): GlobalOptions {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : null);
  const flag = (name: string) => values[name] === true;
  const options: GlobalOptions = {
    config: text('config'),
    db: text('db'),
    json: flag('json'),
    events: text('events'),
    quiet: flag('quiet'),
    color: values.color !== false,
    trust: flag('trust'),
    yes: flag('yes'),
    requireLlm: flag('requireLlm'),
  };
  if (options.json && options.events === '-') {
    throw new EnsembleError('usage', '--json and --events - both want standard output.', {
      hint: 'Use one of them, or --events FILE. The last event of a run, workflow:results, holds the same JSON.',
    });
  }
  return options;
}

const KEYED_PROVIDERS = ['xai', 'openai', 'anthropic', 'gemini', 'openrouter', 'groq'] as const satisfies ProviderId[];
const STRATEGIES: readonly Strategy[] = ['parallel', 'sequential', 'adaptive', 'balanced', 'coordinated'];
const BALANCINGS: readonly LoadBalancing[] = ['round-robin', 'least-loaded', 'cost-optimized', 'balanced'];
const DEPTHS: readonly ReviewDepth[] = ['quick', 'standard', 'thorough'];

/** Parser of an option that takes one of some names; the error offers the nearest one. */
export function oneOf<T extends string>(what: string, names: readonly T[]): (value: string) => T {
  return (value) => {
    const found = names.find((name) => name === value.toLowerCase());
    if (found !== undefined) return found;
    const close = nearestName(value, names);
    throw new EnsembleError('usage', `There is no ${what} "${value}".`, {
      hint: `${close ? `Did you mean "${close}"? ` : ''}Choose one of ${names.join(', ')}.`,
    });
  };
}

export const keyedProvider = oneOf('provider with a key', KEYED_PROVIDERS);
export const strategy = oneOf('strategy', STRATEGIES);
export const loadBalancing = oneOf('load balancing', BALANCINGS);
export const depth = oneOf('depth', DEPTHS);
export const severity: (value: string) => Severity = oneOf('severity', SEVERITIES);
export const reviewFormat = oneOf('format', ['md', 'json', 'sarif'] as const);

/** What `--format` of a review can be. */
export type ReviewFormat = ReturnType<typeof reviewFormat>;

/** A vendor whose accounts consist of a key. */
export type KeyedProvider = ReturnType<typeof keyedProvider>;

/** Parser of a whole number within bounds. */
export function integer(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= minimum && number <= maximum) return number;
    throw new InvalidArgumentError(
      maximum === Number.MAX_SAFE_INTEGER
        ? `It must be a whole number of at least ${minimum}.`
        : `It must be a whole number from ${minimum} to ${maximum}.`,
    );
  };
}

/** Parser of an id of a stored row or of an amount of rows. */
export const positive = integer(1, Number.MAX_SAFE_INTEGER);

/** Parser of the number of a version; 0 is the built-in one. */
export const versionNumber = integer(0, Number.MAX_SAFE_INTEGER);

/** Parser of names with commas between them. */
export function commaList(value: string): readonly string[] {
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Parser of an amount of money, USD. */
export function dollars(value: string): number {
  const amount = /^\$?\d+(\.\d+)?$/.test(value) ? Number(value.replace('$', '')) : Number.NaN;
  if (Number.isFinite(amount)) return amount;
  throw new InvalidArgumentError('It must be an amount in USD, such as 0.50.');
}

/** Collects `key=value` pairs; the value may hold further equal signs and be empty. A later pair wins. */
export function keyValue(pair: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = pair.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError(`"${pair}" is not of the form key=value.`);
  return { ...earlier, [pair.slice(0, at)]: pair.slice(at + 1) };
}

/** The start of a day that an option was given, ISO-8601 UTC; null where it was not. Throws `usage` when it is none. */
export function dayOf(option: string, given: string | undefined): string | null {
  if (given === undefined) return null;
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+Z?)?$/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new EnsembleError('usage', `${option} takes a day, such as 2026-01-31.`);
}

/** Rejects what is left over after a command that also has subcommands, with the subcommand that was probably meant. */
export function refuseUnknown(command: string, rest: readonly string[], subcommands: readonly string[]): void {
  const [word] = rest;
  // What the command does by itself.
  if (word === undefined || (word === 'list' && rest.length === 1)) return;
  const close = nearestName(word, subcommands);
  throw new EnsembleError('usage', `There is no command "${command} ${word}".`, {
    hint: `${close ? `Did you mean "${command} ${close}"? ` : ''}See: ensemble ${command} --help`,
  });
}
