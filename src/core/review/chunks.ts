import { rangesWithin } from './changed-lines.ts';
import type { LineRange, SourceFile } from './gathered.ts';

/** A file or a range of its lines, as one reviewer gets to see it. */
export interface Piece {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** 1-based inclusive lines of the file. */
  readonly startLine: number;
  readonly endLine: number;
  /** Lines of the whole text that is reviewed; more than the piece's where it was split. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** In a review of changes the changed lines among them; absent: all are to be reviewed. */
  readonly changed?: readonly LineRange[];
}

/** Characters that a line number and its separator take, on average. */
const GUTTER = 6;
/** A split looks back over this share of the piece for a blank line to split at. */
const LOOK_BACK = 0.25;

/**
 * Packs files into chunks of at most `maxCharacters` (line numbers included) in the order given, so that files of one
 * folder come together. A file that is larger is split into ranges of whole lines without overlap, at blank lines where
 * there are some. Nothing is left out but, of a file that is reviewed for its changes, the pieces without any. Only a
 * single line may make a chunk larger than asked.
 */
export function packChunks(files: readonly SourceFile[], maxCharacters: number): Piece[][] {
  const chunks: Piece[][] = [];
  let room = 0;
  for (const piece of files.flatMap((file) => piecesOf(file, maxCharacters))) {
    const size = sizeOf(piece);
    const current = chunks.at(-1);
    if (current && size <= room) current.push(piece);
    else {
      chunks.push([piece]);
      room = maxCharacters;
    }
    room -= size;
  }
  return chunks;
}

function sizeOf({ text, startLine, endLine }: Piece): number {
  return text.length + (endLine - startLine + 1) * GUTTER;
}

function piecesOf(file: SourceFile, maxCharacters: number): Piece[] {
  // What follows the last line break is no line of its own.
  const lines = file.text.replace(/\n$/, '').split('\n');
  const pieces: Piece[] = [];
  for (let from = 0; from < lines.length; ) {
    const to = endOfPiece(lines, from, maxCharacters);
    const startLine = file.startLine + from;
    const endLine = file.startLine + to - 1;
    const changed = file.changed && rangesWithin(file.changed, startLine, endLine);
    const text = lines.slice(from, to).join('\n');
    from = to;
    if (changed?.length === 0) continue;
    pieces.push({
      path: file.path,
      languageId: file.languageId,
      text,
      startLine,
      endLine,
      firstLine: file.startLine,
      lastLine: file.startLine + lines.length - 1,
      ...(changed ? { changed } : {}),
    });
  }
  return pieces;
}

/** Index after the last line of the piece that begins at `from`. */
function endOfPiece(lines: readonly string[], from: number, maxCharacters: number): number {
  let to = from;
  for (let size = 0; to < lines.length; to++) {
    size += (lines[to] ?? '').length + 1 + GUTTER;
    if (size > maxCharacters && to > from) break;
  }
  if (to === lines.length) return to;
  const earliest = to - Math.floor((to - from) * LOOK_BACK);
  for (let line = to; line > earliest; line--) {
    if ((lines[line - 1] ?? '').trim() === '') return line;
  }
  return to;
}
