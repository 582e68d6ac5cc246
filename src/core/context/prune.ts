import { type CountTokens, estimateTokens } from './token-estimate.ts';

/** Room for the line that says what is missing, characters. */
const NOTE_ROOM = 80;

/**
 * Cuts a text to about `maxTokens` by leaving out its middle, at line breaks where there are some near, and says in
 * the text how much is missing. Beginnings state the matter and ends conclude it, so both are kept (S3).
 */
export function pruneText(text: string, maxTokens: number, count: CountTokens = estimateTokens): string {
  const tokens = count(text);
  if (tokens <= maxTokens) return text;
  const characters = Math.floor((text.length * Math.max(0, maxTokens)) / tokens);
  const half = Math.max(0, Math.floor((characters - NOTE_ROOM) / 2));
  const head = cutAtLine(text.slice(0, half), 'end');
  const tail = cutAtLine(text.slice(text.length - half), 'start');
  return `${head}\n[... ${text.length - head.length - tail.length} characters left out ...]\n${tail}`;
}

/** Drops the broken line at one side when that costs less than a quarter of the text, and half a surrogate pair always. */
function cutAtLine(text: string, side: 'start' | 'end'): string {
  if (side === 'end') {
    const lineEnd = text.lastIndexOf('\n');
    return lineEnd > text.length * 0.75 ? text.slice(0, lineEnd) : text.replace(/[\ud800-\udbff]$/, '');
  }
  const lineEnd = text.indexOf('\n');
  return lineEnd !== -1 && lineEnd < text.length * 0.25
    ? text.slice(lineEnd + 1)
    : text.replace(/^[\udc00-\udfff]/, '');
}

/**
 * Shares `total` tokens among texts of these sizes: what is small stays whole, and the large ones get equal parts of
 * the rest.
 */
export function shareTokens(sizes: readonly number[], total: number): number[] {
  const shares = new Array<number>(sizes.length).fill(0);
  let left = total;
  const bySize = [...sizes.entries()].sort(([, a], [, b]) => a - b);
  for (const [rank, [index, size]] of bySize.entries()) {
    const share = Math.min(size, Math.floor(left / (bySize.length - rank)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}
