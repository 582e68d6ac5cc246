/** What a key of a view hands to a command instead of a row. */
const BY_KEY = 'selection';

/** The row and the selected rows that a command is about, whether a menu or a key of the view has called it. */
export function rowsOf(
  argument: unknown,
  selected: unknown,
  selection: readonly string[],
): readonly [argument: unknown, selected: unknown] {
  return argument === BY_KEY ? [selection[0], [...selection]] : [argument, selected];
}
