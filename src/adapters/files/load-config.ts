import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type AccountConfig, type EnsembleConfig, OFFLINE_ACCOUNT } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import { discoverAccounts, type Environment, keyVariables } from './environment-accounts.ts';
import { findGitRoot } from './git-root.ts';
import { parseJsonText } from './json-text.ts';
import { type ParsedConfig, parseConfig, withStartLimits } from './parse-config.ts';
import { readSettingsText } from './regular-file.ts';
import { applyRepositoryConfig } from './repository-config.ts';

const MAX_CONFIG_BYTES = 1024 * 1024;

/** Where the configuration is looked for. */
export interface ConfigSources {
  /** `--config`; null: the user's own file, where there is one. */
  readonly configFile: string | null;
  readonly env: Environment;
  readonly cwd: string;
  readonly home: string;
}

/** The configuration that holds, and how it came about. */
export interface LoadedConfig {
  readonly config: EnsembleConfig;
  /** What the accounts come from: the config file's path, `environment`, or `defaults` when there is none. */
  readonly source: string;
  /** Sentences for the person: what was ignored, and why only the offline provider is there. */
  readonly notices: readonly string[];
}

/** The user's config file (contracts.md). */
export function userConfigFile(home: string): string {
  return path.join(home, '.ensemble', 'config.json');
}

/**
 * The configuration of the command line: the user's file, else accounts discovered in the environment, else the offline
 * provider; then what the repository may say. Rejects `invalid-config`, naming file and field, for a user's file that is
 * wrong in any place: guessing about keys and money is worse than stopping.
 */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const { env, cwd, home } = sources;
  const notices: string[] = [];
  const file = sources.configFile === null ? userConfigFile(home) : path.resolve(cwd, sources.configFile);
  const parsed = await readUserConfig(file, sources.configFile !== null);
  notices.push(...(parsed?.notices ?? []).map((text) => `${file}: ${text}`));
  const { config: base } = parsed ?? parseConfig({});

  let { accounts } = base;
  let source = file;
  if (accounts.length > 0) {
    notices.push(...unusedVariables(accounts, env, file));
  } else {
    const discovered = await discoverAccounts(env, home);
    accounts = discovered.accounts;
    source = 'environment';
    notices.push(...discovered.notices);
  }
  if (accounts.length === 0) {
    accounts = [OFFLINE_ACCOUNT];
    source = 'defaults';
    notices.push(
      'No account is configured, so the built-in offline rules are used instead of a language model. Run `ensemble init` or set, for example, GROK_API_KEY to use one.',
    );
  }
  let config: EnsembleConfig = { ...base, accounts, quotaGroups: withStartLimits(base.quotaGroups, accounts) };
  for (const directory of await repositoryDirectories(cwd)) {
    config = await applyRepositoryConfig(config, directory, notices);
  }
  return { config, source, notices };
}

async function readUserConfig(file: string, required: boolean): Promise<ParsedConfig | null> {
  let parsed: ParsedConfig;
  try {
    const text = await readSettingsText(file, MAX_CONFIG_BYTES);
    if (text === null && !required) return null;
    if (text === null) throw new Error('There is no such file.');
    parsed = parseConfig(parseJsonText(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'It cannot be read.';
    throw new EnsembleError('invalid-config', `The config file ${file} cannot be used. ${reason}`, {
      hint: required
        ? 'Name another file with --config, or correct it.'
        : 'Correct it, or move it away and run `ensemble init`.',
      cause: error,
    });
  }
  if (parsed.problems.length === 0) return parsed;
  throw new EnsembleError(
    'invalid-config',
    `The config file ${file} has mistakes:\n${parsed.problems.map((text) => `  ${text}`).join('\n')}`,
    {
      hint: 'Correct the fields named above.',
    },
  );
}

/** The file wins over the environment; keys that are thereby left lying are named once. */
function unusedVariables(configured: readonly AccountConfig[], env: Environment, file: string): string[] {
  const used = new Set(configured.map(({ apiKeyEnv }) => apiKeyEnv));
  const unused = keyVariables(env).filter((variable) => !used.has(variable));
  return unused.length === 0
    ? []
    : [`The accounts of ${file} are used; ${unused.join(', ')} in the environment is not named there.`];
}

/** The repository's top and the working directory, so that the nearer file has the last word. */
async function repositoryDirectories(cwd: string): Promise<readonly string[]> {
  const here = await realpath(cwd).catch(() => cwd);
  const top = await findGitRoot(here);
  return top === null || top === here ? [here] : [top, here];
}
