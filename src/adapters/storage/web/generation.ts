import { crc32 } from '../crc32.ts';

/** One save of the whole database. Numbers grow by one; two windows that wrote the same number differ in `writer`. */
export interface Generation {
  readonly number: number;
  /** Sixteen characters that name the window. */
  readonly writer: string;
  /** Epoch ms. */
  readonly at: number;
}

/** A generation with its content. */
export interface StoredGeneration extends Generation {
  readonly database: Uint8Array;
}

// magic (8) | number (8) | at (8) | writer (16) | length (4) | CRC-32 of the content (4) | CRC-32 of the 48 before (4)
const MAGIC = 'ENSWEB1\n';
const CHECKED_BYTES = 48;
const HEADER_BYTES = 52;

/** The bytes of a file that holds `generation`: a header that checks itself and the content, then the content. */
export function encodeGeneration({ number, writer, at }: Generation, database: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + database.length);
  const view = new DataView(bytes.buffer);
  const put = (text: string, offset: number) => bytes.set(new TextEncoder().encode(text), offset);
  put(MAGIC, 0);
  view.setBigUint64(8, BigInt(number));
  view.setFloat64(16, at);
  put(writer, 24);
  view.setUint32(40, database.length);
  view.setUint32(44, crc32(database));
  view.setUint32(CHECKED_BYTES, crc32(bytes.subarray(0, CHECKED_BYTES)));
  bytes.set(database, HEADER_BYTES);
  return bytes;
}

/** What a file holds; null: it was cut off, or is not one of these files. */
export function decodeGeneration(bytes: Uint8Array): StoredGeneration | null {
  if (bytes.length < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));
  if (text(0, 8) !== MAGIC) return null;
  if (view.getUint32(CHECKED_BYTES) !== crc32(bytes.subarray(0, CHECKED_BYTES))) return null;
  const database = bytes.subarray(HEADER_BYTES);
  if (database.length !== view.getUint32(40) || crc32(database) !== view.getUint32(44)) return null;
  return { number: Number(view.getBigUint64(8)), writer: text(24, 40), at: view.getFloat64(16), database };
}

/** True when both name the same save. */
export function isSame(one: Generation | null, other: Generation | null): boolean {
  return one?.number === other?.number && one?.writer === other?.writer;
}
