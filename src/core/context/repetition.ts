/** Lines in a row that are worth a reference instead. */
const FEWEST_LINES = 3;
/** Characters of such lines; shorter ones are not worth it. */
const FEWEST_CHARACTERS = 120;

/** Line numbers as prompts write them before code. */
const LINE_NUMBER = /^\s*\d+\| ?/;

interface Place {
  readonly source: Source;
  readonly line: number;
}

interface Source {
  readonly name: string;
  /** Lines without numbers and outer white space; empty ones are left out. */
  readonly lines: readonly string[];
}

/**
 * Takes out of the texts of one call what an earlier one of them has word for word: the same file, the same quote, the same block of
 * code. In its place stands where it can be read. White space at the ends of lines, line numbers and empty lines do not matter.
 */
export class RepetitionFilter {
  readonly #places = new Map<string, Place>();

  /** Remembers a text that is part of the call as it stands. `name` says to the reader where it is. */
  add(text: string, name: string): void {
    const source = { name, lines: meaningfulLines(text).map(({ plain }) => plain) };
    for (let line = 0; line + FEWEST_LINES <= source.lines.length; line++) {
      const key = keyAt(source.lines, line);
      // The first place is the one that is referred to.
      if (!this.#places.has(key)) this.#places.set(key, { source, line });
    }
  }

  /** The text with repetitions replaced by references; what is left is remembered under `name`. */
  reduce(text: string, name: string): string {
    const lines = text.split('\n');
    const meaningful = meaningfulLines(text);
    const plain = meaningful.map((line) => line.plain);
    const out: string[] = [];
    let copied = 0;
    for (let at = 0; at < plain.length; ) {
      const run = this.#runAt(plain, at);
      const first = meaningful[at];
      const last = meaningful[at + run.length - 1];
      if (run.length === 0 || !first || !last) {
        at++;
        continue;
      }
      out.push(...lines.slice(copied, first.index), `[${run.length} lines as ${run.name}]`);
      copied = last.index + 1;
      at += run.length;
    }
    out.push(...lines.slice(copied));
    const reduced = out.join('\n');
    this.add(reduced, name);
    return reduced;
  }

  /** How many lines from here on stand in a row elsewhere; 0: too few to matter. */
  #runAt(lines: readonly string[], at: number): { readonly length: number; readonly name: string } {
    const none = { length: 0, name: '' };
    if (at + FEWEST_LINES > lines.length) return none;
    const place = this.#places.get(keyAt(lines, at));
    if (!place) return none;
    const { source } = place;
    let length = FEWEST_LINES;
    let characters = lines.slice(at, at + length).reduce((sum, line) => sum + line.length, 0);
    while (at + length < lines.length && lines[at + length] === source.lines[place.line + length]) {
      characters += lines[at + length]?.length ?? 0;
      length++;
    }
    return characters < FEWEST_CHARACTERS ? none : { length, name: source.name };
  }
}

function keyAt(lines: readonly string[], at: number): string {
  return lines.slice(at, at + FEWEST_LINES).join('\n');
}

function meaningfulLines(text: string): { readonly plain: string; readonly index: number }[] {
  return text.split('\n').flatMap((line, index) => {
    const plain = line.replace(LINE_NUMBER, '').trim();
    // Fences differ with what they hold, and the number of a reader's own marks says nothing.
    return plain === '' || /^[`~]{3,}/.test(plain) ? [] : [{ plain, index }];
  });
}
