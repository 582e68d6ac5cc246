import assert from 'node:assert/strict';
import { VENDORS } from '../../../../src/adapters/providers/catalogue.ts';
import { loadPriceBook } from '../../../../src/adapters/providers/price-book.ts';

describe('price book', () => {
  it("takes the user's price first, then the price data, then says that it does not know", async () => {
    const own = { inputPerMTok: 1, outputPerMTok: 2 };
    const book = await loadPriceBook({ 'xai/grok-4': own });
    assert.deepEqual(book.price('xai/grok-4'), own);
    assert.ok((book.price('xai/grok-3-fast')?.inputPerMTok ?? 0) > 0);
    assert.equal(book.price('openai-compatible/mystery'), null);
    assert.equal(book.price('xai/no-such-model'), null);
    assert.equal(book.price('nonsense'), null);
  });

  it('knows a price for every default model of the vendors that send bills', async () => {
    const book = await loadPriceBook({});
    for (const vendor of Object.values(VENDORS)) {
      if (vendor.isLocal || vendor.id === 'openai-compatible' || vendor.id === 'vscode-lm') continue;
      for (const model of Object.values(vendor.models)) {
        const price = book.price(`${vendor.id}/${model}`);
        assert.ok(
          price && price.outputPerMTok > 0 && (price.cachedInputPerMTok ?? 0) <= price.inputPerMTok,
          `${vendor.id}/${model}`,
        );
      }
    }
  });

  it("knows what Anthropic takes for writing to its cache, also beside the user's price", async () => {
    const own = { inputPerMTok: 4, outputPerMTok: 20 };
    const book = await loadPriceBook({
      'anthropic/own': own,
      'anthropic/dearer': { ...own, cacheWritePerMTok: 6 },
      'xai/own': own,
    });
    const known = book.price('anthropic/claude-sonnet-4-6') ?? assert.fail();
    assert.equal(known.cacheWritePerMTok, known.inputPerMTok * 1.25);
    assert.equal(book.price('anthropic/own')?.cacheWritePerMTok, 5);
    assert.equal(book.price('anthropic/dearer')?.cacheWritePerMTok, 6);
    assert.equal(book.price('xai/own')?.cacheWritePerMTok, undefined);
    assert.equal(book.price('openai/gpt-5-mini')?.cacheWritePerMTok, undefined);
  });

  it('knows from where on long contexts cost more, and where they do not', async () => {
    const book = await loadPriceBook({});
    for (const model of ['anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-pro']) {
      const price = book.price(model) ?? assert.fail();
      assert.equal(price.longContext?.above, 200_000, model);
      assert.ok(price.longContext.inputPerMTok > price.inputPerMTok);
      assert.ok(price.longContext.outputPerMTok > price.outputPerMTok);
    }
    assert.equal(book.price('openai/gpt-4o')?.longContext, undefined);
  });

  it('charges nothing for what runs on this machine', async () => {
    const book = await loadPriceBook({});
    assert.equal(book.price('offline/rules')?.outputPerMTok, 0);
  });
});
