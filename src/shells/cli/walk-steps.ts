import { createInterface } from 'node:readline';
import type { Session } from './session.ts';

const HELP = 'Enter or n: next, p: previous, a number: that step, q: end';

/**
 * Shows steps one by one on a terminal, as a person asks for them; ends after the last, with `q`, Ctrl+C or the end of the input.
 * `count` is at least 1, `start` an index.
 */
export async function walkSteps(
  session: Session,
  { count, start }: { readonly count: number; readonly start: number },
  textOf: (index: number) => Promise<readonly string[]>,
): Promise<void> {
  const { stdin, stderr } = session.host;
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  session.interrupts.arm(
    () => lines.close(),
    () => lines.close(),
  );
  const ask = (at: number) => stderr.write(session.style.dim(`[${at + 1}/${count}] ${HELP} `));
  try {
    let at = start;
    session.print((await textOf(at)).join('\n'));
    ask(at);
    for await (const line of lines) {
      const next = nextStep(line.trim().toLowerCase(), at, count);
      if (next === null) return;
      if (next !== at) session.print((await textOf(next)).join('\n'));
      at = next;
      ask(at);
    }
  } finally {
    lines.close();
  }
}

/** The step that a person asks for; the present one where there is no such step; null: no more. */
export function nextStep(typed: string, at: number, count: number): number | null {
  if (typed === 'q' || typed === 'quit') return null;
  if (typed === '' || typed === 'n') return at + 1 < count ? at + 1 : null;
  if (typed === 'p') return Math.max(0, at - 1);
  const wanted = /^\d{1,9}$/.test(typed) ? Number(typed) - 1 : at;
  return wanted >= 0 && wanted < count ? wanted : at;
}
