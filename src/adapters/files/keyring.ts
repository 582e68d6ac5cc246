import { EnsembleError } from '../../core/errors.ts';
import type { CommandResult, CommandRunner } from './run-command.ts';

/** Under which all entries of ours are kept. */
const SERVICE = 'ensemble-agents';

/** A person may have to unlock the keyring in a dialog, ms. */
const TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 5_000;

/** What `security` exits with for an entry that does not exist. */
const MACOS_NOT_FOUND = 44;

/** The system's own store for keys, by account name. Failures reject with `secret-store-failed`. */
export interface Keyring {
  /** Null: there is no such entry, or the system has no keyring program. */
  get(name: string): Promise<string | null>;
  set(name: string, key: string): Promise<void>;
  delete(name: string): Promise<void>;
  available(): Promise<boolean>;
}

/** What a keyring runs with. */
export interface KeyringContext {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: CommandRunner;
}

/** The keyring of a system by its own command (`secret-tool`, `security`); null where it has none. */
export function createKeyring(context: KeyringContext): Keyring | null {
  if (context.platform === 'linux') return new SecretToolKeyring(context);
  return context.platform === 'darwin' ? new MacKeyring(context) : null;
}

type Run = (args: readonly string[], input?: string, timeoutMs?: number) => Promise<CommandResult | null>;

/** Runs one program; null when it is not installed. Its arguments never hold a key, which others could see in the process list. */
function runner(program: string, { run, env }: KeyringContext): Run {
  return async (args, input, timeoutMs = TIMEOUT_MS) => {
    try {
      return await run(program, args, { env, timeoutMs, ...(input === undefined ? {} : { input }) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') return null;
      throw failed(program, error instanceof Error ? error.message : 'unknown error', error);
    }
  };
}

/** libsecret's command: GNOME Keyring, KWallet and others. It reads a key to store from its standard input. */
class SecretToolKeyring implements Keyring {
  readonly #run: Run;

  constructor(context: KeyringContext) {
    this.#run = runner('secret-tool', context);
  }

  async get(name: string): Promise<string | null> {
    const found = await this.#run(['lookup', ...attributes(name)]);
    if (!found || isNothing(found)) return null;
    if (found.code !== 0) throw failed('secret-tool', found.stderr);
    return found.stdout.trim() || null;
  }

  async set(name: string, key: string): Promise<void> {
    const stored = await this.#run(['store', `--label=Ensemble: ${name}`, ...attributes(name)], key);
    if (!stored) throw failed('secret-tool', 'it is not installed');
    if (stored.code !== 0) throw failed('secret-tool', stored.stderr);
  }

  async delete(name: string): Promise<void> {
    const cleared = await this.#run(['clear', ...attributes(name)]);
    if (cleared && cleared.code !== 0 && !isNothing(cleared)) throw failed('secret-tool', cleared.stderr);
  }

  async available(): Promise<boolean> {
    // Looking for an entry that nobody has needs the service, but unlocks nothing.
    const probe = await this.#run(['lookup', ...attributes('availability-probe')], '', PROBE_TIMEOUT_MS).catch(
      () => null,
    );
    return probe !== null && (probe.code === 0 || isNothing(probe));
  }
}

function attributes(name: string): readonly string[] {
  return ['service', SERVICE, 'account', name];
}

/** `secret-tool` exits with 1 and says nothing when there is no entry; when the service is missing it says so. */
function isNothing({ code, stdout, stderr }: CommandResult): boolean {
  return code === 1 && stdout === '' && stderr.trim() === '';
}

/** The macOS keychain. `security -i` takes its commands from standard input; its exit code says little, so `set` reads back. */
class MacKeyring implements Keyring {
  readonly #run: Run;

  constructor(context: KeyringContext) {
    this.#run = runner('security', context);
  }

  async get(name: string): Promise<string | null> {
    const found = await this.#run(['find-generic-password', '-s', SERVICE, '-a', name, '-w']);
    if (!found || found.code === MACOS_NOT_FOUND) return null;
    if (found.code !== 0) throw failed('security', found.stderr);
    return found.stdout.trim() || null;
  }

  async set(name: string, key: string): Promise<void> {
    // Neither a name nor a key can hold quotes or spaces, so nothing needs escaping.
    const stored = await this.#run(['-i'], `add-generic-password -U -s "${SERVICE}" -a "${name}" -w "${key}"\n`);
    if (!stored) throw failed('security', 'it is not installed');
    if ((await this.get(name)) !== key)
      throw failed('security', stored.stderr.replaceAll(key, '') || 'the key could not be read back');
  }

  async delete(name: string): Promise<void> {
    const deleted = await this.#run(['delete-generic-password', '-s', SERVICE, '-a', name]);
    if (deleted && deleted.code !== 0 && deleted.code !== MACOS_NOT_FOUND) throw failed('security', deleted.stderr);
  }

  async available(): Promise<boolean> {
    const probe = await this.#run(['default-keychain'], '', PROBE_TIMEOUT_MS).catch(() => null);
    return probe?.code === 0;
  }
}

/** What a keyring program says never holds a key: none was in its arguments. */
function failed(program: string, reason: string, cause?: unknown): EnsembleError {
  const said = reason.trim().split('\n', 1)[0] || 'it gave no reason';
  return new EnsembleError('secret-store-failed', `The system's keyring failed (${program}: ${said}).`, {
    hint: 'Unlock or start the keyring, or put the key into an environment variable named by apiKeyEnv.',
    cause,
  });
}
