import type * as vscode from 'vscode';

type Listener = (change: { readonly key: string }) => void;

/** One keychain, as several windows of the editor see it: each hears of the changes of all. */
export class Keychain {
  readonly values = new Map<string, string>();
  readonly #listeners = new Set<Listener>();

  window(): Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'> {
    return {
      get: async (key: string) => this.values.get(key),
      store: async (key: string, value: string) => this.#tell(key, () => this.values.set(key, value)),
      delete: async (key: string) => this.#tell(key, () => this.values.delete(key)),
      onDidChange: (listener: Listener) => {
        this.#listeners.add(listener);
        return { dispose: () => this.#listeners.delete(listener) };
      },
    };
  }

  #tell(key: string, change: () => void): void {
    change();
    for (const listener of this.#listeners) listener({ key });
  }
}
