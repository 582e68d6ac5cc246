/** A code block whose fence is longer than any row of backticks in the text. */
export function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}${language.replace(/[^\w+#-]/g, '')}\n${text}\n${fence}`;
}

/** Inline code that holds any text, also a path with backticks or line breaks. */
export function codeSpan(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  const ticks = '`'.repeat(longestTicks(line) + 1);
  const space = /^`|`$/.test(line) ? ' ' : '';
  return `${ticks}${space}${line}${space}${ticks}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}

/**
 * Text from a model as it may stand in a document: outside of code, images and HTML are shown as what was written, because
 * rendering them would fetch from an address that the text chose.
 */
export function asProse(text: string): string {
  return text
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]+`)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replace(/!(?=\[)/g, '!\\').replace(/<(?=[A-Za-z/!?])/g, '\\<'),
    )
    .join('');
}
