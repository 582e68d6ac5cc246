import path from 'node:path';
import type { ConfiguredGuardrails, Guardrails } from '../../core/agents/guardrails.ts';
import type { BudgetConfig, EnsembleConfig } from '../../core/config.ts';
import { REPOSITORY_SECTIONS } from './config-schema.ts';
import { repositoryGuardrails } from './guardrails-schema.ts';
import { parseJsonText } from './json-text.ts';
import { parseConfig } from './parse-config.ts';
import { readSettingsText } from './regular-file.ts';

/** Name of the file in which a repository says how its runs should go. */
export const REPOSITORY_CONFIG = 'ensemble.config.json';

const MAX_BYTES = 256 * 1024;

/**
 * Lets the repository's `ensemble.config.json` set what it may: strategy, engine, and budgets that are lower than the
 * user's (design, decision 14). Everything else in it is ignored and named in `warnings`, as is a file that cannot be read:
 * whoever wrote a repository must neither redirect keys nor stop the work.
 */
export async function applyRepositoryConfig(
  config: EnsembleConfig,
  directory: string,
  warnings: string[],
): Promise<EnsembleConfig> {
  const file = path.join(directory, REPOSITORY_CONFIG);
  let input: unknown;
  try {
    const text = await readSettingsText(file, MAX_BYTES);
    if (text === null) return config;
    input = parseJsonText(text);
  } catch (error) {
    warnings.push(`${file} is ignored: ${error instanceof Error ? error.message : 'it cannot be read.'}`);
    return config;
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    warnings.push(`${file} is ignored: it is not a JSON object.`);
    return config;
  }
  const given = input as Record<string, unknown>;
  const allowed: readonly string[] = [...REPOSITORY_SECTIONS, 'schema'];
  const ignored = Object.keys(given).filter((name) => !allowed.includes(name));
  if (ignored.length > 0) {
    warnings.push(
      `${file}: ignored ${ignored.map(printable).join(', ')}; a repository may set only strategy, engine, further guardrails and lower budgets.`,
    );
  }
  const part = Object.fromEntries(REPOSITORY_SECTIONS.flatMap((name) => (name in given ? [[name, given[name]]] : [])));
  const { config: parsed, problems, notices } = parseConfig(part);
  warnings.push(...[...problems, ...notices].map((text) => `${file}: ${text}`));
  const usable = (name: (typeof REPOSITORY_SECTIONS)[number]): boolean =>
    name in part && !problems.some((problem) => problem.startsWith(name));
  const engine = part.engine as Record<string, unknown>;
  return {
    ...config,
    strategy: usable('strategy') ? parsed.strategy : config.strategy,
    engine: usable('engine') ? { ...config.engine, ...onlyGiven(parsed.engine, engine) } : config.engine,
    budget: usable('budget')
      ? lowerBudget(config.budget, onlyGiven(parsed.budget, part.budget as Record<string, unknown>), file, warnings)
      : config.budget,
    guardrails: moreGuardrails(config.guardrails, parsed.guardrails, file, warnings),
  };
}

/** The parsed values of those fields that the file has, without the defaults that parsing filled in. */
function onlyGiven<T extends object>(parsed: T, given: Record<string, unknown>): Partial<T> {
  return Object.fromEntries(Object.entries(parsed).filter(([name]) => given[name] !== undefined)) as Partial<T>;
}

/** Budgets that a repository may lower, and the amount from which on a run asks. */
const LOWERABLE = [
  ...(['perRunUSD', 'perDayUSD', 'perMonthUSD', 'perAgentUSD'] as const),
  ...(['perRunTokens', 'perDayTokens', 'askAboveUSD'] as const),
] as const;

function lowerBudget(
  user: BudgetConfig,
  wanted: Partial<BudgetConfig>,
  file: string,
  warnings: string[],
): BudgetConfig {
  const result = { ...user };
  for (const name of LOWERABLE) {
    const limit = wanted[name];
    if (limit === undefined) continue;
    const current = user[name] ?? null;
    if (limit !== null && (current === null || limit <= current)) result[name] = limit;
    else if (limit !== current) warnings.push(`${file}: ignored budget.${name}; a repository may only lower it.`);
  }
  if (wanted.allowUnknownPrices === false) result.allowUnknownPrices = false;
  else if (wanted.allowUnknownPrices === true && !user.allowUnknownPrices) {
    warnings.push(`${file}: ignored budget.allowUnknownPrices; a repository may only switch it off.`);
  }
  return result;
}

/** The repository's come to those of the user, so that it can only be stricter. */
function moreGuardrails(
  user: ConfiguredGuardrails,
  added: ConfiguredGuardrails,
  file: string,
  warnings: string[],
): ConfiguredGuardrails {
  const ignored: string[] = [];
  const counting = Object.entries(added).map(([name, list]): [string, readonly Guardrails[]] => {
    const known = Object.hasOwn(user, name) ? (user[name] ?? []) : [];
    return [name, [...known, ...list.map((one) => repositoryGuardrails(one, `guardrails.${name}`, ignored))]];
  });
  if (ignored.length > 0) {
    const names = ignored.map(printable).join(', ');
    warnings.push(`${file}: ignored ${names}; a repository may only limit lengths and forbid paths.`);
  }
  return { ...user, ...Object.fromEntries(counting) };
}

/** A name from a foreign file, fit for a terminal. */
function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
}
