import ignore, { type Ignore } from 'ignore';

/**
 * `.gitignore` says what is not part of the project, `.ensembleignore` what must not leave the machine: a later `!pattern`
 * re-includes only within its own kind, so the second can tighten the first and never loosen it.
 */
export type IgnoreFileName = '.gitignore' | '.ensembleignore';

/** Names of the files to look for in each directory. */
export const IGNORE_FILES: readonly IgnoreFileName[] = ['.gitignore', '.ensembleignore'];

/**
 * The ignore files of a tree, with git's rules: a file's patterns hold below its directory, deeper files override shallower
 * ones, and nothing below an ignored directory can be re-included. Case does not matter. Paths are POSIX, relative to the
 * workspace root.
 */
export class IgnoreRules {
  readonly #byName: Readonly<Record<IgnoreFileName, RuleTree>> = {
    '.gitignore': new RuleTree(),
    '.ensembleignore': new RuleTree(),
  };

  /** Adds an ignore file's text. `directory` is where it stands, `''` for the root. */
  add(directory: string, text: string, name: IgnoreFileName = '.gitignore'): void {
    this.#byName[name].add(directory, text);
  }

  /** A path that leads outside counts as ignored. */
  ignores(path: string, isDirectory: boolean): boolean {
    if (path === '') return false;
    if (!ignore.isPathValid(path)) return true;
    const tested = isDirectory ? `${path}/` : path;
    return IGNORE_FILES.some((name) => this.#byName[name].ignores(path, tested));
  }
}

/** The files of one name. Each directory that has one gets a matcher of its own rules after those of the directories above. */
class RuleTree {
  readonly #lines = new Map<string, string[]>();
  readonly #matchers = new Map<string, Ignore>();

  add(directory: string, text: string): void {
    const lines = text.replace(/^\uFEFF/, '').split('\n');
    const rooted = lines.flatMap((line) => rootedPattern(directory, line.replace(/\r$/, '')));
    this.#lines.set(directory, [...(this.#lines.get(directory) ?? []), ...rooted]);
    this.#matchers.clear();
  }

  ignores(path: string, tested: string): boolean {
    if (this.#lines.size === 0) return false;
    return this.#matcherOf(parentOf(path)).ignores(tested);
  }

  #matcherOf(directory: string): Ignore {
    const cached = this.#matchers.get(directory);
    if (cached) return cached;
    const own = this.#lines.get(directory);
    const above = directory === '' ? ignore() : this.#matcherOf(parentOf(directory));
    const matcher = own ? ignore().add(above).add(own) : above;
    this.#matchers.set(directory, matcher);
    return matcher;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * The time to match grows with a power as high as the number of `**`, and a hostile repository can write any number. From the
 * fifth on the rest is left off, which ignores more, never less.
 */
const MANY_DOUBLE_STARS = /^(?:.*?\*\*){4}(?=.*\*\*)/;

/** The pattern as it would stand in the root's file; none for blank lines and comments. */
function rootedPattern(directory: string, line: string): string[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const negated = line.startsWith('!');
  const tooDeep = MANY_DOUBLE_STARS.exec(line);
  if (tooDeep) return negated ? [] : rootedPattern(directory, tooDeep[0]);
  if (directory === '') return [line];
  const pattern = (negated ? line.slice(1) : line).replace(/^\\(?=[#!])/, '');
  const withoutEnd = pattern.trimEnd().replace(/\/$/, '');
  const below = withoutEnd.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`;
  const prefix = directory.replace(/[\\*?[\]!# ]/g, '\\$&');
  return [`${negated ? '!' : ''}/${prefix}/${below}`];
}
