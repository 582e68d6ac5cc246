import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { GptTokenCounter } from '../../../../src/adapters/tokens/gpt-token-counter.ts';
import { surelyFits } from '../../../../src/core/context/token-estimate.ts';
import { MemoryLogger } from '../../../support/engine-fixture.ts';

describe('GptTokenCounter', () => {
  it('counts as the vendor does', async () => {
    const count = await new GptTokenCounter(new MemoryLogger()).counter();
    // Known values of o200k_base.
    assert.deepEqual(['', 'hello world', 'antidisestablishmentarianism', '   '].map(count), [0, 2, 6, 1]);
  });

  it('takes control tokens for text, and long data without getting slow', async () => {
    const count = await new GptTokenCounter(new MemoryLogger()).counter();
    assert.ok(count('<|endoftext|>') > 1);
    assert.ok(count(`before ${'A'.repeat(2_000_000)} after`) > 500_000);
  });

  it('has no more tokens than what surely fits, in ordinary texts', async () => {
    const count = await new GptTokenCounter(new MemoryLogger()).counter();
    const texts = [readFileSync(import.meta.filename, 'utf8'), 'Größe und Maß, ünïcödé 日本語のテキスト 🙂'];
    for (const text of texts) {
      const tokens = count(text);
      assert.ok(!surelyFits(text, tokens - 1), text.slice(0, 20));
      assert.ok(surelyFits(text, text.length * 2));
    }
  });
});
