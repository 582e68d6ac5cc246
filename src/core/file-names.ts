/** Names that Windows keeps for devices, whatever comes behind the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** True: on Windows this file name means a device. */
export function meansDevice(name: string): boolean {
  return DEVICE.test(name);
}

/** The beginning of a text that has at most so many bytes as UTF-8, cut between two characters, never inside of one. */
export function clipBytes(text: string, limit: number): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += encoder.encode(character).byteLength;
    if (bytes > limit) break;
    kept += character;
  }
  return kept;
}

/** Gives names out once each, also on systems that take upper and lower case for the same. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  /** `name` with `ending`, with a number between them where it is taken. */
  take(name: string, ending: string): string {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? `${name}${ending}` : `${name}-${number}${ending}`;
      const key = candidate.toLowerCase();
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return candidate;
    }
  }
}
