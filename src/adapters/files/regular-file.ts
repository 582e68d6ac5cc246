import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes are read in pieces of this size, so that a small file never costs the limit's worth of memory. */
const PIECE = 64 * 1024;

/** Content of a file, up to a limit. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly truncated: boolean;
}

/**
 * Opens a file for reading without following a link at its end and without waiting for a pipe's other end, and closes it
 * when `use` is done. Rejects with `NotRegular` for anything but a regular file, else with the system's error.
 */
export async function withRegularFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  // O_NOFOLLOW and O_NONBLOCK are 0 where the system has no such thing.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags);
  try {
    if (!(await file.stat()).isFile()) throw new NotRegular();
    return await use(file);
  } finally {
    await file.close();
  }
}

/** A directory, pipe, socket or device stands where a file was expected. */
export class NotRegular extends Error {
  constructor() {
    super('Not a regular file.');
    this.name = 'NotRegular';
  }
}

/** At most `maxBytes` bytes from the beginning, however large the file is or becomes. */
export async function readUpTo(file: FileHandle, maxBytes: number): Promise<FileContent> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  // One byte more than the limit tells whether there is more.
  while (length <= maxBytes) {
    const piece = new Uint8Array(Math.min(PIECE, maxBytes + 1 - length));
    const { bytesRead } = await file.read(piece, 0, piece.length, length);
    if (bytesRead === 0) break;
    pieces.push(piece.subarray(0, bytesRead));
    length += bytesRead;
  }
  const bytes = Buffer.concat(pieces).subarray(0, maxBytes);
  return { bytes, truncated: length > maxBytes };
}

/**
 * Text of a settings file, at most `maxBytes` long; null where there is none. Links are followed: settings are often kept
 * elsewhere. Rejects with `NotRegular`, or with the system's error.
 */
export async function readSettingsText(path: string, maxBytes: number): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    if (!(await file.stat()).isFile()) throw new NotRegular();
    const { bytes, truncated } = await readUpTo(file, maxBytes);
    if (truncated) throw new Error(`It is larger than ${maxBytes} bytes.`);
    return new TextDecoder().decode(bytes);
  } finally {
    await file.close();
  }
}

/** True for the errors that mean "there is no such file". */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}
