/** Bytes that are looked at for a NUL, as git does it. */
const PROBE_BYTES = 8_000;

/** A decoded file, or that it holds no text. */
export type Decoded = { readonly text: string } | { readonly problem: string };

/**
 * Decodes UTF-8, and UTF-16 where a byte order mark says so. The mark is left off. NUL bytes and byte sequences that are
 * not UTF-8 make a file binary.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs('utf-16le', bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs('utf-16be', bytes);
  if (bytes.subarray(0, PROBE_BYTES).includes(0)) return { problem: 'binary: it has NUL bytes' };
  return decodeAs('utf-8', bytes);
}

function decodeAs(encoding: string, bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return { problem: `binary: it is not valid ${encoding.toUpperCase()}` };
  }
}

/** Line breaks of every kind become `\n`, as editors count lines. */
export function withPlainLineBreaks(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
