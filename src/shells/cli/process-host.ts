import { homedir } from 'node:os';
import { toErrorInfo } from '../../core/errors.ts';
import { EXIT } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { GIVE_BACK } from './progress/progress.ts';
import { FAULT_HINT } from './report-error.ts';
import { safeMessage } from './safe-message.ts';
import { oneLine } from './sanitize.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The real process. Ends quietly when the reader of its output goes away, as in `ensemble ... | head`. */
export function processHost(): CliHost {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  process.on('uncaughtException', crash);
  return {
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Date.now(),
    onStopRequest: (listener) => {
      for (const signal of STOP_SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener);
      };
    },
    exit: endProcess,
  };
}

/** Ends the process once both streams have taken what was written: pipes are asynchronous on some systems. */
function endProcess(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

/** A fault nobody caught, such as a rejection in the background: a sentence instead of a stack, and the terminal as it was. */
function crash(error: unknown): void {
  const repair = process.stderr.isTTY ? GIVE_BACK : '';
  process.stderr.write(
    `${repair}error: ${oneLine(safeMessage(toErrorInfo(error).message, process.env))}\n  ${FAULT_HINT}\n`,
  );
  process.exit(EXIT.failed);
}
