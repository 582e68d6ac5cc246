import type * as vscode from 'vscode';
import { isKeyText } from '../../../core/accounts/key-text.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { SecretStore } from '../../../core/ports.ts';
import { environment } from './environment.ts';

const PREFIX = 'ensemble.account.';

/**
 * Keys in the editor's SecretStorage, the only place that we write them to. An account whose settings name an environment
 * variable (`apiKeyEnv`) uses that where nothing is stored.
 */
export function createSecretStore(
  storage: vscode.SecretStorage,
  environmentVariableOf: (account: string) => string | null,
): SecretStore {
  return {
    get: async (account) => {
      const stored = await guarded('read', () => storage.get(PREFIX + account));
      if (stored) return stored;
      const variable = environmentVariableOf(account);
      return (variable !== null && environment[variable]?.trim()) || null;
    },
    set: async (account, key) => {
      if (!isKeyText(key)) {
        throw new EnsembleError(
          'secret-store-failed',
          'The key holds characters that no API key has; it was not stored.',
          { hint: 'Copy the key again, without quotes, spaces and line breaks.' },
        );
      }
      await guarded('stored', () => storage.store(PREFIX + account, key));
    },
    delete: (account) => guarded('deleted', () => storage.delete(PREFIX + account)),
  };
}

/** Hears of keys that were stored or deleted, in this window or in another one. Told the account's name, never the key. */
export function onDidChangeKey(
  storage: Pick<vscode.SecretStorage, 'onDidChange'>,
  listener: (account: string) => void,
): vscode.Disposable {
  return storage.onDidChange(({ key }) => {
    if (key.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
  });
}

async function guarded<T>(what: string, work: () => Thenable<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EnsembleError(
      'secret-store-failed',
      `The key could not be ${what}: the editor's secret storage failed.`,
      {
        hint: 'Unlock the keychain of the system and try again.',
        cause,
      },
    );
  }
}
