import { meansDevice } from '../../core/file-names.ts';

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
  return meansDevice(short) ? `_${short}` : short;
}

/** `yyyy-mm` of an ISO time, as the folder of what happened then. */
export function monthOf(at: unknown): string {
  return typeof at === 'string' && /^\d{4}-\d{2}/.test(at) ? at.slice(0, 7) : 'undated';
}

/** `yyyy-mm-dd` of an ISO time. */
export function dayOf(at: unknown): string {
  return typeof at === 'string' && /^\d{4}-\d{2}-\d{2}/.test(at) ? at.slice(0, 10) : 'undated';
}

/** A row's number with zeros in front, so that names sort like rows. */
export function numbered(id: unknown): string {
  return String(id).padStart(6, '0');
}
