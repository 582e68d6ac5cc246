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
    throw new Error(`It is not valid JSON${position === undefined ? '' : ` (${placeOf(content, Number(position))})`}.`);
  }
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
