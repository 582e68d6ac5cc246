import { isKeyText } from '../../core/accounts/key-text.ts';
import type { AccountConfig } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { SecretStore } from '../../core/ports.ts';
import { type Environment, GROK_SETTINGS_ACCOUNT, readGrokSettings } from './environment-accounts.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { type CommandRunner, runCommand } from './run-command.ts';

/** What the store looks at. */
export interface CliSecretStoreOptions {
  readonly env: Environment;
  readonly home: string;
  /** For the variable that an account names; asked for each time, since accounts can change. */
  accounts(): readonly AccountConfig[];
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
  readonly run?: CommandRunner;
}

/** The keys of the command line. */
export interface CliSecretStore extends SecretStore {
  /** True where the system has a keyring that answers, so that `set` can work. */
  keyringAvailable(): Promise<boolean>;
}

/**
 * Keys for the command line: the environment variable that the account names, else (for the account discovered there) S1's
 * settings file, which is only ever read, else the system's keyring. Keys are written to the keyring or nowhere.
 */
export function createCliSecretStore(options: CliSecretStoreOptions): CliSecretStore {
  const { env, home, platform = process.platform, run = runCommand } = options;
  const keyring: Keyring | null = createKeyring({ platform, env, run });
  return {
    async get(name) {
      const variable = options.accounts().find((account) => account.name === name)?.apiKeyEnv;
      const fromEnvironment = variable ? env[variable]?.trim() : undefined;
      if (fromEnvironment) return fromEnvironment;
      const fromSettings = name === GROK_SETTINGS_ACCOUNT ? (await readGrokSettings(home))?.apiKey : undefined;
      return fromSettings ?? (await keyring?.get(name)) ?? null;
    },
    async set(name, key) {
      if (!isKeyText(key)) {
        throw new EnsembleError(
          'secret-store-failed',
          'The key holds characters that no API key has; it was not stored.',
          {
            hint: 'Copy the key again, without quotes, spaces and line breaks.',
          },
        );
      }
      if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
        throw new EnsembleError('invalid-input', 'That is not the name of an account.');
      if (!keyring) throw noKeyring();
      await keyring.set(name, key);
    },
    async delete(name) {
      await keyring?.delete(name);
    },
    async keyringAvailable() {
      return (await keyring?.available()) ?? false;
    },
  };
}

function noKeyring(): EnsembleError {
  return new EnsembleError(
    'secret-store-failed',
    'This system has no keyring that can be used from the command line.',
    {
      hint: 'Put the key into an environment variable and its name into apiKeyEnv of the account.',
    },
  );
}
