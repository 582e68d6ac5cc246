import type { AccountEntry } from './account-entry.ts';

/** How long a vendor is taken to keep a prompt in its cache, ms. */
const KEPT_MS = 300_000;
/** So many conversations are remembered. */
const MOST = 1_000;

/** Which account served a conversation last: only there is its prompt in the vendor's cache. */
export class StickyAccounts {
  readonly #last = new Map<string, { readonly entry: AccountEntry; readonly at: number }>();

  /** The account that may have the prompt in its cache; null: none has. */
  of(conversation: string, now: number): AccountEntry | null {
    const last = this.#last.get(conversation);
    return last && Math.abs(now - last.at) <= KEPT_MS ? last.entry : null;
  }

  remember(conversation: string, entry: AccountEntry, now: number): void {
    this.#last.delete(conversation);
    this.#last.set(conversation, { entry, at: now });
    if (this.#last.size <= MOST) return;
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest);
      return;
    }
  }
}
