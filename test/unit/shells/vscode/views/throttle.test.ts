import assert from 'node:assert/strict';
import { ChangeThrottle, type Schedule } from '../../../../../src/shells/vscode/views/throttle.ts';

/** Timers that fire when the test says so. */
function manual(): { readonly schedule: Schedule; tick(): void; readonly pending: () => number } {
  let tasks: (() => void)[] = [];
  return {
    schedule: (task) => {
      tasks.push(task);
      return () => {
        tasks = tasks.filter((each) => each !== task);
      };
    },
    tick: () => {
      const due = tasks;
      tasks = [];
      for (const task of due) task();
    },
    pending: () => tasks.length,
  };
}

describe('ChangeThrottle', () => {
  it('hands the first change on at once and the rest of an interval together', () => {
    const timers = manual();
    const seen: (readonly string[] | null)[] = [];
    const throttle = new ChangeThrottle((ids) => seen.push(ids), 100, timers.schedule);
    throttle.add(['a']);
    assert.deepEqual(seen, [['a']]);
    throttle.add(['b']);
    throttle.add(['c', 'b']);
    assert.equal(seen.length, 1);
    timers.tick();
    assert.deepEqual(seen, [['a'], ['b', 'c']]);
    timers.tick();
    assert.equal(seen.length, 2, 'nothing came, so nothing is handed on');
    assert.equal(timers.pending(), 0);
  });

  it('never hands on more than one change per interval', () => {
    const timers = manual();
    let flushes = 0;
    const throttle = new ChangeThrottle(() => flushes++, 100, timers.schedule);
    for (let interval = 0; interval < 5; interval++) {
      for (let change = 0; change < 1000; change++) throttle.add([`${change}`]);
      timers.tick();
    }
    assert.equal(flushes, 6);
  });

  it('swallows single ids where everything changed, and ignores empty changes', () => {
    const timers = manual();
    const seen: (readonly string[] | null)[] = [];
    const throttle = new ChangeThrottle((ids) => seen.push(ids), 100, timers.schedule);
    throttle.add([]);
    assert.deepEqual(seen, []);
    throttle.add(['a']);
    throttle.add(['b']);
    throttle.add(null);
    throttle.add(['c']);
    timers.tick();
    assert.deepEqual(seen, [['a'], null]);
  });

  it('hands nothing on after it was disposed', () => {
    const timers = manual();
    const seen: unknown[] = [];
    const throttle = new ChangeThrottle((ids) => seen.push(ids), 100, timers.schedule);
    throttle.add(['a']);
    throttle.add(['b']);
    throttle.dispose();
    timers.tick();
    assert.deepEqual(seen, [['a']]);
  });
});
