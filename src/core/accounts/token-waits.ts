import type { AccountEntry } from './account-entry.ts';
import { holdEnd } from './cooldown.ts';
import type { Refusal } from './reservation.ts';

type TokenRefusal = Extract<Refusal, { by: 'tokens' }>;

/** Accounts whose minute did not hold a call's tokens. */
export class TokenWaits {
  readonly #refusals = new Map<AccountEntry, TokenRefusal>();

  set(entry: AccountEntry, refusal: TokenRefusal): void {
    this.#refusals.set(entry, refusal);
  }

  /** The call's place among those that wait for tokens of the account; null: none. */
  claimAt(entry: AccountEntry): number | null {
    return this.#refusals.get(entry)?.claim ?? null;
  }

  /** The account gave the tokens. */
  served(entry: AccountEntry): void {
    this.#refusals.delete(entry);
  }

  /** The call waits no more: others may have what it waited for. */
  async giveUp(): Promise<void> {
    const refusals = [...this.#refusals];
    this.#refusals.clear();
    for (const [{ gate }, { claim }] of refusals) if (claim !== null) await gate.tokens.giveUp(claim);
  }

  /** Epoch ms from which on the account's minute may hold the call's tokens: earlier than it said when calls used less. */
  freeAt({ gate }: AccountEntry, now: number): number {
    for (const [entry, { freeAt, tokens, settledBefore }] of this.#refusals) {
      if (entry.gate !== gate) continue;
      return gate.tokens.settled > settledBefore && gate.tokens.mayHold(tokens) ? 0 : holdEnd(freeAt, now);
    }
    return 0;
  }
}
