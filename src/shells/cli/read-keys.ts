import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EnsembleError } from '../../core/errors.ts';
import type { CliHost } from './host.ts';

/**
 * Reads keys from standard input, one per line, in the order of `labels`. On a terminal each is asked for and not shown
 * while it is typed. Rejects `usage` where a line is missing or empty.
 */
export async function readKeys(
  { stdin, stderr }: Pick<CliHost, 'stdin' | 'stderr'>,
  labels: readonly string[],
): Promise<string[]> {
  if (labels.length === 0) return [];
  const interactive = stdin.isTTY === true;
  // readline echoes what is typed to its output: on a terminal that is a hole, and the question is written beside it.
  const hole = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: hole, terminal: interactive });
  lines.on('SIGINT', () => lines.close());
  const keys: string[] = [];
  const answers = lines[Symbol.asyncIterator]();
  try {
    for (const label of labels) {
      if (interactive) stderr.write(`Key of ${label} (not shown): `);
      const { value, done } = await answers.next();
      if (interactive) stderr.write('\n');
      const key = done ? '' : value.trim();
      if (key === '')
        throw new EnsembleError('usage', `There is no key of ${label} on standard input.`, {
          hint: 'Give one key per line.',
        });
      keys.push(key);
    }
    return keys;
  } finally {
    lines.close();
  }
}
