/**
 * A deep copy of JSON data, so that what comes back is what a database would give back: fields without a value are left out. What
 * is no plain data goes the way through JSON text. Strings, most of what there is, are not copied.
 */
export function copyOf<T>(value: T): T {
  return copied(value) as T;
}

function copied(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => (hasNoJson(one) ? null : copied(one)));
  if (isPlain(value)) {
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      const one = value[name];
      if (name === '__proto__') return throughText(value);
      if (!hasNoJson(one)) copy[name] = copied(one);
    }
    return copy;
  }
  return Number.isFinite(value) && value !== 0 ? value : throughText(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
}

function hasNoJson(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

function throughText(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
