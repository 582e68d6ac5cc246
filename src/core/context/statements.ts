/** A piece of a text that says something by itself. */
export interface Statement {
  /** Without line breaks at its ends. */
  readonly text: string;
  readonly kind: 'heading' | 'prose' | 'code';
  /** False: it goes on behind the statement before, on the same line. */
  readonly startsLine: boolean;
}

const FENCE = /^\s*(`{3,}|~{3,})/;
const HEADING = /^#{1,6}\s/;
/** Sentences end with a mark, white space and what a sentence may begin with. */
const SENTENCE_END = /(?<=[.!?])\s+(?=[\p{Lu}\d`"'([*_])/u;
/** Lines of prose up to this length are one statement. */
const SHORT_LINE = 160;

/** The lines of a text, long lines of prose by their sentences. Empty lines are none. */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = [];
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === null || mark.startsWith(fence))) fence = fence === null ? mark : null;
    if (line.trim() === '') continue;
    if (fence !== null || mark !== undefined) statements.push({ text: line, kind: 'code', startsLine: true });
    else statements.push(...proseOf(line));
  }
  return statements;
}

function proseOf(line: string): Statement[] {
  if (HEADING.test(line)) return [{ text: line, kind: 'heading', startsLine: true }];
  const sentences = line.length > SHORT_LINE ? line.split(SENTENCE_END) : [line];
  return sentences.map((text, index) => ({ text, kind: 'prose', startsLine: index === 0 }));
}
