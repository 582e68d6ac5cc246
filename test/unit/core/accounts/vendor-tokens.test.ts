import assert from 'node:assert/strict';
import { MemoryQuota } from '../../../../src/adapters/storage/memory/memory-quota.ts';
import { tokensFor } from '../../../../src/core/accounts/vendor-tokens.ts';
import type { ProviderId } from '../../../../src/core/model.ts';
import type { BudgetLine } from '../../../../src/core/ports.ts';
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

/** What budgets in tokens and in USD hold for a call, what its estimate says, and what it is booked with where the answer says nothing. */
async function heldAndUsed(provider: ProviderId) {
  const lines: BudgetLine[] = [];
  const quota = new MemoryQuota();
  const reserve = quota.reserve.bind(quota);
  quota.reserve = (wanted) => {
    lines.push(...wanted);
    return reserve(wanted);
  };
  const silent = new FakeProvider(async function* () {
    yield { type: 'text', text: 'word '.repeat(400) };
    yield { type: 'finish', reason: 'stop', model: null };
  });
  const { pool, ledger } = poolOf({ providers: { one: silent }, accounts: [account('one', { provider })], quota });
  const bounded = { ...LONG, maxTokens: 500, runBudget: { usd: 10, tokens: 1_000_000 } };
  await pool.call(bounded);
  const amountOf = (kind: string) => lines.find(({ scope }) => scope.startsWith(`${kind}:`))?.amount ?? Number.NaN;
  return {
    held: { input: amountOf('run-tokens') - 500, output: 500, micro: amountOf('run') },
    asked: pool.estimate(bounded).costUSD,
    used: ledger[0]?.tokens,
  };
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

  it('are more in what a call is thought to have used, and in what a budget holds for it', async () => {
    const [openai, anthropic] = [await heldAndUsed('openai'), await heldAndUsed('anthropic')];
    assert.equal(anthropic.held.input, Math.ceil(openai.held.input * 1.25));
    assert.deepEqual(
      [anthropic.used?.input, anthropic.used?.output, anthropic.used?.estimated],
      [Math.ceil((openai.used?.input ?? 0) * 1.25), Math.ceil((openai.used?.output ?? 0) * 1.25), true],
    );
    // What the person is asked about before a run is what will be held: 1 USD per million of input, 2 of output.
    for (const { held, asked } of [openai, anthropic]) {
      assert.equal(Math.round((asked ?? 0) * 1e6), held.input + 2 * held.output);
      assert.equal(held.micro, held.input + 2 * held.output);
    }
  });

  it('are never less', () => {
    for (const provider of ['openai', 'xai', 'gemini', 'ollama', 'offline'] as const)
      assert.ok(tokensFor(provider, 101) >= 101);
  });
});
