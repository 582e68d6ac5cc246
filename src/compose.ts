import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { type CliSecretStore, createCliSecretStore } from './adapters/files/cli-secret-store.ts';
import { loadConfig, userConfigFile } from './adapters/files/load-config.ts';
import { NodeWorkspace } from './adapters/files/node-workspace.ts';
import { type NewAccount, writeUserConfig } from './adapters/files/user-config.ts';
import type { HostProviders } from './adapters/providers/account-providers.ts';
import { openMemoryStorage } from './adapters/storage/memory/open-memory-storage.ts';
import { openStorage } from './adapters/storage/open-storage.ts';
import { currentOwner } from './adapters/storage/process-identity.ts';
import type { Storage } from './adapters/storage/storage.ts';
import { SystemClock } from './adapters/system-clock.ts';
import { GptTokenCounter } from './adapters/tokens/gpt-token-counter.ts';
import { commandsAt, commandsIn } from './adapters/tools/workspace-commands.ts';
import { storageWorkerUrl } from './compose/storage-worker.ts';
import { wireEnsemble } from './compose/wire-ensemble.ts';
import type { Commands, Diagnostics } from './core/agents/tools/tool.ts';
import { auditedSecrets } from './core/audit/audited-secrets.ts';
import { DEFAULT_CONFIG, type EnsembleConfig } from './core/config.ts';
import type { Ensemble } from './core/ensemble.ts';
import { followWorkspace } from './core/history/attach-history.ts';
import type { Approver, Clock, Logger, ModelProvider, Random, SecretStore, Workspace } from './core/ports.ts';

export { type ParsedConfig, parseConfig } from './adapters/files/parse-config.ts';
export type { ParsedPromptFile, PromptProblem } from './adapters/files/prompt-file.ts';
export { runCommand } from './adapters/files/run-command.ts';
export type { Ensemble } from './core/ensemble.ts';
export { textKeepsKey } from './core/policy/keys-in-settings.ts';

/** Reading and writing of `*.prompt.md`; loads a YAML parser. */
export const promptFiles = () => import('./adapters/files/prompt-file.ts');

export type { PromptSource } from './adapters/files/read-prompts.ts';

/** Reading many prompts out of files and JSON. */
export const promptImport = () => import('./adapters/files/read-prompts.ts');

export {
  type AccountDraft,
  allProviders,
  type ProviderChoice,
  providerChoices,
  tryAccount,
} from './compose/providers.ts';

/** What a caller may put in the place of a default. Everything else is wired as the product ships it. */
export interface EnsembleOverrides {
  /** Default: what the command line would use here (user's file, environment, the repository's limits). */
  readonly config?: EnsembleConfig;
  /** Null: keep everything in memory. Default: `~/.ensemble/ensemble.db`. */
  readonly databaseFile?: string | null;
  readonly storage?: Storage;
  /** Default: the current directory's repository, read-only. Null: none. */
  readonly workspace?: Workspace | null;
  readonly secrets?: SecretStore;
  /** Where keys of tracing destinations are looked for first. Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** May code of an untrusted workspace be sent? The editor says no. Default: true, as the caller asked for the run. */
  readonly sendFromUntrusted?: boolean;
  /** Default: approves nothing that is asked, so that a library sends nothing unseen. */
  readonly approver?: Approver;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Hears what the person should know about what is kept, such as a restored backup. Default: it is only logged. */
  readonly onStorageNotice?: (notice: string) => void;
  /** Whether closing makes the backup of the day where it is missing. Default: true. */
  readonly backupOnClose?: boolean;
  /** Default: beside this bundle. */
  readonly storageWorkerUrl?: URL;
  /** What compilers and linters say, for the tools of agents. Default: nothing is known. */
  readonly diagnostics?: Diagnostics;
  /** How and where agents run tests. Default: in the folder of the command line; elsewhere not at all. */
  readonly placeCommand?: Commands['place'];
  /** Providers that only the caller can make; they come before the product's own. */
  readonly hostProviders?: HostProviders;
  readonly providerFor?: (account: EnsembleConfig['accounts'][number]) => Promise<ModelProvider>;
}

/** Wires core and adapters. Opens the database and forgets what is older than is wanted; nothing else happens before the first call. */
export async function createEnsemble(overrides: EnsembleOverrides = {}): Promise<Ensemble> {
  const { random = Math.random, logger = SILENT, clock = new SystemClock(), approver = DENY } = overrides;
  const { env = process.env, diagnostics, hostProviders, providerFor } = overrides;
  const home = homedir();
  const workspace =
    overrides.workspace === undefined
      ? await NodeWorkspace.open(process.cwd(), { trusted: false })
      : overrides.workspace;
  return wireEnsemble({
    config: overrides.config ?? (await discoverConfig()),
    storage: overrides.storage ?? (await openDatabase(overrides, logger)),
    owner: currentOwner(),
    workspace,
    secrets: (accounts) => overrides.secrets ?? createCliSecretStore({ env: process.env, home, accounts }),
    tracing: { env, home },
    sendFromUntrusted: overrides.sendFromUntrusted ?? true,
    tokens: new GptTokenCounter(logger),
    commands: commandsOf(workspace, overrides.placeCommand),
    ...{ diagnostics, hostProviders, providerFor, approver, clock, random, logger },
  });
}

function commandsOf(workspace: Workspace | null, place: Commands['place'] | undefined): Commands | undefined {
  if (place !== undefined) return commandsAt(place);
  return workspace instanceof NodeWorkspace ? commandsIn(workspace.root) : undefined;
}

/** Lets the history follow a folder that was renamed or moved; resolves with the places that it was at. */
export async function followFolder(ensemble: Ensemble, folder: string): Promise<readonly string[]> {
  const { identitiesOf, isGone } = await import('./adapters/files/workspace-identity.ts');
  return followWorkspace(ensemble, { path: folder, identities: await identitiesOf(folder), isGone });
}

/** The same for a workspace of several folders: its file was moved, or it was saved for the first time. */
export async function followWorkspaceFile(
  ensemble: Ensemble,
  file: string,
  folders: readonly string[],
): Promise<readonly string[]> {
  const { identitiesOfWorkspace, isGone } = await import('./adapters/files/workspace-identity.ts');
  return followWorkspace(ensemble, { path: file, identities: await identitiesOfWorkspace(file, folders), isGone });
}

/** What the command line needs beside the Ensemble itself. */
export interface CliEnvironment {
  readonly ensemble: Ensemble;
  /** Sentences for the person about what is kept, such as a restored backup. */
  readonly notices: readonly string[];
  /** Sentences about the configuration, for commands that use accounts: what was ignored, what is only offline. */
  readonly configNotices: readonly string[];
  /** Where the accounts come from: a file's path, `environment` or `defaults`. */
  readonly configSource: string;
  readonly workspace: Workspace;
  readonly secrets: CliSecretStore;
  /** Adds accounts to the user's config; resolves with the file's path. */
  writeAccounts(accounts: readonly NewAccount[]): Promise<string>;
}

/** How the command line was called. */
export interface CliEnvironmentOptions {
  /** `--config`; null: the user's own file. */
  readonly configFile: string | null;
  /** `--db`; null: the user's own. */
  readonly databaseFile: string | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly trust: boolean;
  readonly logger: Logger;
  readonly approver: Approver;
}

/** Opens configuration, keys, workspace and database as the command line uses them. */
export async function openCliEnvironment(options: CliEnvironmentOptions): Promise<CliEnvironment> {
  const { configFile, cwd, env, home, trust, logger, approver } = options;
  const { config, source, notices } = await loadConfig({ configFile, cwd, env, home });
  const file = configFile === null ? userConfigFile(home) : path.resolve(cwd, configFile);
  const workspace = await NodeWorkspace.open(cwd, { trusted: trust, env });
  const databaseFile = options.databaseFile === null ? defaultDatabase(home) : path.resolve(cwd, options.databaseFile);
  const storage = await openDatabase({ databaseFile }, logger);
  const keys = createCliSecretStore({ env, home, accounts: () => config.accounts });
  const secrets = auditedSecrets(keys, (action, account) => {
    storage.stores.audit.record(action, account, null).catch((error: unknown) => logger.warn(String(error)));
  });
  const ensemble = await createEnsemble({ config, storage, workspace, secrets, env, approver, logger });
  return {
    ensemble,
    notices: storage.notices,
    configNotices: notices,
    configSource: source,
    workspace,
    secrets,
    writeAccounts: async (accounts) => {
      await writeUserConfig(file, accounts);
      for (const { name, provider } of accounts)
        await ensemble.stores.audit.record('account-added', name, { provider });
      return file;
    },
  };
}

/** The product's version, from the package beside the bundle. */
export async function productVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function openDatabase(
  overrides: Pick<EnsembleOverrides, 'databaseFile' | 'storageWorkerUrl' | 'onStorageNotice' | 'backupOnClose'>,
  logger: Logger,
): Promise<Storage> {
  if (overrides.databaseFile === null) return Promise.resolve(openMemoryStorage());
  const file = overrides.databaseFile ?? defaultDatabase(homedir());
  const { storageWorkerUrl: workerUrl = storageWorkerUrl(), onStorageNotice: onNotice } = overrides;
  const { backupOnClose = true } = overrides;
  return openStorage({ file, workerUrl, logger, backupOnClose, ...(onNotice ? { onNotice } : {}) });
}

function defaultDatabase(home: string): string {
  return path.join(home, '.ensemble', 'ensemble.db');
}

async function discoverConfig(): Promise<EnsembleConfig> {
  return (await loadConfig({ configFile: null, env: process.env, cwd: process.cwd(), home: homedir() })).config;
}

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const DENY: Approver = { ask: () => Promise.resolve(false) };

export { DEFAULT_CONFIG };
