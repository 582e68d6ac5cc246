import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { AccountProviders } from '../../../../src/adapters/providers/account-providers.ts';
import type { AccountConfig } from '../../../../src/core/config.ts';
import type { ProviderId } from '../../../../src/core/model.ts';
import type { SecretStore } from '../../../../src/core/ports.ts';
import { createSecretStore, onDidChangeKey } from '../../../../src/shells/vscode/host/secrets.ts';
import { Keychain } from '../../../support/keychain.ts';
import { account, poolOf, request } from '../../../support/pool-fixture.ts';
import { startOpenAiServer } from '../../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer } from '../../../support/scripted-server.ts';

const OLD = 'sk-old-0123456789';
const NEW = 'sk-new-0123456789';

describe('keys of accounts that are at work', () => {
  let server: ScriptedServer;
  /** Keys that the vendor refuses from now on. */
  let refused: Set<string>;
  /** Holds answers back until it resolves. */
  let gate: Promise<void>;
  let release: () => void;

  beforeEach(async () => {
    refused = new Set();
    gate = Promise.resolve();
    server = await startOpenAiServer(async ({ key }): Promise<Reply> => {
      if (refused.has(key ?? '')) {
        return { type: 'error', status: 401, body: { error: { message: 'Incorrect', code: 'invalid_api_key' } } };
      }
      await gate;
      return { type: 'answer', text: 'fine' };
    });
  });
  afterEach(() => server.close());

  const hold = () => {
    gate = new Promise((resolve) => {
      release = resolve;
    });
  };

  /** A window: its secret store, and a pool over the real adapters. */
  function windowOf(keychain: Keychain, names: readonly string[] = ['work']) {
    const storage = keychain.window();
    const secrets = createSecretStore(storage as vscode.SecretStorage, () => null);
    const accounts = names.map((name) => account(name, { baseURL: `${server.origin}/v1` }));
    const providers = new AccountProviders(secrets);
    const overrides = { providerFor: (one: AccountConfig) => providers.providerFor(one) };
    const { pool, ledger } = poolOf({ providers: {}, accounts, overrides });
    return { secrets, storage, pool, accounts, ledger, call: () => pool.call(request()) };
  }

  it('a running call finishes on the key that it began with, the next one takes the new', async () => {
    const { secrets, call } = windowOf(new Keychain());
    await secrets.set('work', OLD);
    hold();
    const running = call();
    while (server.requests.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    await secrets.set('work', NEW);
    refused.add(OLD);
    const next = call();
    while (server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    release();
    assert.deepEqual([(await running).status, (await next).status], ['completed', 'completed']);
    assert.deepEqual(
      server.requests.map(({ key }) => key),
      [OLD, NEW],
    );
  });

  it('a key that is deleted stops the next call, which goes elsewhere; the running one finishes', async () => {
    const { secrets, call } = windowOf(new Keychain(), ['work', 'other']);
    await secrets.set('work', OLD);
    await secrets.set('other', NEW);
    hold();
    const running = call();
    while (server.requests.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    const [first] = server.requests.map(({ key }) => (key === OLD ? 'work' : 'other'));
    await secrets.delete(first ?? '');
    release();
    assert.equal((await running).status, 'completed');
    for (let count = 0; count < 3; count++) assert.equal((await call()).status, 'completed');
    const later = new Set(server.requests.slice(1).map(({ key }) => key));
    assert.deepEqual([...later], [first === 'work' ? NEW : OLD]);
  });

  it('without any key left the call says what to do, and sends nothing', async () => {
    const { secrets, call } = windowOf(new Keychain());
    await secrets.set('work', OLD);
    assert.equal((await call()).status, 'completed');
    await secrets.delete('work');
    const outcome = await call();
    assert.ok(outcome.status === 'failed' && outcome.failure.cause === 'auth', JSON.stringify(outcome));
    assert.match(outcome.failure.message, /There is no key for the account "work"/);
    assert.equal(server.requests.length, 1);
  });

  it('a 401 takes only its own account out', async () => {
    const { secrets, call, pool } = windowOf(new Keychain(), ['work', 'other']);
    await secrets.set('work', OLD);
    await secrets.set('other', NEW);
    refused.add(OLD);
    for (let count = 0; count < 4; count++) assert.equal((await call()).status, 'completed');
    assert.equal(server.requests.filter(({ key }) => key === OLD).length, 1, 'asked once, and not again');
    const states = pool.status().map(({ name, state }) => [name, state]);
    assert.deepEqual(states, [
      ['work', 'key-refused'],
      ['other', 'ready'],
    ]);
  });

  it('a key mended in one window brings the account back in the other', async () => {
    const keychain = new Keychain();
    const [here, there] = [windowOf(keychain), windowOf(keychain)];
    const listening = onDidChangeKey(there.storage, () => there.pool.reconfigure({ accounts: there.accounts }));
    await here.secrets.set('work', OLD);
    refused.add(OLD);
    assert.equal((await there.call()).status, 'failed');
    assert.equal(there.pool.status()[0]?.state, 'key-refused');
    await here.secrets.set('work', NEW);
    assert.equal(there.pool.status()[0]?.state, 'ready', 'the refusal is forgotten until the next call');
    assert.equal((await there.call()).status, 'completed');
    assert.equal(server.requests.at(-1)?.key, NEW);
    // Set to the refused one again, it is refused again, and not before it was used.
    await here.secrets.set('work', OLD);
    assert.equal(there.pool.status()[0]?.state, 'ready');
    assert.equal((await there.call()).status, 'failed');
    assert.equal(there.pool.status()[0]?.state, 'key-refused');
    listening.dispose();
  });

  it('an account keeps its key through changes of others, and loses it with its own name', async () => {
    const { secrets, pool, accounts, call } = windowOf(new Keychain(), ['work', 'other']);
    await secrets.set('work', OLD);
    await secrets.set('other', NEW);
    pool.reconfigure({ accounts: accounts.filter(({ name }) => name === 'other') });
    for (let count = 0; count < 3; count++) assert.equal((await call()).status, 'completed');
    assert.deepEqual(new Set(server.requests.map(({ key }) => key)), new Set([NEW]));
  });
});

describe('keys that must not be sent', () => {
  const storeOf = (key: string): SecretStore => ({
    get: async () => key,
    set: async () => undefined,
    delete: async () => undefined,
  });
  const bind = (key: string, extra: Partial<AccountConfig>) =>
    new AccountProviders(storeOf(key)).providerFor(account('work', extra));

  for (const [what, key] of [
    ['a line break', 'sk-canary\n0123456789'],
    ['a carriage return', 'sk-canary0123456789\r'],
    ['quotes', '"sk-canary0123456789"'],
    ['an apostrophe', "sk-canary'0123456789"],
    ['a space', 'sk-canary 0123456789'],
    ['letters of another script', 'sk-canary-ключ-0123456789'],
    ['an invisible character', 'sk-canary\u200b0123456789'],
    ['NUL', 'sk-canary\u00000123456789'],
  ] as const) {
    it(`one with ${what}: said so, without the key`, async () => {
      await assert.rejects(bind(key, {}), (error: Error & { code?: string; hint?: string }) => {
        assert.equal(error.code, 'no-usable-account');
        assert.match(error.message, /"work" holds characters that no API key has/);
        assert.match(error.hint ?? '', /Copy the key again/);
        assert.doesNotMatch(JSON.stringify([error.message, error.hint, String(error.cause)]), /canary/);
        return true;
      });
    });
  }

  for (const [provider, key, theirs] of [
    ['xai', 'sk-ant-api03-canary', 'Anthropic'],
    ['openai', 'sk-ant-api03-canary', 'Anthropic'],
    ['openai', 'sk-or-v1-canary', 'OpenRouter'],
    ['openai', 'gsk_canary', 'Groq'],
    ['anthropic', 'sk-proj-canary', 'OpenAI'],
    ['anthropic', 'xai-canary', 'xAI'],
    ['openrouter', 'AIzaCanary', 'Gemini'],
    ['groq', 'xai-canary', 'xAI'],
  ] as const satisfies readonly (readonly [ProviderId, string, string])[]) {
    it(`one of ${theirs} for an account of ${provider}`, async () => {
      await assert.rejects(bind(key, { provider }), (error: Error & { hint?: string }) => {
        assert.match(error.message, new RegExp(`is one of .*${theirs}.*so it was not sent to`));
        assert.doesNotMatch(error.message + error.hint, /canary/i);
        return true;
      });
    });
  }

  it('but a gateway of the person may take any vendor’s, and an unknown beginning is nobody’s', async () => {
    await bind('sk-ant-api03-canary', { provider: 'openai', baseURL: 'https://gateway.example/v1' });
    await bind('sk-something-else', { provider: 'openai' });
    await bind('sk-ant-api03-canary', { provider: 'anthropic' });
  });
});
