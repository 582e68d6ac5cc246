import { createInterface } from 'node:readline';
import { cancelledError } from '../../core/errors.ts';
import type { ApprovalQuestion, Approver } from '../../core/ports.ts';
import type { CliHost } from './host.ts';
import type { Progress } from './progress/progress.ts';
import { oneLine } from './sanitize.ts';

/** How questions are answered. */
export interface ApproverParts {
  readonly host: Pick<CliHost, 'stdin' | 'stderr'>;
  readonly progress: Progress;
  /** `--yes`: agree to everything. */
  readonly yes: boolean;
  readonly quiet: boolean;
}

/**
 * Shows what is about to happen on standard error and asks on a terminal. Elsewhere nobody can answer: sending was
 * authorised by the invocation itself (design, decision 13), everything else needs `--yes`.
 */
export class TerminalApprover implements Approver {
  readonly #parts: ApproverParts;

  constructor(parts: ApproverParts) {
    this.#parts = parts;
  }

  ask(question: ApprovalQuestion, signal: AbortSignal): Promise<boolean> {
    const { host, progress, yes, quiet } = this.#parts;
    const interactive = host.stdin.isTTY === true && host.stderr.isTTY === true && !yes;
    return progress.aside(async () => {
      // A question needs its facts, also for somebody who wants to hear nothing else.
      if (!quiet || interactive) host.stderr.write(factsOf(question));
      return interactive ? this.#answer(signal) : yes || question.kind === 'send';
    });
  }

  /** Reads one line; anything but yes is no, and so is the end of the input. */
  #answer(signal: AbortSignal): Promise<boolean> {
    const { stdin, stderr } = this.#parts.host;
    // Not a "terminal" in readline's sense: Ctrl+C stays a signal, and the line editor of the system is good enough.
    const lines = createInterface({ input: stdin, output: stderr, terminal: false });
    return new Promise<boolean>((resolve, reject) => {
      const abort = () => {
        reject(signal.reason ?? cancelledError());
        lines.close();
      };
      signal.addEventListener('abort', abort, { once: true });
      lines.once('line', (line) => {
        resolve(/^\s*y(es)?\s*$/i.test(line));
        lines.close();
      });
      lines.once('close', () => {
        signal.removeEventListener('abort', abort);
        resolve(false);
      });
      stderr.write('Go on? [y/N] ');
    });
  }
}

function factsOf({ title, details }: ApprovalQuestion): string {
  return [oneLine(title), ...details.map((detail) => `  ${oneLine(detail)}`), ''].join('\n');
}
