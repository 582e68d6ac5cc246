/**
 * Parses JSON. Throws an Error that says where it is wrong but quotes nothing of the text, which may hold a key (the
 * engine's own message quotes).
 */
export function parseJsonText(text: string): unknown {
  const content = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new Error(
      `It is not valid JSON (${placeOf(content, position === undefined ? firstOddity(content) : Number(position))}).`,
    );
  }
}

/** The engine leaves the position out where it quotes the text; then the first thing that is no token of JSON is it. */
function firstOddity(text: string): number {
  const token = /\s+|[{}[\],:]|"(?:[^"\\\p{Cc}]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;
  let position = 0;
  while (token.test(text)) position = token.lastIndex;
  return position;
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
