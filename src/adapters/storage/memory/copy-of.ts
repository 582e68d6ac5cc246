/** A deep copy through JSON, so that what comes back is what a database would give back. */
export function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
