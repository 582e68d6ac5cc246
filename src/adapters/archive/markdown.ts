/** Text on one line that is nothing but text to Markdown. */
export function inline(value: unknown): string {
  return String(value ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#]/g, '\\$&');
}

/** `- **Name**: value` for each fact that there is. */
export function facts(list: readonly (readonly [string, unknown])[]): string {
  const known = list.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return known.map(([name, value]) => `- **${name}**: ${inline(value)}`).join('\n');
}

/** A code block whose fence is longer than any in the text. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A text or any JSON value as a block. */
export function block(value: unknown): string {
  return typeof value === 'string' ? fenced(value, 'text') : fenced(JSON.stringify(value, null, 2), 'json');
}

/** A line of a table. */
export function tableLine(cells: readonly unknown[]): string {
  return `| ${cells.map(inline).join(' | ')} |\n`;
}

/** A line of a table whose first cell is a link; `title` is Markdown already. */
export function linkedLine(title: string, target: string, cells: readonly unknown[]): string {
  return `| [${title}](${target}) ${tableLine(cells)}`;
}

/** Title and rule of a table. */
export function tableHead(titles: readonly string[]): string {
  return tableLine(titles) + tableLine(titles.map(() => '---'));
}

/** USD with the digits that small sums need. */
export function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : `$${usd.toFixed(usd > 0 && usd < 1 ? 4 : 2)}`;
}
