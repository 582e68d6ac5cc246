import type { PriceBook } from '../../core/accounts/pricing.ts';
import type { EnsembleConfig, ModelPrice } from '../../core/config.ts';
import type { ProviderId } from '../../core/model.ts';
import { VENDORS } from './catalogue.ts';

/** Names of our vendors in the price data. */
const PRICE_DATA_NAMES: Partial<Readonly<Record<ProviderId, string>>> = {
  xai: 'x-ai',
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
  openrouter: 'openrouter',
  groq: 'groq',
};

/** S1's table, per 1,000 tokens in either direction: the last resort for its three models. */
const FIRST_DESIGN_PRICES: Readonly<Record<string, ModelPrice>> = {
  'xai/grok-code-fast-1': { inputPerMTok: 5, outputPerMTok: 5 },
  'xai/grok-3-fast': { inputPerMTok: 8, outputPerMTok: 8 },
  'xai/grok-4': { inputPerMTok: 15, outputPerMTok: 15 },
};

const FREE: ModelPrice = { inputPerMTok: 0, outputPerMTok: 0, cachedInputPerMTok: 0 };

/** A write to Anthropic's cache for five minutes, as a multiple of other input. */
const ANTHROPIC_WRITE = 1.25;

/** Tokens that a price is asked for: below every vendor's threshold for long contexts. */
const SAMPLE_TOKENS = 1_000;
/** More than any threshold. */
const LONGEST_CONTEXT = 1_000_000;

/** The largest number below `most` for which `isBeyond` does not hold; it holds from there on. */
function lastBefore(most: number, isBeyond: (value: number) => boolean): number {
  let [low, high] = [SAMPLE_TOKENS, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isBeyond(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** Without the dust of a subtraction. */
function rounded(price: number): number {
  return Math.round(price * 1e9) / 1e9;
}

/**
 * Prices in the contract's order: the user's, else the price data, else S1's table, else unknown. What runs on this
 * machine is free. Loads the price data once; a question is answered from memory afterwards.
 */
export async function loadPriceBook(overrides: EnsembleConfig['prices']): Promise<PriceBook> {
  const { calcPrice } = await import('@pydantic/genai-prices');
  const known = new Map<string, ModelPrice | null>();

  const fromData = (provider: ProviderId, id: string): ModelPrice | null => {
    const providerId = PRICE_DATA_NAMES[provider];
    if (!providerId) return null;
    /** What a million tokens of one sort cost in a call with so much input; null: unknown. */
    const perMillion = (input: number, usage: Parameters<typeof calcPrice>[0]) => {
      const total = calcPrice({ input_tokens: input, output_tokens: 0, ...usage }, id, { providerId })?.total_price;
      return total === undefined ? null : total * (1e6 / input);
    };
    const priceFor = (input: number): ModelPrice | null => {
      const fresh = perMillion(input, {});
      const both = perMillion(input, { output_tokens: input });
      if (fresh === null || both === null) return null;
      const cached = perMillion(input, { cache_read_tokens: input });
      const written = perMillion(input, { cache_write_tokens: input });
      const price = { inputPerMTok: fresh, outputPerMTok: rounded(both - fresh), cachedInputPerMTok: cached ?? fresh };
      return written !== null && written > fresh ? { ...price, cacheWritePerMTok: written } : price;
    };
    const price = priceFor(SAMPLE_TOKENS);
    const long = price && priceFor(LONGEST_CONTEXT);
    if (!price || !long || long.inputPerMTok <= price.inputPerMTok) return price;
    const above = lastBefore(LONGEST_CONTEXT, (input) => (perMillion(input, {}) ?? 0) > price.inputPerMTok * 1.001);
    return { ...price, longContext: { ...long, above } };
  };

  const lookUp = (model: string): ModelPrice | null => {
    const slash = model.indexOf('/');
    const provider = model.slice(0, slash);
    if (!isProvider(provider)) return null;
    // The editor's models are paid for by a subscription, not by the call.
    if (VENDORS[provider].isLocal || provider === 'vscode-lm') return FREE;
    return fromData(provider, model.slice(slash + 1)) ?? FIRST_DESIGN_PRICES[model] ?? null;
  };

  return {
    price(model) {
      const own = overrides[model];
      if (own) return withCacheWrites(model, own);
      const cached = known.get(model);
      if (cached !== undefined) return cached;
      const found = lookUp(model);
      known.set(model, found);
      return found;
    },
  };
}

/** Anthropic puts prompts into its cache at a price of its own, also where the user's price does not speak of it. */
function withCacheWrites(model: string, price: ModelPrice): ModelPrice {
  if (price.cacheWritePerMTok !== undefined || !model.startsWith('anthropic/')) return price;
  return { ...price, cacheWritePerMTok: price.inputPerMTok * ANTHROPIC_WRITE };
}

function isProvider(name: string): name is ProviderId {
  return Object.hasOwn(VENDORS, name);
}
