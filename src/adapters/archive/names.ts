/** Names that Windows keeps for devices, with any ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const LONGEST = 60;

/**
 * Any text as a part of a file name that every system takes: letters, digits, `.`, `_` and `-`, at most 60 characters,
 * `fallback` where nothing is left.
 */
export function fileNamePart(text: string, fallback: string): string {
  const safe = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '-')
    .replace(/\.{2,}/g, '.');
  const short = [...safe]
    .slice(0, LONGEST)
    .join('')
    .replace(/^[-.]+|[-.]+$/g, '');
  if (short === '') return fallback;
  return DEVICES.test(short.split('.')[0] ?? '') ? `${short}-` : short;
}

/** `yyyy-mm` of an ISO time, as the folder of what happened then. */
export function monthOf(at: unknown): string {
  return typeof at === 'string' && /^\d{4}-\d{2}/.test(at) ? at.slice(0, 7) : 'undated';
}

/** A row's number with zeros in front, so that names sort like rows. */
export function numbered(id: unknown): string {
  return String(id).padStart(6, '0');
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
