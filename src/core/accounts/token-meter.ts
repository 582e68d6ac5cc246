import type { Clock, QuotaStore } from '../ports.ts';
import { PACING_WINDOW_MS } from './pacing.ts';
import { type CallTokens, limitsTokens, type TokenGrant, type TokenLimits } from './token-window.ts';
import type { LimitStatus } from './types.ts';

/** The tokens per minute of one quota group; processes share them through the QuotaStore. */
export class TokenMeter {
  readonly #key: string;
  readonly #limits: () => TokenLimits;
  readonly #quota: QuotaStore;
  readonly #clock: Clock;
  #settled = 0;
  /** Tokens of the minute before, when they were last asked for. */
  #used = { input: 0, output: 0, at: Number.NEGATIVE_INFINITY };

  constructor(key: string, limits: () => TokenLimits, { quota, clock }: { quota: QuotaStore; clock: Clock }) {
    this.#key = key;
    this.#limits = limits;
    this.#quota = quota;
    this.#clock = clock;
  }

  /** Counts the calls whose tokens were settled: with each, a call may fit that did not before. */
  get settled(): number {
    return this.#settled;
  }

  /** Takes a call's tokens from the minute's where they fit; null: there is no such limit. */
  async take(tokens: CallTokens): Promise<TokenGrant | null> {
    const limits = this.#limits();
    if (!limitsTokens(limits)) return null;
    const { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute } = limits;
    const only = { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute };
    const grant = await this.#quota.takeTokens({ key: this.#key, tokens, limits: only, now: this.#clock.now() });
    this.#used = { ...grant.used, at: this.#clock.monotonic() };
    return grant;
  }

  /** Replaces the tokens that a call had taken by those it used. */
  async settle(ticket: number, taken: CallTokens, tokens: CallTokens): Promise<void> {
    await this.#quota.settleTokens({ key: this.#key, ticket, tokens });
    const { input, output, at } = this.#used;
    this.#used = { input: input - taken.input + tokens.input, output: output - taken.output + tokens.output, at };
    this.#settled++;
  }

  /** False when the minute surely does not hold so many tokens more, by what this process knows. */
  mayHold({ input, output }: CallTokens): boolean {
    const { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute } = this.#limits();
    const used = this.#used;
    const fits = (limit: number | null, sum: number) => limit === null || sum <= limit;
    return (
      fits(tokensPerMinute, used.input + used.output + input + output) &&
      fits(inputTokensPerMinute, used.input + input) &&
      fits(outputTokensPerMinute, used.output + output)
    );
  }

  /** The limits and how much of them is used. */
  status(): LimitStatus[] {
    const { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute } = this.#limits();
    const { input, output, at } = this.#used;
    const isPresent = this.#clock.monotonic() - at < PACING_WINDOW_MS;
    const rows = [
      ['tokens-per-minute', tokensPerMinute, input + output],
      ['input-tokens-per-minute', inputTokensPerMinute, input],
      ['output-tokens-per-minute', outputTokensPerMinute, output],
    ] as const;
    return rows.flatMap(([kind, limit, used]) =>
      limit === null ? [] : [{ kind, model: null, limit, used: isPresent ? used : 0, learned: false }],
    );
  }
}
