import type { LimitReading, LimitReport } from '../model.ts';
import type { Clock, QuotaStore } from '../ports.ts';
import { PACING_WINDOW_MS } from './pacing.ts';
import { type CallTokens, limitsTokens, type TokenGrant, type TokenLimits, type TokenRequest } from './token-window.ts';
import type { LimitStatus } from './types.ts';

/** Share of a limit that what is left may differ by from what our calls explain: requests overtake each other. */
const TOLERANCE = 0.05;

const NONE: CallTokens = { input: 0, output: 0 };

/** What a meter works with. */
export interface TokenMeterDependencies {
  readonly quota: QuotaStore;
  readonly clock: Clock;
  /** What an answer taught could not be kept for others; calls go on. */
  notKept(error: unknown): void;
}

/** The tokens per minute of one quota group; processes share them through the QuotaStore. */
export class TokenMeter {
  readonly #key: string;
  readonly #limits: () => TokenLimits;
  readonly #quota: QuotaStore;
  readonly #clock: Clock;
  readonly #notKept: (error: unknown) => void;
  /** By the vendor's answers. */
  #learned: Partial<TokenLimits> = {};
  #settled = 0;
  /** Tokens of the minute before, when they were last asked for. */
  #used = { input: 0, output: 0, at: Number.NEGATIVE_INFINITY };

  constructor(key: string, limits: () => TokenLimits, deps: TokenMeterDependencies) {
    const { quota, clock } = deps;
    this.#key = key;
    this.#limits = limits;
    this.#quota = quota;
    this.#clock = clock;
    this.#notKept = (error) => deps.notKept(error);
  }

  /** Counts the calls whose tokens were settled: with each, a call may fit that did not before. */
  get settled(): number {
    return this.#settled;
  }

  /** Takes a call's tokens from the minute's where they fit; null: there is no such limit. */
  async take(tokens: CallTokens, place: Pick<TokenRequest, 'claim' | 'priority'> = {}): Promise<TokenGrant | null> {
    const { limits } = this;
    if (!limitsTokens(limits)) return null;
    const grant = await this.#quota.takeTokens({ key: this.#key, tokens, limits, now: this.#clock.now(), ...place });
    this.#used = { ...grant.used, at: this.#clock.monotonic() };
    return grant;
  }

  /** A call that waits no more gives its place in line back. What the store cannot note ends by itself. */
  async giveUp(claim: number): Promise<void> {
    await this.#settle(claim, NONE).catch(this.#notKept);
    this.#settled++;
  }

  /**
   * Limits in an answer's headers hold where the user set none. Where less is left than our calls explain, somebody else uses the key, and
   * their tokens are counted in. A vendor that counts input and output apart states the tighter of them as its tokens.
   */
  reported({ tokens, inputTokens, outputTokens }: Pick<LimitReport, 'tokens' | 'inputTokens' | 'outputTokens'>): void {
    const apart = inputTokens !== undefined || outputTokens !== undefined;
    if (tokens && !apart) this.#heed('tokensPerMinute', tokens);
    if (inputTokens) this.#heed('inputTokensPerMinute', inputTokens);
    if (outputTokens) this.#heed('outputTokensPerMinute', outputTokens);
  }

  /** What all processes together have used of the minute. */
  remember(used: CallTokens): void {
    this.#used = { ...used, at: this.#clock.monotonic() };
  }

  /** Replaces the tokens that a call had taken by those it used. */
  async settle(ticket: number, taken: CallTokens, tokens: CallTokens): Promise<void> {
    await this.#settle(ticket, tokens);
    const { input, output, at } = this.#used;
    this.#used = { input: input - taken.input + tokens.input, output: output - taken.output + tokens.output, at };
    this.#settled++;
  }

  /** False when the minute surely does not hold so many tokens more, by what this process knows. */
  mayHold({ input, output }: CallTokens): boolean {
    const { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute } = this.limits;
    const used = this.#used;
    const fits = (limit: number | null, sum: number) => limit === null || sum <= limit;
    return (
      fits(tokensPerMinute, used.input + used.output + input + output) &&
      fits(inputTokensPerMinute, used.input + input) &&
      fits(outputTokensPerMinute, used.output + output)
    );
  }

  /** The limits that the user set, else those that the vendor named. */
  get limits(): TokenLimits {
    const { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute } = this.#limits();
    const set = { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute };
    return limitsTokens(set) ? set : { ...set, ...this.#learned };
  }

  /** The limits and how much of them is used. */
  status(): LimitStatus[] {
    const { tokensPerMinute, inputTokensPerMinute, outputTokensPerMinute } = this.limits;
    const { input, output, at } = this.#used;
    const isPresent = this.#clock.monotonic() - at < PACING_WINDOW_MS;
    const learned = !limitsTokens(this.#limits());
    const rows = [
      ['tokens-per-minute', tokensPerMinute, input + output],
      ['input-tokens-per-minute', inputTokensPerMinute, input],
      ['output-tokens-per-minute', outputTokensPerMinute, output],
    ] as const;
    return rows.flatMap(([kind, limit, used]) =>
      limit === null ? [] : [{ kind, model: null, limit, used: isPresent ? used : 0, learned }],
    );
  }

  #heed(kind: keyof TokenLimits, { limit, remaining }: LimitReading): void {
    if (limit === null || limit < 1) return;
    this.#learned = { ...this.#learned, [kind]: limit };
    if (remaining === null) return;
    const isPresent = this.#clock.monotonic() - this.#used.at < PACING_WINDOW_MS;
    const { input, output } = isPresent ? this.#used : NONE;
    const known = kind === 'tokensPerMinute' ? input + output : kind === 'inputTokensPerMinute' ? input : output;
    const [used, tolerance] = [limit - remaining, limit * TOLERANCE];
    if (used - known <= tolerance) return;
    const report = { key: this.#key, kind, used, tolerance, now: this.#clock.now() };
    this.#quota.reportTokens(report).catch(this.#notKept);
  }

  #settle(ticket: number, tokens: CallTokens): Promise<void> {
    return this.#quota.settleTokens({ key: this.#key, ticket, tokens });
  }
}
