import assert from 'node:assert/strict';
import { createCliSecretStore } from '../../src/adapters/files/cli-secret-store.ts';
import type { SecretStore } from '../../src/core/ports.ts';
import { brokenKeyring, FakeSecretTool, FakeSecurity } from './fake-keyrings.ts';

const KEY = 'key-canary+/=._0123456789';

/** How an implementation is made, working and with a failing system behind it. */
interface Implementation {
  readonly name: string;
  make(): SecretStore;
  broken(): SecretStore;
}

const cli = (platform: NodeJS.Platform, run: Parameters<typeof createCliSecretStore>[0]['run']) =>
  createCliSecretStore({ env: {}, home: '/nowhere', accounts: () => [], platform, ...(run ? { run } : {}) });

const IMPLEMENTATIONS: readonly Implementation[] = [
  {
    name: 'secret-tool',
    make: () => cli('linux', new FakeSecretTool().run),
    broken: () => cli('linux', brokenKeyring),
  },
  {
    name: 'macOS keychain',
    make: () => cli('darwin', new FakeSecurity().run),
    broken: () => cli('darwin', brokenKeyring),
  },
];

for (const { name, make, broken } of IMPLEMENTATIONS) {
  describe(`SecretStore: ${name}`, () => {
    it('has no key that was not stored', async () => assert.equal(await make().get('grok-1'), null));

    it('gives back what was stored, also after it was replaced', async () => {
      const store = make();
      await store.set('grok-1', KEY);
      assert.equal(await store.get('grok-1'), KEY);
      await store.set('grok-1', 'another-key');
      assert.equal(await store.get('grok-1'), 'another-key');
    });

    it('keeps the keys of accounts apart', async () => {
      const store = make();
      await store.set('grok-1', 'first');
      await store.set('grok-2', 'second');
      await store.delete('grok-1');
      assert.deepEqual([await store.get('grok-1'), await store.get('grok-2')], [null, 'second']);
    });

    it('does not mind deleting what is not there', () => make().delete('grok-1'));

    it('fails with a typed error that holds no key', async () => {
      const store = broken();
      const typed = (error: Error & { code?: string }) =>
        error.code === 'secret-store-failed' && !error.message.includes(KEY);
      await assert.rejects(store.get('grok-1'), typed);
      await assert.rejects(store.set('grok-1', KEY), typed);
      await assert.rejects(store.delete('grok-1'), typed);
    });

    it('refuses what can be no key', async () => {
      for (const key of ['', 'two words', 'line\nbreak', 'quo"te', "it's", 'back\\slash']) {
        await assert.rejects(make().set('grok-1', key), { code: 'secret-store-failed' });
      }
    });
  });
}
