import type { Commands } from '../../core/agents/tools/tool.ts';
import { EnsembleError } from '../../core/errors.ts';
import { runCommand } from '../files/run-command.ts';

/** A command that takes longer hangs; less than the default time of a task, so that its agent can still say so. Ms. */
const TIMEOUT_MS = 3 * 60_000;
/** More output than this ends the command, bytes. */
const MAX_OUTPUT = 8 * 1024 * 1024;

/** Commands of a folder of this machine. */
export function commandsIn(folder: string): Commands {
  return commandsAt(async (_file, command) => ({ command, folder }));
}

/** Runs programs of this machine: without a shell, without the keys of the environment, and ends with them all that they started. */
export function commandsAt(place: Commands['place'], timeoutMs = TIMEOUT_MS): Commands {
  return {
    place,
    run: async ({ command: [program = '', ...args], folder }, signal) => {
      const limits = { timeoutMs, maxOutput: MAX_OUTPUT, killsGroup: true, signal };
      try {
        const { code, stdout, stderr } = await runCommand(program, args, { ...limits, env: process.env, cwd: folder });
        return { code, output: `${stdout}${stderr}` };
      } catch (cause) {
        signal.throwIfAborted();
        throw new EnsembleError('task-failed', `The command did not run to its end: ${reasonOf(program, cause)}`, {
          cause,
        });
      }
    },
  };
}

function reasonOf(program: string, cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && cause.code === 'ENOENT' ? `${program} is not installed.` : cause.message;
}
