/** The address of a line of a file; null: nobody knows where the file lies. */
export type LinkTo = (file: string, line: number) => string | null;

/** A link in a text: where its label stands (offsets), and where it leads. */
export interface TextLink {
  readonly start: number;
  readonly end: number;
  readonly uri: string;
  /** 1-based. */
  readonly line: number;
}

const FENCE = /^\s*(`{3,}|~{3,})/;
const REFERENCE = /\[([^[\]]+)\]\[(\d+)\]/g;
const DEFINITION = /^\[(\d+)\]: (\S+)#L(\d+)$/gm;

/**
 * Turns each mention of a line, `src/a.ts:12` or `src/a.ts:12-15`, into a link. Only the given files count; code blocks
 * and existing links are left alone, backticks around a mention stay inside the link. The addresses are definitions at
 * the end, because they are long and the text is also read as it is.
 */
export function linkLines(markdown: string, files: readonly string[], linkTo: LinkTo): string {
  if (files.length === 0) return markdown;
  const longestFirst = [...files].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const mention = new RegExp(`(?<![\\w./\\[-])(\`?)(${longestFirst.join('|')}):(\\d+)((?:-\\d+)?)\\1(?![\\w\\]])`, 'g');
  const numbers = new Map<string, number>();
  let fence: string | null = null;
  const lines = markdown.split('\n').map((line) => {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    if (fence !== null || mark !== undefined) return line;
    return line.replace(mention, (text, _tick, file: string, first: string) => {
      const target = linkTo(file, Number(first));
      if (target === null) return text;
      const number = numbers.get(target) ?? numbers.size + 1;
      numbers.set(target, number);
      return `[${text}][${number}]`;
    });
  });
  const definitions = [...numbers].map(([target, number]) => `[${number}]: ${target}`);
  return [...lines, ...(definitions.length === 0 ? [] : ['']), ...definitions].join('\n');
}

/** The links that {@link linkLines} made. The editor's own markdown support leads from a label to its definition only. */
export function linksIn(text: string): readonly TextLink[] {
  const places = new Map(
    [...text.matchAll(DEFINITION)].map(([, number, uri = '', line]) => [number, { uri, line: Number(line) }]),
  );
  return [...text.matchAll(REFERENCE)].flatMap(({ index, 1: label = '', 2: number }) => {
    const place = places.get(number);
    return place === undefined ? [] : [{ start: index + 1, end: index + 1 + label.length, ...place }];
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
