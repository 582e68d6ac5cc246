import { createInterface } from 'node:readline';
import { cancelledError } from '../../core/errors.ts';
import type { OpenApproval } from '../../core/policy/approval.ts';
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

/** What a person is asked: a title and facts, one a line. */
export type Question = Pick<ApprovalQuestion, 'title' | 'details'>;

/**
 * Shows what is about to happen on standard error and asks on a terminal. Elsewhere nobody can answer: sending was
 * authorised by the invocation itself (design, decision 13), everything else needs `--yes`.
 */
export class TerminalApprover implements Approver {
  readonly #parts: ApproverParts;
  /** Several tasks may ask at once; a person answers one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ApproverParts) {
    this.#parts = parts;
  }

  ask(question: ApprovalQuestion, signal: AbortSignal): Promise<boolean> {
    return this.#agreed(question, question.kind === 'send', signal);
  }

  /** Asks about what the command itself is about to do; where nobody can answer, `--yes` has to be given. */
  confirm(question: Question, signal: AbortSignal): Promise<boolean> {
    return this.#agreed(question, false, signal);
  }

  /** On a terminal anything but yes and no leaves the question for later; elsewhere only `--yes` answers. */
  askDuring(question: OpenApproval, signal: AbortSignal): Promise<boolean | null> {
    const { host, progress, yes } = this.#parts;
    if (!this.#interactive) return Promise.resolve(yes ? true : null);
    const asked = this.#last.then(async () => {
      if (signal.aborted) return null;
      return progress.aside(async () => {
        host.stderr.write(factsOf({ ...question, title: `${question.taskId} asks: ${question.title}` }));
        const line = await this.#line('Allow it? [y/n, anything else: later] ', signal);
        return line === 'other' ? null : line === 'yes';
      });
    });
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  #agreed(question: Question, otherwise: boolean, signal: AbortSignal): Promise<boolean> {
    const { host, progress, yes, quiet } = this.#parts;
    const interactive = this.#interactive;
    return progress.aside(async () => {
      // A question needs its facts, also for somebody who wants to hear nothing else.
      if (!quiet || interactive) host.stderr.write(factsOf(question));
      return interactive ? (await this.#line('Go on? [y/N] ', signal)) === 'yes' : yes || otherwise;
    });
  }

  get #interactive(): boolean {
    const { host, yes } = this.#parts;
    return host.stdin.isTTY === true && host.stderr.isTTY === true && !yes;
  }

  /** Reads one line; the end of the input is neither yes nor no. */
  #line(prompt: string, signal: AbortSignal): Promise<'yes' | 'no' | 'other'> {
    const { stdin, stderr } = this.#parts.host;
    // Not a "terminal" in readline's sense: Ctrl+C stays a signal, and the line editor of the system is good enough.
    const lines = createInterface({ input: stdin, output: stderr, terminal: false });
    return new Promise((resolve, reject) => {
      const abort = () => {
        reject(signal.reason ?? cancelledError());
        lines.close();
      };
      signal.addEventListener('abort', abort, { once: true });
      lines.once('line', (line) => {
        resolve(/^\s*y(es)?\s*$/i.test(line) ? 'yes' : /^\s*no?\s*$/i.test(line) ? 'no' : 'other');
        lines.close();
      });
      lines.once('close', () => {
        signal.removeEventListener('abort', abort);
        resolve('other');
      });
      stderr.write(prompt);
    });
  }
}

function factsOf({ title, details }: Question): string {
  return [oneLine(title), ...details.map((detail) => `  ${oneLine(detail)}`), ''].join('\n');
}
