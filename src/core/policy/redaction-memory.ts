import { secretForms } from './known-secrets.ts';

/** Texts shorter than this are looked through as fast as they are found again, UTF-16 units. */
const SHORTEST_REMEMBERED = 256;
/** All remembered texts together, UTF-16 units; the oldest go first. */
const MOST_REMEMBERED = 2_000_000;

/** What has been made of a list of secrets. */
export interface SecretKnowledge<Made> {
  /** How they can look. */
  readonly forms: readonly string[];
  /** What was made of the texts that were last looked through with them. */
  readonly texts: RecentTexts<Made>;
}

/** What was made of the texts of late: the beginning of a prompt is the same in all calls of a run, and each is sent and kept. */
export class RecentTexts<Made> {
  readonly #made = new Map<string, Made>();
  #length = 0;

  /** What was made of `text`, else what `make` makes of it. */
  of(text: string, make: () => Made): Made {
    if (text.length < SHORTEST_REMEMBERED || text.length > MOST_REMEMBERED) return make();
    let made = this.#made.get(text);
    if (made !== undefined) return made;
    made = make();
    this.#made.set(text, made);
    this.#length += text.length;
    for (const oldest of this.#made.keys()) {
      if (this.#length <= MOST_REMEMBERED) break;
      this.#made.delete(oldest);
      this.#length -= oldest.length;
    }
    return made;
  }
}

/** Remembers what is made of lists of secrets as long as those are in use, and as long as they hold the same. */
export class SecretMemory<Made> {
  readonly #known = new WeakMap<readonly string[], SecretKnowledge<Made> & { readonly secrets: readonly string[] }>();

  of(secrets: readonly string[]): SecretKnowledge<Made> {
    let known = this.#known.get(secrets);
    if (known === undefined || !holdsSame(known.secrets, secrets)) {
      known = { secrets: [...secrets], forms: secretForms(secrets), texts: new RecentTexts() };
      this.#known.set(secrets, known);
    }
    return known;
  }
}

/** A loop, as it is asked for each piece of a streamed text. */
function holdsSame(before: readonly string[], now: readonly string[]): boolean {
  if (before.length !== now.length) return false;
  for (let index = 0; index < now.length; index++) if (before[index] !== now[index]) return false;
  return true;
}
