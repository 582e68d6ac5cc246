/** Names that Windows keeps for devices, whatever comes behind the first dot. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** File systems allow 255 bytes; an ending and a number have to fit as well. */
const LONGEST_BYTES = 200;

/**
 * A file name for each prompt that every system accepts, all different, also where letter case does not count. The name itself
 * is in the file.
 */
export function promptFileNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const files = new Map<string, string>();
  for (const name of names) {
    const safe = safeName(name);
    let file = `${safe}.prompt.md`;
    for (let count = 2; taken.has(file.toLowerCase()); count++) file = `${safe}-${count}.prompt.md`;
    taken.add(file.toLowerCase());
    files.set(name, file);
  }
  return files;
}

function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/\p{Surrogate}/gu, '-')
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '-')
    .replace(/^[.\s]+/, '-');
  const short = shortened(plain).replace(/[.\s]+$/, '');
  if (short === '') return '-';
  return RESERVED.test(short) ? `-${short}` : short;
}

/** Cut between two characters, never inside of one. */
function shortened(text: string): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += encoder.encode(character).byteLength;
    if (bytes > LONGEST_BYTES) break;
    kept += character;
  }
  return kept;
}
