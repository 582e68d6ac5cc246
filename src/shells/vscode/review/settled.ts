/** Collects things that go on changing and hands each on once it has rested. */
export interface Settled<T> {
  add(thing: T): void;
  dispose(): void;
}

/** Makes a {@link Settled}: `act` gets a thing when it was not added again for `restMs`. */
export function settled<T>(restMs: number, act: (thing: T) => void): Settled<T> {
  const timers = new Map<T, ReturnType<typeof setTimeout>>();
  return {
    add: (thing) => {
      clearTimeout(timers.get(thing));
      const rest = setTimeout(() => {
        timers.delete(thing);
        act(thing);
      }, restMs);
      timers.set(thing, rest);
    },
    dispose: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
