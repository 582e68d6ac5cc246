import assert from 'node:assert/strict';
import { MemoryQuota } from '../../../../src/adapters/storage/memory/memory-quota.ts';
import { tokensFor } from '../../../../src/core/accounts/vendor-tokens.ts';
import type { ProviderId } from '../../../../src/core/model.ts';
import { answer, FakeProvider } from '../../../support/fake-provider.ts';
import { account, poolOf, request } from '../../../support/pool-fixture.ts';

const LONG = request({ messages: [{ role: 'user', content: 'word '.repeat(2_000) }] });

/** What the pool expects of a call at a vendor: as it says, and as it draws it from the minute. */
async function expectedAt(provider: ProviderId): Promise<{ estimated: number; drawn: number | undefined }> {
  const drawn: number[] = [];
  const quota = new MemoryQuota();
  const take = quota.takeTokens.bind(quota);
  quota.takeTokens = (asked) => {
    drawn.push(asked.tokens.input);
    return take(asked);
  };
  const { pool } = poolOf({
    providers: { one: new FakeProvider(() => answer()) },
    accounts: [account('one', { provider })],
    limits: { one: { tokensPerMinute: 100_000 } },
    quota,
  });
  const { inputTokens } = pool.estimate(LONG);
  await pool.call(LONG);
  return { estimated: inputTokens, drawn: drawn[0] };
}

describe('tokens of vendors with another tokenizer', () => {
  it('are more than those of OpenAI in the estimate and in the minute', async () => {
    const openai = await expectedAt('openai');
    const anthropic = await expectedAt('anthropic');
    assert.ok(openai.estimated > 2_000);
    assert.equal(openai.drawn, openai.estimated);
    assert.equal(anthropic.estimated, Math.ceil(openai.estimated * 1.25));
    assert.equal(anthropic.drawn, anthropic.estimated);
  });

  it('are never less', () => {
    for (const provider of ['openai', 'xai', 'gemini', 'ollama', 'offline'] as const)
      assert.ok(tokensFor(provider, 101) >= 101);
  });
});
