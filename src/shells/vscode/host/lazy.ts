/** A value that is made on the first call and then shared. */
export interface Lazy<T> {
  (): Promise<T>;
  /** The value if anybody has asked for it and it could be made; null otherwise. Makes nothing. */
  started(): Promise<T | null>;
}

/** Makes a {@link Lazy}. A failed attempt is forgotten, so that the next call tries again. */
export function lazy<T>(make: () => Promise<T>): Lazy<T> {
  let made: Promise<T> | null = null;
  const get = (): Promise<T> => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
  const started = async (): Promise<T | null> => made?.catch(() => null) ?? null;
  return Object.assign(get, { started });
}
