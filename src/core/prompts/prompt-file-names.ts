import { clipBytes, meansDevice, UniqueNames } from '../file-names.ts';

/** File systems allow 255 bytes; an ending and a number have to fit as well. */
const LONGEST_BYTES = 200;

/**
 * A file name for each prompt that every system accepts, all different, also where letter case does not count. The name itself
 * is in the file.
 */
export function promptFileNames(names: readonly string[]): ReadonlyMap<string, string> {
  const files = new UniqueNames();
  return new Map(names.map((name) => [name, files.take(safeName(name), '.prompt.md')]));
}

function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/\p{Surrogate}/gu, '-')
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '-')
    .replace(/^[.\s]+/, '-');
  const short = clipBytes(plain, LONGEST_BYTES).replace(/[.\s]+$/, '');
  if (short === '') return '-';
  return meansDevice(short) ? `-${short}` : short;
}
