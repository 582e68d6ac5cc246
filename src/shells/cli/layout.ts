/** Characters that take two columns on usual terminals: East Asian wide ranges and pictographs. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
/** Characters that take none: combining marks, joiners, variation selectors. */
const ZERO = /\p{Mn}|\p{Me}|[\u200b-\u200d]|[\ufe00-\ufe0f]/u;

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns a plain text (no escape sequences) takes on a terminal; close enough to align columns. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Shortens a plain text to at most `width` columns; an ellipsis says that something is missing. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    kept += character;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Fills a plain text up to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Breaks plain text at spaces into lines of at most `width` columns; keeps its own line breaks. Long words stay whole. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, line];
  });
}

/** One column of a {@link table}. */
export interface Column<T> {
  readonly title: string;
  /** Plain text; one line. */
  text(row: T): string;
  readonly align?: 'left' | 'right';
  /** Takes what the other columns leave and is clipped to it. At most one column. */
  readonly flexible?: boolean;
  /** Colours the padded cell. */
  paint?(cell: string, row: T): string;
}

/** A table without rules, its columns two spaces apart, at most `width` columns wide where a flexible one gives way. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  const flexible = columns.findIndex((column) => column.flexible);
  if (flexible >= 0) {
    const others = widths.reduce((sum, one, index) => (index === flexible ? sum : sum + one), 2 * (columns.length - 1));
    widths[flexible] = Math.max(8, Math.min(widths[flexible] ?? 0, width - others));
  }
  const cell = (text: string, index: number) => {
    const room = widths[index] ?? 0;
    return pad(clip(text, room), room, columns[index]?.align);
  };
  const head = columns.map((column, index) => cell(column.title.toUpperCase(), index)).join('  ');
  const body = rows.map((row, line) =>
    columns
      .map((column, index) => {
        const text = cell(cells[line]?.[index] ?? '', index);
        return column.paint ? column.paint(text, row) : text;
      })
      .join('  '),
  );
  return [head, ...body].map((line) => line.trimEnd());
}
