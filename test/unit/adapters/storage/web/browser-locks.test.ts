import assert from 'node:assert/strict';
import { browserLocks, type LockManager } from '../../../../../src/adapters/storage/web/browser-locks.ts';

/** The Web Locks API as far as it is used: one holder per name, others wait in turn. */
function fakeManager(): LockManager {
  const last = new Map<string, Promise<unknown>>();
  const held = new Set<string>();
  return {
    request: (name, callback) => {
      const before = last.get(name) ?? Promise.resolve();
      const done = before.then(async () => {
        held.add(name);
        try {
          return await callback();
        } finally {
          held.delete(name);
        }
      });
      last.set(
        name,
        done.catch(() => {}),
      );
      return done;
    },
    query: async () => ({ held: [...held].map((name) => ({ name })) }),
  };
}

describe('locks of the browser', () => {
  for (const [name, manager] of [
    ['with the Web Locks API', fakeManager()],
    ['without it', null],
  ] as const) {
    it(`let one in at a time, also after a failure, ${name}`, async () => {
      const locks = browserLocks(manager);
      const order: string[] = [];
      const work = (what: string, fails: boolean) =>
        locks.exclusively('a', async () => {
          order.push(`${what} in`);
          await new Promise((resolve) => setImmediate(resolve));
          order.push(`${what} out`);
          if (fails) throw new Error(what);
          return what;
        });
      const results = await Promise.allSettled([work('one', true), work('two', false)]);
      assert.deepEqual(order, ['one in', 'one out', 'two in', 'two out']);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'fulfilled'],
      );
    });
  }

  it('are held until they are given back', async () => {
    const locks = browserLocks(fakeManager());
    const leave = await locks.hold('window.1');
    assert.deepEqual(await locks.held(), new Set(['window.1']));
    leave();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await locks.held(), new Set());
  });

  it('tell nothing of other windows where there is no such API', async () => {
    const locks = browserLocks(null);
    (await locks.hold('window.1'))();
    assert.equal(await locks.held(), null);
  });
});
