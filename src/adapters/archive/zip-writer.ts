import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { directoryLine, endOfArchive, localHeader, sizeBeforeContent, ZIP_LIMITS } from './zip-format.ts';

/** Texts that are compressed at once; a file that has no more is compressed without a stream, which costs more than the work. */
const CHUNK_CHARACTERS = 64_000;
/** Lines of the directory that are put together, because a buffer of its own takes more room than a line. */
const LINES = 500;

/**
 * A zip file that is written file by file. Holds a chunk of the file that is
 * being added, and of the others their lines of the directory. It writes synchronously: it belongs into a thread of its own.
 */
export class ZipWriter {
  readonly #path: string;
  readonly #time: Date;
  readonly #limits: typeof ZIP_LIMITS;
  readonly #descriptor: number;
  readonly #directory: Buffer[] = [];
  #lines: Buffer[] = [];
  #sums: string[] = [];
  #entries = 0;
  #end = 0;
  #isClosed = false;

  /** `path`: of a new file in a folder that exists. `time`: of all files. `limits`: for tests. */
  constructor(path: string, time: Date, limits = ZIP_LIMITS) {
    this.#path = path;
    this.#time = time;
    this.#limits = limits;
    this.#descriptor = fs.openSync(path, 'wx', 0o600);
  }

  /** One line per file, as `sha256sum --check` reads them. */
  get checksums(): readonly string[] {
    return this.#sums;
  }

  /** Files so far. */
  get entries(): number {
    return this.#entries;
  }

  /** Adds a file, one after the other. Rejects with the error of `chunks` or of the disk. */
  async add(name: string, chunks: Iterable<string>): Promise<void> {
    const bytes = Buffer.from(name);
    const content = this.#end + sizeBeforeContent(bytes);
    const sums = new Sums();
    let end = content;
    const write = (packed: Buffer) => {
      this.#write(packed, end);
      end += packed.length;
    };
    const parts = measured(chunks, sums);
    const first = parts.next();
    const second = parts.next();
    if (second.done) write(zlib.deflateRawSync(first.value ?? Buffer.alloc(0)));
    else await deflate(continued([first.value ?? Buffer.alloc(0), second.value], parts), write);
    const entry = { name: bytes, crc: sums.crc, size: sums.size, packed: end - content, offset: this.#end };
    this.#write(localHeader(entry, this.#time, this.#limits), this.#end);
    this.#lines.push(directoryLine(entry, this.#time, this.#limits));
    if (this.#lines.length >= LINES) this.#collect();
    this.#sums.push(`${sums.hash.digest('hex')}  ${name}\n`);
    this.#end = end;
    this.#entries++;
  }

  /** Completes the file and makes sure that it is on the disk. Returns its bytes. */
  finish(): number {
    this.#collect();
    const start = this.#end;
    for (const lines of this.#directory) {
      this.#write(lines, this.#end);
      this.#end += lines.length;
    }
    const end = endOfArchive(start, this.#end - start, this.#entries, this.#limits);
    this.#write(end, this.#end);
    fs.fsyncSync(this.#descriptor);
    this.#close();
    return this.#end + end.length;
  }

  /** Removes what was written. */
  abandon(): void {
    this.#close();
    fs.rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    fs.closeSync(this.#descriptor);
  }

  #collect(): void {
    this.#directory.push(Buffer.concat(this.#lines));
    this.#lines = [];
  }

  #write(bytes: Buffer, at: number): void {
    for (let done = 0; done < bytes.length; )
      done += fs.writeSync(this.#descriptor, bytes, done, bytes.length - done, at + done);
  }
}

/** What is known of a text once it has gone by. */
class Sums {
  readonly hash: Hash = createHash('sha256');
  crc = 0;
  size = 0;

  add(bytes: Buffer): void {
    this.hash.update(bytes);
    this.crc = zlib.crc32(bytes, this.crc);
    this.size += bytes.length;
  }
}

/** The texts as bytes, many small ones as one. */
function* measured(chunks: Iterable<string>, sums: Sums): Generator<Buffer, undefined> {
  let waiting: string[] = [];
  let characters = 0;
  const take = () => {
    const bytes = Buffer.from(waiting.join(''));
    sums.add(bytes);
    waiting = [];
    characters = 0;
    return bytes;
  };
  for (const chunk of chunks) {
    waiting.push(chunk);
    characters += chunk.length;
    if (characters >= CHUNK_CHARACTERS) yield take();
  }
  if (characters > 0) yield take();
}

function* continued(first: readonly Buffer[], rest: Iterable<Buffer>): Generator<Buffer> {
  yield* first;
  yield* rest;
}

/** In a thread of the system, so that the next chunk is made meanwhile. */
async function deflate(parts: Iterable<Buffer>, write: (packed: Buffer) => void): Promise<void> {
  await pipeline(parts, zlib.createDeflateRaw(), async (packed: AsyncIterable<Buffer>) => {
    for await (const bytes of packed) write(bytes);
  });
}
