import type { SourceFile } from './gathered.ts';

/** Where a quote stands. Lines are the file's, offsets those of `SourceFile.text`. */
export interface Anchor {
  readonly file: SourceFile;
  readonly startLine: number;
  readonly endLine: number;
  readonly start: number;
  readonly end: number;
}

/** Fewer characters of code stand everywhere and prove nothing. */
const MIN_CHARACTERS = 3;

/**
 * Finds the quoted code: verbatim in the cited file, else there without regard to white space, else in another of the
 * files at hand, in the same two ways. Of several places the one nearest to `line` counts, without a line the first.
 * Null: it stands nowhere.
 */
export function anchorQuote(
  quote: string,
  cited: { readonly file: string; readonly line: number | null },
  files: readonly SourceFile[],
): Anchor | null {
  const wanted = quote.trim();
  if (squeeze(wanted).length < MIN_CHARACTERS || !/[\p{L}\p{N}]/u.test(wanted)) return null;
  const citedFile = findFile(cited.file, files);
  const others = files.filter((file) => file !== citedFile);
  for (const file of citedFile ? [citedFile, ...others] : others) {
    const line = file === citedFile ? cited.line : null;
    const place = nearest(verbatim(wanted, file), line) ?? nearest(squeezed(wanted, file), line);
    if (place) return place;
  }
  return null;
}

/** By its path, else by the only path that ends or begins like it (`./a.ts`, `project/src/a.ts`, `a.ts`). */
function findFile(cited: string, files: readonly SourceFile[]): SourceFile | null {
  const path = cited.trim().replaceAll('\\', '/').replace(/^\.\//, '');
  const exact = files.find((file) => file.path === path);
  if (exact || path === '') return exact ?? null;
  const alike = files.filter((file) => file.path.endsWith(`/${path}`) || path.endsWith(`/${file.path}`));
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

function verbatim(wanted: string, file: SourceFile): Anchor[] {
  return anchorsAt(file, occurrences(file.text, wanted), (at) => [at, at + wanted.length]);
}

/** Compares without any white space, then maps the place back. */
function squeezed(wanted: string, file: SourceFile): Anchor[] {
  const needle = squeeze(wanted);
  const offsets: number[] = [];
  let hay = '';
  for (const match of file.text.matchAll(/\S+/g)) {
    for (let index = 0; index < match[0].length; index++) offsets.push(match.index + index);
    hay += match[0];
  }
  return anchorsAt(file, occurrences(hay, needle), (at) => [
    offsets[at] ?? 0,
    (offsets[at + needle.length - 1] ?? 0) + 1,
  ]);
}

/** Offsets of all places, ascending, without overlap. */
function occurrences(text: string, wanted: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) found.push(at);
  return found;
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Counts lines once from the top, however many places there are. */
function anchorsAt(file: SourceFile, found: readonly number[], rangeOf: (at: number) => [number, number]): Anchor[] {
  let line = file.startLine;
  let counted = 0;
  return found.map((at) => {
    const [start, end] = rangeOf(at);
    line += countLineBreaks(file.text, counted, start);
    counted = start;
    return { file, start, end, startLine: line, endLine: line + countLineBreaks(file.text, start, end) };
  });
}

function countLineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function nearest(anchors: readonly Anchor[], line: number | null): Anchor | null {
  const [first] = anchors;
  if (first === undefined || line === null) return first ?? null;
  const distance = ({ startLine }: Anchor): number => Math.abs(startLine - line);
  return anchors.reduce((best, one) => (distance(one) < distance(best) ? one : best), first);
}
