import type { ErrorInfo } from '../../core/errors.ts';
import { errorDocument } from '../../protocol/json-document.ts';
import type { CliHost } from './host.ts';
import { oneLine, safeJson } from './sanitize.ts';
import { createStyle, mayStyle } from './style.ts';

/** What to do about an error that is no fault of the person. */
export const FAULT_HINT = 'This is a fault of Ensemble. Try again; if it stays, please report this message.';

/** Characters of a line of a prompt that are shown. */
const MAX_LINE = 200;

/** How errors are told. */
export interface ReportOptions {
  readonly json: boolean;
  readonly color: boolean;
}

/** A failed command: the error document on standard output with `--json`, else {@link writeError}. */
export function reportError(host: CliHost, { json, color }: ReportOptions, error: ErrorInfo): void {
  if (json) host.stdout.write(`${safeJson(errorDocument(error), 2)}\n`);
  else writeError(host, color, error);
}

/** Message and what to do next on standard error. Not even `--quiet` silences it. */
export function writeError({ stderr, env }: CliHost, color: boolean, { message, hint, difference }: ErrorInfo): void {
  const style = createStyle(mayStyle({ isTTY: stderr.isTTY === true, color, env }));
  const lines = [`${style.red('error:')} ${oneLine(message)}`];
  if (hint !== null) lines.push(`  ${oneLine(hint)}`);
  if (difference) {
    const { part, line, before, now } = difference;
    lines.push(`  ${part}, line ${line}:`);
    if (before !== null) lines.push(style.red(`  - ${shown(before)}`));
    if (now !== null) lines.push(style.green(`  + ${shown(now)}`));
  }
  stderr.write(`${lines.join('\n')}\n`);
}

function shown(line: string): string {
  const text = oneLine(line);
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE - 1)}…` : text;
}
