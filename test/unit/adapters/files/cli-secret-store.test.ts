import assert from 'node:assert/strict';
import { createCliSecretStore } from '../../../../src/adapters/files/cli-secret-store.ts';
import type { CommandRunner } from '../../../../src/adapters/files/run-command.ts';
import { type AccountConfig, OFFLINE_ACCOUNT } from '../../../../src/core/config.ts';
import { brokenKeyring, FakeSecretTool, FakeSecurity } from '../../../contract/fake-keyrings.ts';
import { temporaryDirectory, writeFiles } from './temporary-directory.ts';

const ACCOUNT: AccountConfig = { ...OFFLINE_ACCOUNT, name: 'grok-1', provider: 'xai', apiKeyEnv: 'GROK_API_KEY' };
const notInstalled: CommandRunner = () => Promise.reject(Object.assign(new Error('spawn'), { code: 'ENOENT' }));

function store(change: Partial<Parameters<typeof createCliSecretStore>[0]> = {}) {
  return createCliSecretStore({
    env: {},
    home: '/nowhere',
    accounts: () => [ACCOUNT],
    platform: 'linux',
    run: notInstalled,
    ...change,
  });
}

describe('createCliSecretStore', () => {
  it('prefers the variable that the account names, as it is now', async () => {
    const tool = new FakeSecretTool();
    const env: Record<string, string | undefined> = { GROK_API_KEY: ' from-environment \n' };
    const secrets = store({ env, run: tool.run });
    await secrets.set('grok-1', 'from-keyring');
    assert.equal(await secrets.get('grok-1'), 'from-environment');
    env.GROK_API_KEY = '';
    assert.equal(await secrets.get('grok-1'), 'from-keyring');
    assert.equal(await secrets.get('grok-2'), null);
  });

  it('never puts a key into the arguments or environment of a program', async () => {
    for (const [platform, fake] of [
      ['linux', new FakeSecretTool()],
      ['darwin', new FakeSecurity()],
    ] as const) {
      const secrets = store({ platform, run: fake.run });
      await secrets.set('grok-1', 'the-canary-key');
      await secrets.get('grok-1');
      assert.ok(fake.calls.length >= 2);
      for (const { args, options } of fake.calls)
        assert.ok(!JSON.stringify([args, options.env, options.extraEnv]).includes('canary'));
    }
  });

  it('has no key, rather than an error, where there is no keyring program', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const secrets = store({ platform });
      assert.equal(await secrets.get('grok-1'), null);
      await secrets.delete('grok-1');
      assert.equal(await secrets.keyringAvailable(), false);
      await assert.rejects(secrets.set('grok-1', 'some-key'), { code: 'secret-store-failed' });
    }
  });

  it('tells whether the keyring answers', async () => {
    assert.equal(await store({ run: new FakeSecretTool().run }).keyringAvailable(), true);
    assert.equal(await store({ platform: 'darwin', run: new FakeSecurity().run }).keyringAvailable(), true);
    assert.equal(await store({ run: brokenKeyring }).keyringAvailable(), false);
  });

  it('says so when macOS did not keep the key', async () => {
    const forgetful: CommandRunner = async (_program, args) => ({
      code: args[0] === '-i' ? 0 : 44,
      stdout: '',
      stderr: '',
    });
    await assert.rejects(store({ platform: 'darwin', run: forgetful }).set('grok-1', 'some-key'), {
      code: 'secret-store-failed',
    });
  });

  it('takes no name that is none of an account', async () => {
    await assert.rejects(store({ run: new FakeSecretTool().run }).set('a" -w "b', 'some-key'), {
      code: 'invalid-input',
    });
  });

  it("reads S1's settings file for the account discovered there, and only for it", async () => {
    const { path: home, remove } = await temporaryDirectory();
    try {
      await writeFiles(home, { '.grok/user-settings.json': { apiKey: ' from-settings ' } });
      assert.equal(await store({ home }).get('grok-settings'), 'from-settings');
      assert.equal(await store({ home }).get('grok-1'), null);
    } finally {
      await remove();
    }
  });
});
