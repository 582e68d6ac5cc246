import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { AccountProviders } from '../../../../../src/adapters/providers/account-providers.ts';
import { createSecretStore, onDidChangeKey } from '../../../../../src/shells/vscode/host/secrets.ts';
import { Keychain } from '../../../../support/keychain.ts';

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

  it('are refused where they cannot be one, before they are stored', async () => {
    const keychain = new Keychain();
    for (const key of ['', 'two words', 'line\nbreak', 'quo"te', "it's", 'back\\slash', 'sk-\u200b']) {
      await assert.rejects(store(keychain.window()).set('work', key), { code: 'secret-store-failed' });
    }
    assert.equal(keychain.values.size, 0);
  });

  it('fail with a typed error that holds no key, and are kept nowhere else, where the keychain fails', async () => {
    const broken = () => Promise.reject(new Error('locked: sk-canary'));
    const storage = { get: broken, store: broken, delete: broken } as unknown as vscode.SecretStorage;
    const secrets = createSecretStore(storage, () => 'ENSEMBLE_TEST_KEY');
    process.env.ENSEMBLE_TEST_KEY = 'sk-from-environment';
    try {
      for (const failing of [secrets.get('work'), secrets.set('work', 'sk-canary'), secrets.delete('work')]) {
        await assert.rejects(failing, (error: Error & { code?: string; hint?: string }) => {
          assert.equal(error.code, 'secret-store-failed');
          assert.doesNotMatch(error.message + error.hint, /canary/);
          return true;
        });
      }
    } finally {
      delete process.env.ENSEMBLE_TEST_KEY;
    }
  });

  it('come from the environment without what a shell leaves at their ends', async () => {
    const storage = new Keychain().window() as vscode.SecretStorage;
    process.env.ENSEMBLE_TEST_KEY = ' sk-from-environment\r\n';
    try {
      assert.equal(await createSecretStore(storage, () => 'ENSEMBLE_TEST_KEY').get('work'), 'sk-from-environment');
    } finally {
      delete process.env.ENSEMBLE_TEST_KEY;
    }
  });
});
