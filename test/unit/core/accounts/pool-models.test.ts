import assert from 'node:assert/strict';
import type { AccountConfig } from '../../../../src/core/config.ts';
import type { ModelRequest, ProviderFailure } from '../../../../src/core/model.ts';
import { answer, FakeProvider, failure } from '../../../support/fake-provider.ts';
import { account, poolOf, request } from '../../../support/pool-fixture.ts';

/** A provider whose models fail as they are told to. */
function withFailing(failing: Record<string, () => ReturnType<typeof failure> | null>) {
  return new FakeProvider(async function* ({ model }) {
    yield* failing[model]?.() ?? answer();
  });
}

const of = (tier: ModelRequest['tier'], extra: Partial<ModelRequest> = {}) => request({ tier, ...extra });
const refusal = (cause: ProviderFailure['cause'], extra: Partial<ProviderFailure> = {}) => failure(cause, extra);

describe('AccountPool: models that rest while the others of their account go on', () => {
  it('keeps an overloaded model away, and uses the others of the account at once', async () => {
    let overloaded = true;
    const a = withFailing({ 'model-complex': () => (overloaded ? refusal('overloaded') : null) });
    const { pool, clock } = poolOf({ providers: { a } });
    const complex = pool.call(of('complex'));
    await clock.advance(600);
    assert.equal((await pool.call(of('simple'))).status, 'completed');
    const [status] = pool.status();
    assert.equal(status?.state, 'ready');
    assert.deepEqual(
      status?.restingModels.map(({ model, cause }) => [model, cause]),
      [['model-complex', 'overloaded']],
    );
    overloaded = false;
    await clock.advance(60_000);
    assert.equal((await complex).status, 'completed');
    assert.deepEqual(pool.status()[0]?.restingModels, []);
  });

  it('goes to an account whose model is well', async () => {
    const a = withFailing({ 'model-complex': () => refusal('overloaded') });
    const b = withFailing({});
    const { pool, clock } = poolOf({ providers: { a, b } });
    for (let call = 0; call < 16; call++) {
      const outcome = pool.call(of('complex'));
      await clock.advance(1_000);
      assert.equal((await outcome).status, 'completed');
    }
    assert.ok(a.calls.length <= 6, `${a.calls.length}`);
  });

  it('does not ask again for a model that the vendor does not know', async () => {
    const a = withFailing({ 'model-complex': () => refusal('model-not-found') });
    const b = withFailing({});
    const { pool } = poolOf({ providers: { a, b } });
    for (let call = 0; call < 6; call++) assert.equal((await pool.call(of('complex'))).status, 'completed');
    assert.equal(a.calls.length, 1);
    assert.equal((await pool.call(of('simple'))).status, 'completed');
  });

  it('says that the model is missing where no account has it, also to those who come later', async () => {
    const a = withFailing({ 'model-complex': () => refusal('model-not-found') });
    const { pool } = poolOf({ providers: { a } });
    for (let call = 0; call < 2; call++) {
      const outcome = await pool.call(of('complex'));
      assert.ok(outcome.status === 'failed');
      assert.equal(outcome.failure.cause, 'model-not-found');
    }
    assert.equal(a.calls.length, 1);
  });

  it('waits for a model whose own limit is reached, while the others go on unpaced', async () => {
    let refused = 0;
    const limit = () => (refused++ === 0 ? refusal('rate-limited', { perModel: true, retryAfterMs: 20_000 }) : null);
    const a = withFailing({ 'model-complex': limit });
    const { pool, clock } = poolOf({ providers: { a } });
    const began = clock.monotonic();
    const complex = pool.call(of('complex'));
    await clock.advance(0);
    for (let call = 0; call < 5; call++) assert.equal((await pool.call(of('simple'))).status, 'completed');
    assert.equal(clock.monotonic(), began);
    await clock.advance(19_000);
    assert.equal(a.calls.filter(({ model }) => model === 'model-complex').length, 1);
    await clock.advance(3_000);
    assert.equal((await complex).status, 'completed');
  });

  it('rests a model whose quota of the day is used up until the day resets', async () => {
    const a = withFailing({ 'model-complex': () => refusal('daily-quota', { perModel: true }) });
    const { pool, clock } = poolOf({ providers: { a } });
    const outcome = await pool.call(of('complex'));
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.failure.cause, 'daily-quota');
    assert.equal(outcome.retryAt !== null && outcome.retryAt > clock.now() + 3_600_000, true);
    assert.equal((await pool.call(of('simple'))).status, 'completed');
  });
});

describe('AccountPool: a call that judges the work of others', () => {
  const accounts: AccountConfig[] = [
    account('author'),
    account('colleague'),
    account('stranger', { provider: 'anthropic' }),
  ];

  const usedBy = async (names: readonly string[], avoid: readonly string[]) => {
    const providers = Object.fromEntries(names.map((name) => [name, withFailing({})]));
    const { pool } = poolOf({ providers, accounts: accounts.filter(({ name }) => names.includes(name)) });
    const used = new Set<string>();
    for (let call = 0; call < 5; call++) {
      const outcome = await pool.call(request({ avoid }));
      for (const attempt of outcome.attempts) used.add(attempt.account);
    }
    return [...used];
  };

  it('goes to another vendor where there is one', async () => {
    assert.deepEqual(await usedBy(['author', 'colleague', 'stranger'], ['author']), ['stranger']);
  });

  it('goes to another account where there is no other vendor', async () => {
    assert.deepEqual(await usedBy(['author', 'colleague'], ['author']), ['colleague']);
  });

  it('is made by the author where there is nobody else, or nobody else works', async () => {
    assert.deepEqual(await usedBy(['author'], ['author']), ['author']);
    const dead = withFailing({ 'model-simple': () => refusal('auth') });
    const { pool } = poolOf({
      providers: { author: withFailing({}), stranger: dead },
      accounts: [account('author'), account('stranger', { provider: 'anthropic' })],
    });
    const outcome = await pool.call(request({ avoid: ['author'] }));
    assert.equal(outcome.status, 'completed');
    assert.deepEqual(
      outcome.attempts.map(({ account }) => account),
      ['stranger', 'author'],
    );
  });
});
