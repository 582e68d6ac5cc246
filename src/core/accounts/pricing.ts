import type { ModelPrice } from '../config.ts';
import type { CacheWrites, Message, ResponseSchema, TokenUsage, ToolDefinition } from '../model.ts';

/** Prices by `<provider>/<id>`, USD per million tokens; null: unknown. Local models cost 0. */
export interface PriceBook {
  price(model: string): ModelPrice | null;
}

/** What is sent, as far as it costs input tokens. */
export interface SentText {
  readonly messages: readonly Message[];
  readonly responseSchema?: ResponseSchema | null;
  readonly tools?: readonly ToolDefinition[];
}

/** Characters per token where nothing better is known: about right for English and code with the common tokenizers. */
const CHARACTERS_PER_TOKEN = 4;
/**
 * UTF-8 bytes per token that a reservation assumes, so that it is hardly ever too small: code takes 3 to 4 bytes per token,
 * scripts beyond ASCII 2 to 3, and only random text such as hashes comes near 2.
 */
const WORST_BYTES_PER_TOKEN = 2;
/** Tokens that a chat format adds per message. */
const TOKENS_PER_MESSAGE = 8;

/** A conversation is weighed for every account and attempt, so each is measured once. */
const expectedOfMessages = new WeakMap<readonly Message[], number>();
const worstOfMessages = new WeakMap<readonly Message[], number>();
/** So are its tools and the schema of its answer. */
const measuredJson = new WeakMap<object, MeasuredText>();

/** A text by its length in UTF-16 units and in UTF-8 bytes. */
interface MeasuredText {
  readonly length: number;
  readonly bytes: number;
}

/** Expected input tokens of a conversation. */
export function estimateInputTokens(sent: SentText): number {
  const tokens = sumOnce(expectedOfMessages, sent.messages, estimateTextTokens);
  return tokens + Math.ceil(measuredSchemas(sent).length / CHARACTERS_PER_TOKEN);
}

/** Input tokens that a reservation assumes. */
export function worstInputTokens(sent: SentText): number {
  const tokens = sumOnce(worstOfMessages, sent.messages, worstTextTokens);
  return tokens + Math.ceil(measuredSchemas(sent).bytes / WORST_BYTES_PER_TOKEN);
}

/** Expected tokens of a text. */
export function estimateTextTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** What it costs to keep input in a prompt cache for an hour, as a multiple of other input: the rule of Anthropic, who alone has it. */
const LONG_WRITE = 2;

/**
 * Cost in whole micro-USD, rounded up: a price of 1 USD per million tokens is 1 micro-USD per token. Input that was read from
 * the vendor's cache, or written to it, costs its own price where there is one.
 */
export function microCost(
  price: ModelPrice,
  usage: Pick<TokenUsage, 'input' | 'output' | 'cached'>,
  { short, long }: CacheWrites = { short: 0, long: 0 },
): number {
  const { inputPerMTok, outputPerMTok, cachedInputPerMTok, cacheWritePerMTok } = priceAt(price, usage.input);
  const fresh = Math.max(0, usage.input - usage.cached - short - long);
  const read = usage.cached * (cachedInputPerMTok ?? inputPerMTok);
  const written = short * (cacheWritePerMTok ?? inputPerMTok) + long * inputPerMTok * LONG_WRITE;
  return Math.ceil(fresh * inputPerMTok + read + written + usage.output * outputPerMTok - 1e-9);
}

/** The most that a call may cost, micro-USD: all of its input is new, and written to the cache where that costs more. */
export function worstMicroCost(price: ModelPrice, { input, output }: Pick<TokenUsage, 'input' | 'output'>): number {
  const { cacheWritePerMTok = 0, inputPerMTok } = priceAt(price, input);
  const short = cacheWritePerMTok > inputPerMTok ? input : 0;
  return microCost(price, { input, output, cached: 0 }, { short, long: 0 });
}

/** The price of a call with so many tokens of input: vendors take more for long ones. */
function priceAt(price: ModelPrice, input: number): Omit<ModelPrice, 'longContext'> {
  const { longContext } = price;
  return longContext && input > longContext.above ? longContext : price;
}

/** What a message says and asks for. */
function textOf(message: Message): string {
  if (message.role === 'tool' || !message.toolCalls) return message.content;
  return message.content + JSON.stringify(message.toolCalls);
}

/** The tokens of all messages, summed up at the first time of asking. */
function sumOnce(
  known: WeakMap<readonly Message[], number>,
  messages: readonly Message[],
  tokensOf: (text: string) => number,
): number {
  let sum = known.get(messages);
  if (sum === undefined) {
    sum = 0;
    for (const message of messages) sum += tokensOf(textOf(message)) + TOKENS_PER_MESSAGE;
    known.set(messages, sum);
  }
  return sum;
}

/** The schemas of the answer and of the tools, as JSON. */
function measuredSchemas({ responseSchema, tools }: SentText): MeasuredText {
  const answer = responseSchema ? measured(responseSchema.schema) : NOTHING;
  if (tools === undefined || tools.length === 0) return answer;
  const ofTools = measured(tools);
  return { length: answer.length + ofTools.length, bytes: answer.bytes + ofTools.bytes };
}

const NOTHING: MeasuredText = { length: 0, bytes: 0 };

function measured(value: object): MeasuredText {
  let known = measuredJson.get(value);
  if (known === undefined) {
    const text = JSON.stringify(value);
    known = { length: text.length, bytes: utf8Length(text) };
    measuredJson.set(value, known);
  }
  return known;
}

function worstTextTokens(text: string): number {
  return Math.ceil(utf8Length(text) / WORST_BYTES_PER_TOKEN);
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // A surrogate pair has 4 bytes, 2 for each half.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
