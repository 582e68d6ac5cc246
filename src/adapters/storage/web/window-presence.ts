import type { RunOwner } from '../../../core/ports.ts';
import type { WindowLocks } from './browser-ports.ts';

const HOST = 'this browser';
const LOCK = 'ensemble.window.';

/** Who is at work on a database, and who still is. */
export interface Presence {
  /** Looks again who is there; `isAlive` answers from the last look. */
  refresh(): Promise<void>;
  /** Whether the window (or process) of `owner` is still there; null: that cannot be known. */
  isAlive(owner: RunOwner): boolean | null;
}

/** A window of an editor in the browser, which holds a lock as long as it lives, so that others can tell. */
export class WindowPresence implements Presence {
  /** Sixteen hexadecimal digits, other ones for each window. */
  readonly id: string;
  readonly #locks: WindowLocks;
  readonly #leave: () => void;
  #held: ReadonlySet<string> | null = null;

  private constructor(id: string, locks: WindowLocks, leave: () => void) {
    this.id = id;
    this.#locks = locks;
    this.#leave = leave;
  }

  /** `random` gives bytes that nobody else has. */
  static async enter(locks: WindowLocks, random: () => Uint8Array): Promise<WindowPresence> {
    const id = Array.from(random().subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const presence = new WindowPresence(id, locks, await locks.hold(LOCK + id));
    await presence.refresh();
    return presence;
  }

  /** An owner of runs in this window; every call makes another one. */
  owner(): RunOwner {
    const nonce = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0'));
    return { host: HOST, pid: this.#number(), startTime: this.id, nonce: nonce.join('') };
  }

  async refresh(): Promise<void> {
    this.#held = await this.#locks.held();
  }

  isAlive({ host, startTime }: RunOwner): boolean | null {
    if (host !== HOST) return null;
    if (startTime === this.id) return true;
    return this.#held?.has(LOCK + startTime) ?? null;
  }

  /** Others may take over from here. */
  leave(): void {
    this.#leave();
  }

  /** Windows have no process ids; messages want a short number. */
  #number(): number {
    return Number.parseInt(this.id.slice(0, 4), 16) + 1;
  }
}
