import type { ZipWriter } from './zip-writer.ts';

/** A file goes on in another one beyond so many characters, so that any editor opens it. */
export const PART_CHARACTERS = 1_000_000;

/** A text and where it belongs. */
export interface Piece {
  /** Path of the file without its ending, such as `runs/2026-01/2026-01-15`. */
  readonly path: string;
  readonly text: string;
}

/** How the files look that pieces are written into. */
export interface PartsOptions<P extends Piece> {
  /** Text at the beginning of a file. `isRest`: there is a file of the same path before it. */
  head(first: P, isRest: boolean): string;
  /** Hears of each piece, and of the file that it is in. */
  onPiece?(piece: P, file: string): void;
  /** Called after each file with the piece that comes next. */
  afterFile?(next: P | null): Promise<void>;
}

/** Writes pieces one behind another into Markdown files of about {@link PART_CHARACTERS}, numbered from the second one of a path on. */
export class PartsWriter {
  readonly #zip: ZipWriter;
  readonly #parts = new Map<string, number>();

  constructor(zip: ZipWriter) {
    this.#zip = zip;
  }

  /** Reads the pieces as they are written. Returns the number of files. */
  async add<P extends Piece>(pieces: Iterator<P, unknown>, options: PartsOptions<P>): Promise<number> {
    let files = 0;
    for (let next = pieces.next(); !next.done; files++) {
      const first = next.value;
      const part = (this.#parts.get(first.path) ?? 0) + 1;
      this.#parts.set(first.path, part);
      const file = `${first.path}${part === 1 ? '' : `-${part}`}.md`;
      const texts = function* () {
        yield options.head(first, part > 1);
        for (let characters = 0; !next.done && next.value.path === first.path && characters < PART_CHARACTERS; ) {
          const { text } = next.value;
          options.onPiece?.(next.value, file);
          characters += text.length;
          yield text;
          next = pieces.next();
        }
      };
      await this.#zip.add(file, texts());
      await options.afterFile?.(next.done ? null : next.value);
    }
    return files;
  }
}
