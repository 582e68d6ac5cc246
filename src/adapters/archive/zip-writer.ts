import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Texts of one entry, handed over as they are made. */
export type Chunks = AsyncIterable<string> | Iterable<string>;

/**
 * A zip file that is written entry by entry beside its target and gets its name when it is complete. Holds one chunk of an
 * entry and the directory of the file in memory.
 */
export class ZipWriter {
  readonly #target: string;
  readonly #part: string;
  readonly #zip = new ZipFile();
  readonly #written: Promise<void>;
  readonly #time: Date;
  readonly #sums: string[] = [];
  #failure: Error | null = null;
  #stop: (error: Error) => void = () => {};

  /** `target`: absolute path in a folder that exists. `time`: of all entries. */
  constructor(target: string, time: Date) {
    this.#target = target;
    this.#time = time;
    this.#part = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID().slice(0, 8)}.part`);
    const output = createWriteStream(this.#part, { flags: 'wx', mode: 0o600 });
    this.#written = pipeline(this.#zip.outputStream as Readable, output);
    // An error of the file, such as a full disk, must reach whoever waits for an entry.
    const fail = (error: Error) => {
      this.#failure ??= error;
      this.#stop(this.#failure);
    };
    this.#zip.on('error', fail);
    this.#written.catch(fail);
  }

  /** One line per entry, as `sha256sum --check` reads them. */
  get checksums(): string {
    return this.#sums.join('');
  }

  /** Entries so far. */
  get entries(): number {
    return this.#sums.length;
  }

  /** Adds an entry and resolves when its last chunk was taken. Rejects with the error of `chunks` or of the file. */
  async add(name: string, chunks: Chunks): Promise<void> {
    const hash = createHash('sha256');
    await new Promise<void>((resolve, reject) => {
      const hashed = async function* () {
        for await (const chunk of chunks) {
          const bytes = Buffer.from(chunk);
          hash.update(bytes);
          yield bytes;
        }
      };
      const stream = Readable.from(hashed(), { objectMode: false });
      stream.once('end', resolve);
      stream.once('error', reject);
      this.#stop = (error) => {
        reject(error);
        stream.destroy();
      };
      if (this.#failure !== null) this.#stop(this.#failure);
      this.#zip.addReadStream(stream, name, { mtime: this.#time, mode: 0o100644 });
    });
    this.#sums.push(`${hash.digest('hex')}  ${name}\n`);
  }

  /** Completes the file and gives it its name; resolves once it is on the disk. */
  async finish(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    this.#zip.end();
    await this.#written;
    const file = await open(this.#part, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.#part, this.#target);
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    (this.#zip.outputStream as Readable).destroy();
    await this.#written.catch(() => {});
    await rm(this.#part, { force: true });
  }
}
