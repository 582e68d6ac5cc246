import * as z from 'zod';
import { validateBaseURL } from '../../core/accounts/base-url.ts';
import { AGENT_NAMES } from '../../core/agent-names.ts';
import type { ConfiguredGuardrails } from '../../core/agents/guardrails.ts';
import { ALL_AGENTS } from '../../core/agents/with-guardrails.ts';
import { type AccountConfig, DEFAULT_CONFIG, type EnsembleConfig, type QuotaLimits } from '../../core/config.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { keysInSettings } from '../../core/policy/keys-in-settings.ts';
import { VENDORS } from '../providers/catalogue.ts';
import { accountSchema, CONFIG_SECTIONS, CONFIGURABLE_PROVIDERS, SECTION_SCHEMAS } from './config-schema.ts';
import { guardrailsOf, guardrailsSchema } from './guardrails-schema.ts';

/** The version of the config document that this version of the product writes and reads. */
const CONFIG_SCHEMA = 1;

/** Where a key belongs instead of the config file. */
const KEY_ADVICE =
  'revoke it if others could read the file, and put it into an environment variable named by apiKeyEnv, or store it with `ensemble init`';

/** A config as far as it could be understood. */
export interface ParsedConfig {
  /** What is wrong was left out: an account with a problem is missing, a section with one is at its default. */
  readonly config: EnsembleConfig;
  /** One sentence each, beginning with the path of the field. Never holds a key. */
  readonly problems: readonly string[];
  /** Paths of keys that stand where none belongs; each has its sentence in `problems`. */
  readonly keys: readonly string[];
  /** Fields that are not known here, and so have no effect. */
  readonly notices: readonly string[];
}

type Fields = Record<string, unknown>;

/**
 * Reads the JSON of a user's config (contracts.md) and merges it with the defaults. It never throws: who wants to refuse a
 * config with problems looks at `problems`. Accounts stay as configured, so an empty list means that there are none.
 * `keyAdvice` says what to do with a key that stands in an account.
 */
export function parseConfig(input: unknown, keyAdvice = KEY_ADVICE): ParsedConfig {
  const found = new Findings(keyAdvice);
  if (!isFields(input)) {
    found.problem([], 'must be a JSON object');
    return { config: DEFAULT_CONFIG, problems: found.problems, keys: [], notices: [] };
  }
  if (input.schema !== undefined && input.schema !== CONFIG_SCHEMA) {
    found.problem(['schema'], `must be ${CONFIG_SCHEMA}; another number belongs to another version of Ensemble`);
  }
  found.unknown([], input, CONFIG_SECTIONS);
  const { quotaGroups, loadBalancing, strategy, engine, budget, prices, tracing, history } = SECTION_SCHEMAS;
  const section = <T extends z.ZodType>(name: string, schema: T): z.output<T> | undefined =>
    input[name] === undefined ? undefined : found.parse([name], schema, input[name]);
  const accounts = parseAccounts(input.accounts, found);
  const config: EnsembleConfig = {
    accounts,
    quotaGroups: withStartLimits(section('quotaGroups', quotaGroups) ?? {}, accounts),
    loadBalancing: section('loadBalancing', loadBalancing) ?? DEFAULT_CONFIG.loadBalancing,
    strategy: section('strategy', strategy) ?? DEFAULT_CONFIG.strategy,
    engine: { ...DEFAULT_CONFIG.engine, ...defined(section('engine', engine) ?? {}) },
    budget: { ...DEFAULT_CONFIG.budget, ...defined(section('budget', budget) ?? {}) },
    prices: mapValues(section('prices', prices) ?? {}, defined),
    history: { ...DEFAULT_CONFIG.history, ...defined(section('history', history) ?? {}) },
    guardrails: parseGuardrails(input.guardrails, found),
    tracing: { ...DEFAULT_CONFIG.tracing, ...defined(section('tracing', tracing) ?? {}) },
  };
  return { config, problems: found.problems, keys: found.keys, notices: found.notices };
}

/** Groups that nobody has configured start with what the vendor is known to allow (contracts.md: xai 60 per minute). */
export function withStartLimits(
  quotaGroups: Readonly<Record<string, QuotaLimits>>,
  accounts: readonly AccountConfig[],
): Readonly<Record<string, QuotaLimits>> {
  const result = { ...quotaGroups };
  for (const { provider, quotaGroup } of accounts) {
    const limits = VENDORS[provider].startLimits;
    if (limits && !Object.hasOwn(result, quotaGroup)) result[quotaGroup] = limits;
  }
  return result;
}

function parseAccounts(input: unknown, found: Findings): AccountConfig[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) {
    found.problem(['accounts'], 'must be a list');
    return [];
  }
  const accounts: AccountConfig[] = [];
  for (const [index, one] of input.entries()) {
    const account = parseAccount(one, ['accounts', index], found);
    if (!account) continue;
    if (accounts.some(({ name }) => name === account.name)) {
      found.problem(
        ['accounts', index, 'name'],
        `"${account.name}" is the name of another account; choose one of its own`,
      );
    } else accounts.push(account);
  }
  return accounts;
}

function parseAccount(input: unknown, path: Path, found: Findings): AccountConfig | null {
  if (isFields(input)) {
    const [keyPath] = keysInSettings(input);
    if (keyPath) {
      found.key([...path, ...keyPath]);
      return null;
    }
    const { provider } = input;
    if (typeof provider === 'string' && !(CONFIGURABLE_PROVIDERS as readonly string[]).includes(provider)) {
      found.problem([...path, 'provider'], `is not a provider${didYouMean(provider, CONFIGURABLE_PROVIDERS)}`);
      return null;
    }
  }
  const parsed = found.parse(path, accountSchema, input);
  if (!parsed) return null;
  const problem = parsed.baseURL === null ? null : validateBaseURL(parsed.baseURL);
  if (problem !== null) {
    found.problem([...path, 'baseURL'], problem);
    return null;
  }
  if (parsed.provider === 'openai-compatible' && parsed.baseURL === null) {
    found.problem([...path, 'baseURL'], 'is needed: an openai-compatible account has no address of its own');
    return null;
  }
  return { ...parsed, quotaGroup: parsed.quotaGroup ?? parsed.name, models: defined(parsed.models) };
}

/** Those of one agent that are wrong leave the others standing: what a person forbids is not allowed by a slip elsewhere. */
function parseGuardrails(input: unknown, found: Findings): ConfiguredGuardrails {
  if (input === undefined) return {};
  if (!isFields(input)) {
    found.problem(['guardrails'], 'must be of type object');
    return {};
  }
  const names = Object.keys(input);
  found.unknownAgents(['guardrails'], names);
  const entries = names.flatMap((name) => {
    const parsed = found.parse(['guardrails', name], guardrailsSchema, input[name]);
    return parsed ? [[name, [guardrailsOf(parsed)]] as const] : [];
  });
  return Object.fromEntries(entries);
}

type Path = readonly (string | number)[];

/** Collects what is wrong, with the path of the field in front. */
class Findings {
  readonly problems: string[] = [];
  readonly keys: string[] = [];
  readonly notices: string[] = [];
  readonly #keyAdvice: string;

  constructor(keyAdvice: string) {
    this.#keyAdvice = keyAdvice;
  }

  /** Never repeats the value. */
  key(path: Path): void {
    this.keys.push(pathText(path));
    this.problem(path, `holds a key; keys do not belong in settings. Remove it, ${this.#keyAdvice}`);
  }

  problem(path: Path, message: string): void {
    this.problems.push(`${pathText(path)}: ${message.replace(/\.$/, '')}.`);
  }

  /** The value as the schema understands it; undefined, and problems noted, where it does not. */
  parse<T extends z.ZodType>(path: Path, schema: T, value: unknown): z.output<T> | undefined {
    this.#unknownIn(path, schema, value);
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) this.problem([...path, ...(issue.path as Path)], messageOf(issue));
    return undefined;
  }

  unknown(path: Path, value: Fields, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (!known.includes(name))
        this.notices.push(`${pathText([...path, name])} is not known and has no effect${didYouMean(name, known)}.`);
    }
  }

  /** Names that no built-in agent has: nothing comes of what is said of them. */
  unknownAgents(path: Path, names: readonly string[]): void {
    for (const name of names.filter((one) => one !== ALL_AGENTS && !AGENT_NAMES.includes(one))) {
      this.notices.push(`${pathText([...path, name])}: no agent has this name${didYouMean(name, AGENT_NAMES)}.`);
    }
  }

  #unknownIn(path: Path, schema: z.ZodType, value: unknown): void {
    if (!isFields(value)) return;
    const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
    if (inner instanceof z.ZodRecord) {
      for (const [name, each] of Object.entries(value))
        this.#unknownIn([...path, name], inner.valueType as z.ZodType, each);
    }
    if (!(inner instanceof z.ZodObject)) return;
    this.unknown(path, value, Object.keys(inner.shape));
    for (const [name, field] of Object.entries(inner.shape))
      this.#unknownIn([...path, name], field as z.ZodType, value[name]);
  }
}

/** zod says what it expected; what it got is left out, because it could be a key. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type')
    return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'invalid_key') return `has a name that ${issue.issues[0]?.message ?? 'is not allowed'}`;
  return issue.message;
}

function pathText(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text.replace(/^\./, '') || 'config';
}

function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? '' : ` (did you mean "${nearest}"?)`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without the fields that are undefined, which would hide a default. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
