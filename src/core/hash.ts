import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of the UTF-8 bytes of `text`, 64 lower-case hex digits. Synchronous and free of Node, unlike WebCrypto. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The first 64 bits of {@link sha256Hex}: enough to tell a user's own things apart. */
export function shortHash(text: string): string {
  return sha256Hex(text).slice(0, 16);
}
