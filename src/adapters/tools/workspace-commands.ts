import type { Commands } from '../../core/agents/tools/tool.ts';
import { EnsembleError } from '../../core/errors.ts';
import { runCommand } from '../files/run-command.ts';

/** A command that takes longer hangs, ms. */
const TIMEOUT_MS = 5 * 60_000;
/** More output than this ends the command, bytes. */
const MAX_OUTPUT = 8 * 1024 * 1024;

/** Runs programs in a folder of this machine: without a shell, in a clean environment, with all that they start. */
export function commandsIn(folder: string): Commands {
  return {
    run: async ([program = '', ...args], signal) => {
      const options = { env: process.env, cwd: folder, timeoutMs: TIMEOUT_MS, maxOutput: MAX_OUTPUT, killsGroup: true };
      try {
        const { code, stdout, stderr } = await runCommand(program, args, { ...options, signal });
        return { code, output: `${stdout}${stderr}` };
      } catch (cause) {
        signal.throwIfAborted();
        const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
        const message = missing
          ? `${program} is not installed.`
          : cause instanceof Error
            ? cause.message
            : String(cause);
        throw new EnsembleError('task-failed', `The command did not run to its end: ${message}`, { cause });
      }
    },
  };
}
