/** What the directory of a zip file says about one of its files. */
export interface ZipEntry {
  /** Path with `/`, as UTF-8. */
  readonly name: Buffer;
  readonly crc: number;
  /** Bytes. */
  readonly size: number;
  /** Bytes as they lie in the archive. */
  readonly packed: number;
  /** Where it begins in the archive. */
  readonly offset: number;
}

/** From these sizes and numbers of files on, the fields of the first zip are too small, and Zip64's are used. */
export interface ZipLimits {
  readonly bytes: number;
  readonly files: number;
}

export const ZIP_LIMITS: ZipLimits = { bytes: 0xff_ff_ff_ff, files: 0xff_ff };

const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;
/** Two sizes of 8 bytes, with their tag. */
const ROOM_FOR_SIZES = 20;
const ZIP64_TAG = 1;
/** Tag of room that readers pass over; Android's tools have it registered. */
const PADDING_TAG = 0xd9_35;
const VERSION = 20;
const ZIP64_VERSION = 45;
/** Names are UTF-8. */
const FLAGS = 0x08_00;
const DEFLATED = 8;
/** Made on Unix: the upper half of the attributes is the mode of the file. */
const MADE_ON_UNIX = 3 << 8;
const MODE = 0o10_06_44;

/** Bytes in front of a file's content. */
export function sizeBeforeContent(name: Buffer): number {
  return LOCAL_HEADER + name.length + ROOM_FOR_SIZES;
}

/** The header in front of a file's content; as long for a large file as for a small one, so that it can be written afterwards. */
export function localHeader({ name, crc, size, packed }: ZipEntry, time: Date, limits: ZipLimits): Buffer {
  const isLarge = Math.max(size, packed) >= limits.bytes;
  const header = Buffer.alloc(sizeBeforeContent(name));
  header.writeUInt32LE(0x04_03_4b_50, 0);
  header.writeUInt16LE(isLarge ? ZIP64_VERSION : VERSION, 4);
  writeCommon(header, 6, time, crc);
  header.writeUInt32LE(isLarge ? 0xff_ff_ff_ff : packed, 18);
  header.writeUInt32LE(isLarge ? 0xff_ff_ff_ff : size, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(ROOM_FOR_SIZES, 28);
  const room = LOCAL_HEADER + name.copy(header, LOCAL_HEADER);
  header.writeUInt16LE(isLarge ? ZIP64_TAG : PADDING_TAG, room);
  header.writeUInt16LE(ROOM_FOR_SIZES - 4, room + 2);
  if (isLarge) for (const [index, value] of [size, packed].entries()) writeLarge(header, value, room + 4 + 8 * index);
  return header;
}

/** A file's line in the directory at the end of the archive. */
export function directoryLine({ name, crc, size, packed, offset }: ZipEntry, time: Date, limits: ZipLimits): Buffer {
  const large = [size, packed, offset].filter((value) => value >= limits.bytes);
  const small = (value: number) => (value >= limits.bytes ? 0xff_ff_ff_ff : value);
  const extra = large.length === 0 ? 0 : 4 + 8 * large.length;
  const line = Buffer.alloc(CENTRAL_HEADER + name.length + extra);
  const version = extra === 0 ? VERSION : ZIP64_VERSION;
  line.writeUInt32LE(0x02_01_4b_50, 0);
  line.writeUInt16LE(version | MADE_ON_UNIX, 4);
  line.writeUInt16LE(version, 6);
  writeCommon(line, 8, time, crc);
  line.writeUInt32LE(small(packed), 20);
  line.writeUInt32LE(small(size), 24);
  line.writeUInt16LE(name.length, 28);
  line.writeUInt16LE(extra, 30);
  line.writeUInt32LE((MODE << 16) >>> 0, 38);
  line.writeUInt32LE(small(offset), 42);
  const end = CENTRAL_HEADER + name.copy(line, CENTRAL_HEADER);
  if (extra > 0) {
    line.writeUInt16LE(ZIP64_TAG, end);
    line.writeUInt16LE(extra - 4, end + 2);
    for (const [index, value] of large.entries()) writeLarge(line, value, end + 4 + 8 * index);
  }
  return line;
}

/** What stands behind the directory: where that begins, its size in bytes and its number of lines. */
export function endOfArchive(start: number, size: number, files: number, limits: ZipLimits): Buffer {
  const isLarge = files >= limits.files || Math.max(start, size) >= limits.bytes;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  for (const at of [8, 10]) end.writeUInt16LE(isLarge ? 0xff_ff : files, at);
  end.writeUInt32LE(isLarge ? 0xff_ff_ff_ff : size, 12);
  end.writeUInt32LE(isLarge ? 0xff_ff_ff_ff : start, 16);
  return isLarge ? Buffer.concat([zip64End(start, size, files), end]) : end;
}

function zip64End(start: number, size: number, files: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06_06_4b_50, 0);
  writeLarge(record, record.length - 12, 4);
  record.writeUInt16LE(ZIP64_VERSION | MADE_ON_UNIX, 12);
  record.writeUInt16LE(ZIP64_VERSION, 14);
  for (const [index, value] of [files, files, size, start].entries()) writeLarge(record, value, 24 + 8 * index);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07_06_4b_50, 0);
  writeLarge(locator, start + size, 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}

/** Flags, method, time and checksum: the same in both headers. */
function writeCommon(header: Buffer, at: number, time: Date, crc: number): void {
  header.writeUInt16LE(FLAGS, at);
  header.writeUInt16LE(DEFLATED, at + 2);
  header.writeUInt16LE((time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1), at + 4);
  header.writeUInt16LE(((time.getFullYear() - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate(), at + 6);
  header.writeUInt32LE(crc, at + 8);
}

function writeLarge(buffer: Buffer, value: number, at: number): void {
  buffer.writeBigUInt64LE(BigInt(value), at);
}
