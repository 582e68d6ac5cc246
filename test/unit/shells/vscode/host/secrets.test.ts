import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { AccountProviders } from '../../../../../src/adapters/providers/account-providers.ts';
import { createSecretStore, onDidChangeKey } from '../../../../../src/shells/vscode/host/secrets.ts';

type Listener = (change: { readonly key: string }) => void;

/** One keychain, as several windows see it: each hears of the changes of all. */
class Keychain {
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

const store = (storage: ReturnType<Keychain['window']>) =>
  createSecretStore(storage as vscode.SecretStorage, () => null);

describe('keys in two windows', () => {
  it('are heard of by the other window, by account, without the key', async () => {
    const keychain = new Keychain();
    const [here, there] = [keychain.window(), keychain.window()];
    const heard: unknown[][] = [];
    const listening = onDidChangeKey(there, (...args) => heard.push(args));
    await here.store('another.extension', 'x');
    await store(here).set('work', 'sk-canary');
    await store(here).delete('work');
    assert.deepEqual(heard, [['work'], ['work']]);
    listening.dispose();
    await store(here).set('work', 'sk-canary');
    assert.equal(heard.length, 2);
  });

  it('serve the next call of the other window', async () => {
    const keychain = new Keychain();
    const [here, there] = [store(keychain.window()), store(keychain.window())];
    await here.set('work', 'sk-old-key');
    const account = {
      name: 'work',
      provider: 'openai-compatible',
      apiKeyEnv: null,
      baseURL: 'http://127.0.0.1:9/v1',
      quotaGroup: 'work',
      enabled: true,
      weight: 1,
      budget: { perDayUSD: null, perMonthUSD: null },
      models: {},
    } as const;
    const providers = new AccountProviders(there);
    const before = await providers.providerFor(account);
    await here.set('work', 'sk-new-key');
    assert.notEqual(await providers.providerFor(account), before, 'bound to the new key');
    assert.deepEqual(providers.knownKeys(), ['sk-old-key', 'sk-new-key'], 'both are still kept out of what is sent');
    await here.delete('work');
    assert.equal(await there.get('work'), null);
  });
});
