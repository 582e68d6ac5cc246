import type { ByteFiles } from './browser-ports.ts';
import { decodeGeneration, encodeGeneration, type Generation, type StoredGeneration } from './generation.ts';

/** Two files in turn, so that a write that is cut off leaves the former generation as it was. */
const SLOTS = ['ensemble-0.db', 'ensemble-1.db'] as const;

/** The header of the newest generation alone: a look at it tells whether another window has saved. */
const HEAD = 'ensemble.head';

const NO_CONTENT = new Uint8Array(0);

/** What lies in the two files. */
export interface StoredGenerations {
  /** Whole ones, the newest first. */
  readonly whole: readonly StoredGeneration[];
  /** Files that hold something else than a whole generation. */
  readonly broken: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** The last two saves of a database in files. */
export class Generations {
  readonly #files: ByteFiles;

  constructor(files: ByteFiles) {
    this.#files = files;
  }

  get location(): string {
    return this.#files.location;
  }

  /** The newest generation without reading it; null: there is none, or nobody knows. */
  async head(): Promise<Generation | null> {
    const bytes = await this.#files.read(HEAD);
    return bytes && decodeGeneration(bytes);
  }

  async read(): Promise<StoredGenerations> {
    const contents = await Promise.all(SLOTS.map(async (name) => ({ name, bytes: await this.#files.read(name) })));
    const whole: StoredGeneration[] = [];
    const broken: { name: string; bytes: Uint8Array }[] = [];
    for (const { name, bytes } of contents) {
      if (bytes === null) continue;
      const generation = decodeGeneration(bytes);
      if (generation) whole.push(generation);
      else broken.push({ name, bytes });
    }
    return { whole: whole.sort((one, other) => other.number - one.number), broken };
  }

  /** Writes the next generation over the one before the last. Once it resolves, a new window finds it. */
  async write(generation: Generation, database: Uint8Array): Promise<void> {
    await this.#files.write(SLOTS[generation.number % 2 === 0 ? 0 : 1], encodeGeneration(generation, database));
    await this.#files.write(HEAD, encodeGeneration(generation, NO_CONTENT));
  }

  /** Keeps the bytes of a broken file under another name. Returns that name. */
  async setAside({ name, bytes }: StoredGenerations['broken'][number], at: number): Promise<string> {
    const kept = `${name}.damaged-${new Date(at).toISOString().replaceAll(/[-:.]/g, '')}`;
    await this.#files.write(kept, bytes);
    return kept;
  }
}
