import type { HostProviders } from './adapters/providers/account-providers.ts';
import { browserLocks, type LockManager } from './adapters/storage/web/browser-locks.ts';
import type { ByteFiles } from './adapters/storage/web/browser-ports.ts';
import { openWebStorage } from './adapters/storage/web/open-web-storage.ts';
import { WindowPresence } from './adapters/storage/web/window-presence.ts';
import { SystemClock } from './adapters/system-clock.ts';
import { wireEnsemble } from './compose/wire-ensemble.ts';
import type { Diagnostics } from './core/agents/tools/tool.ts';
import type { EnsembleConfig } from './core/config.ts';
import { estimateTokens } from './core/context/token-estimate.ts';
import type { Ensemble } from './core/ensemble.ts';
import type { Approver, Logger, SecretStore, Workspace } from './core/ports.ts';

export { type ParsedConfig, parseConfig } from './adapters/files/parse-config.ts';
export {
  type AccountDraft,
  allProviders,
  type ProviderChoice,
  providerChoices,
  tryAccount,
} from './compose/providers.ts';
export { textKeepsKey } from './core/policy/keys-in-settings.ts';

/** Reading and writing of `*.prompt.md`; loads a YAML parser. */
export const promptFiles = () => import('./adapters/files/prompt-file.ts');

/** Reading many prompts out of files and JSON. */
export const promptImport = () => import('./adapters/files/read-prompts.ts');

/** Where an editor in the browser keeps what it knows. */
export interface BrowserPlace {
  readonly files: ByteFiles;
  /** sql.js's debug module. */
  readonly wasm: Uint8Array;
}

/** What the editor in the browser gives. */
export interface WebOverrides {
  readonly config: EnsembleConfig;
  readonly browser: BrowserPlace;
  readonly workspace: Workspace;
  readonly diagnostics: Diagnostics;
  readonly secrets: SecretStore;
  readonly approver: Approver;
  readonly logger: Logger;
  readonly hostProviders: HostProviders;
}

/** Wires core and the adapters that need no Node; see `createEnsemble` of compose.ts, which this stands for in a browser. */
export async function createEnsemble(overrides: WebOverrides): Promise<Ensemble> {
  const { browser, logger, secrets } = overrides;
  const clock = new SystemClock();
  const locks = browserLocks(lockManager());
  const presence = await WindowPresence.enter(locks, () => crypto.getRandomValues(new Uint8Array(8)));
  const owner = presence.owner();
  const storage = await openWebStorage({ ...browser, locks, presence, writer: presence.id, owner, clock, logger });
  const close = async () => {
    await storage.close();
    presence.leave();
  };
  return wireEnsemble({
    ...overrides,
    storage: { ...storage, close },
    owner: presence.owner(),
    secrets: () => secrets,
    tracing: { env: {}, home: '' },
    sendFromUntrusted: false,
    // The tokenizer's table is larger than everything else together.
    tokens: { counter: async () => estimateTokens },
    commands: undefined,
    providerFor: undefined,
    clock,
    random: Math.random,
  });
}

function lockManager(): LockManager | null {
  const { locks } = navigator as { readonly locks?: LockManager };
  return locks ?? null;
}

/** A folder in a browser is known by its address alone: nothing tells that another one is the same folder, moved. */
export async function followFolder(): Promise<readonly string[]> {
  return [];
}

/** As little is known of a workspace of several folders. */
export async function followWorkspaceFile(): Promise<readonly string[]> {
  return [];
}
