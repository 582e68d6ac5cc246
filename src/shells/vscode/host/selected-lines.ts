/** A selection as the editor has it: 0-based. `vscode.Selection` is one of these. */
export interface EditorSelection {
  readonly isEmpty: boolean;
  readonly start: { readonly line: number };
  readonly end: { readonly line: number; readonly character: number };
}

/**
 * The whole lines that a selection touches, 1-based inclusive: half a line is no code to judge. A selection that ends
 * before the first character of a line does not mean that line. Null: nothing but white space is selected.
 */
export function selectedLines(
  selection: EditorSelection,
  textOfLine: (line: number) => string,
): { readonly first: number; readonly last: number } | null {
  if (selection.isEmpty) return null;
  const { start, end } = selection;
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  for (let line = start.line; line <= last; line++) {
    if (textOfLine(line).trim() !== '') return { first: start.line + 1, last: last + 1 };
  }
  return null;
}
