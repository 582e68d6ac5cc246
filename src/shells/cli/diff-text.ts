import { stripControls } from './sanitize.ts';
import type { Style } from './style.ts';

/**
 * A unified diff as it may be printed: control sequences are removed, because new lines come from a model. A carriage return
 * at the end of a line belongs to the file, and stays where a program reads the diff.
 */
export function diffText(diff: string, style: Style, forTerminal: boolean): string {
  return diff
    .split('\n')
    .map((line) => {
      const safe = stripControls(line);
      return paintOf(safe, style)(safe) + (!forTerminal && line.endsWith('\r') ? '\r' : '');
    })
    .join('\n');
}

function paintOf(line: string, style: Style): (text: string) => string {
  if (line.startsWith('+++') || line.startsWith('---')) return style.bold;
  if (line.startsWith('@@')) return style.cyan;
  if (line.startsWith('+')) return style.green;
  return line.startsWith('-') ? style.red : (text) => text;
}
