import type { WindowLocks } from './browser-ports.ts';

/** The part of the Web Locks API that is used. */
export interface LockManager {
  request<T>(name: string, callback: () => Promise<T>): Promise<T>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string }[] }>;
}

/**
 * Locks of the browser; null: it has none (only very old ones), then they hold within this window, and of others nothing is
 * known.
 */
export function browserLocks(manager: LockManager | null): WindowLocks {
  return manager === null ? locksOfOneWindow() : locksOf(manager);
}

function locksOf(manager: LockManager): WindowLocks {
  return {
    exclusively: (name, body) => manager.request(name, body),
    hold: (name) =>
      new Promise((resolve, reject) => {
        const held = () => new Promise<void>((release) => resolve(release));
        manager.request(name, held).catch(reject);
      }),
    held: async () => new Set((await manager.query()).held?.flatMap((lock) => lock.name ?? []) ?? []),
  };
}

function locksOfOneWindow(): WindowLocks {
  let last: Promise<unknown> = Promise.resolve();
  return {
    exclusively: (_name, body) => {
      const done = last.then(body);
      last = done.catch(() => {});
      return done;
    },
    hold: async () => () => {},
    held: async () => null,
  };
}
