import assert from 'node:assert/strict';
import { AccountProviders } from '../../../../src/adapters/providers/account-providers.ts';
import type { SecretStore } from '../../../../src/core/ports.ts';
import { FakeProvider } from '../../../support/fake-provider.ts';
import { account } from '../../../support/pool-fixture.ts';

function secretsOf(keys: Record<string, string>): SecretStore {
  return {
    get: async (name) => keys[name] ?? null,
    set: () => Promise.reject(new Error('not asked')),
    delete: () => Promise.reject(new Error('not asked')),
  };
}

describe('AccountProviders', () => {
  const editor = account('editor', { provider: 'vscode-lm' });

  it("takes the host's provider where the host has one", async () => {
    const own = new FakeProvider(() => []);
    let made = 0;
    const host = {
      'vscode-lm': async () => {
        made++;
        return own;
      },
    };
    const providers = new AccountProviders(secretsOf({}), host);
    assert.equal(await providers.providerFor(editor), own);
    assert.equal(await providers.providerFor(editor), own);
    assert.equal(made, 1);
  });

  it("says elsewhere that the editor's models are not there", async () => {
    const providers = new AccountProviders(secretsOf({}));
    await assert.rejects(providers.providerFor(editor), { code: 'no-usable-account' });
  });

  it('refuses an account without its key, and binds anew when the key has changed', async () => {
    const keys: Record<string, string> = {};
    const providers = new AccountProviders(secretsOf(keys));
    const openai = account('one');
    await assert.rejects(providers.providerFor(openai), { code: 'no-usable-account' });
    keys.one = 'first-key';
    const first = await providers.providerFor(openai);
    assert.equal(await providers.providerFor(openai), first);
    keys.one = 'second-key';
    assert.notEqual(await providers.providerFor(openai), first);
    assert.deepEqual(providers.knownKeys(), ['first-key', 'second-key']);
  });
});
