/** The remainder of each byte, for the polynomial of zip, PNG and Ethernet. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? 0xed_b8_83_20 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});

/**
 * CRC-32 as in zip, of `bytes` after those that made `start` (default: nothing came before). Browsers have none, and what one
 * host has written another one reads.
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  let sum = ~start;
  for (const byte of bytes) sum = (TABLE[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}
