/** A place in a text: lines 1-based inclusive, columns 0-based, the end column exclusive. */
export interface Place {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * Finds where a quote stands in the text as it is now, nearest to the line where it stood: literally, else line by line
 * without regard to white space (which also bridges CRLF). Null: it is not there any more.
 */
export function locateQuote(text: string, quote: string, nearLine: number): Place | null {
  if (quote.trim() === '') return null;
  const lines = text.split('\n');
  return nearest([...literal(text, quote)], nearLine) ?? nearest([...byLines(lines, quote)], nearLine);
}

function nearest(places: readonly Place[], line: number): Place | null {
  return places.reduce<Place | null>(
    (best, place) => (best && Math.abs(best.startLine - line) <= Math.abs(place.startLine - line) ? best : place),
    null,
  );
}

function* literal(text: string, quote: string): Generator<Place> {
  const trimmed = quote.trim();
  let line = 1;
  let lineStart = 0;
  for (let from = text.indexOf(trimmed); from >= 0; from = text.indexOf(trimmed, from + 1)) {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < from; next = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = next + 1;
    }
    const inner = trimmed.split('\n');
    const last = inner.at(-1) ?? '';
    const startColumn = from - lineStart;
    const endColumn = inner.length === 1 ? startColumn + trimmed.length : last.length;
    yield { startLine: line, startColumn, endLine: line + inner.length - 1, endColumn };
  }
}

function* byLines(lines: readonly string[], quote: string): Generator<Place> {
  const wanted = quote.trim().split('\n').map(squeeze);
  const squeezed = lines.map(squeeze);
  for (let start = 0; start + wanted.length <= lines.length; start++) {
    if (!wanted.every((line, offset) => squeezed[start + offset] === line)) continue;
    const end = start + wanted.length - 1;
    const first = lines[start] ?? '';
    yield {
      startLine: start + 1,
      startColumn: first.length - first.trimStart().length,
      endLine: end + 1,
      endColumn: (lines[end] ?? '').trimEnd().length,
    };
  }
}

function squeeze(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}
