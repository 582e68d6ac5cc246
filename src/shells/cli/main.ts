import { CommanderError } from 'commander';
import { EnsembleError, type ErrorInfo, toErrorInfo } from '../../core/errors.ts';
import { EXIT, exitCodeOfError } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { globalOptions } from './options.ts';
import { createProgram } from './program.ts';
import { FAULT_HINT, type ReportOptions, reportError } from './report-error.ts';
import { safeMessage } from './safe-message.ts';
import { Session } from './session.ts';

/**
 * Runs one command line to its end and resolves with the exit code. Never rejects: whatever goes wrong is told to the
 * person (or, with `--json`, to the program) in one message.
 */
export async function runCli(host: CliHost): Promise<number> {
  let exitCode: number = EXIT.completed;
  // What commander writes for mistakes: help where a command is missing; everything else we say ourselves.
  let help = '';
  const program = createProgram({
    writeOut: (text) => void host.stdout.write(text),
    writeErr: (text) => {
      help += text;
    },
    columns: host.stdout.isTTY ? (host.stdout.columns ?? 80) : 80,
    perform: async (values, work) => {
      const session = new Session(host, globalOptions(values));
      try {
        exitCode = await work(session);
      } finally {
        await session.close();
      }
    },
  });
  try {
    await program.parseAsync([...host.args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.completed;
    if (error instanceof CommanderError && error.code === 'commander.help') {
      host.stderr.write(help);
      return EXIT.usage;
    }
    const info = describe(error, host.env);
    reportError(host, reportOptions(host.args), info);
    return exitCodeOfError(info);
  }
}

function describe(error: unknown, env: CliHost['env']): ErrorInfo {
  const info = toErrorInfo(error instanceof CommanderError ? usageError(error) : error);
  if (info.code !== 'internal' || info.hint !== null) return info;
  return { ...info, message: safeMessage(info.message, env), hint: FAULT_HINT };
}

/** Read from the raw arguments: they must hold also where commander could make nothing of the rest. */
function reportOptions(args: readonly string[]): ReportOptions {
  const end = args.indexOf('--');
  const given = end < 0 ? args : args.slice(0, end);
  return { json: given.includes('--json'), color: !given.includes('--no-color') };
}

/** Commander's "error: unknown command 'reveiw'\n(Did you mean review?)" as message and hint. */
function usageError({ message }: CommanderError): EnsembleError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const text = first.replaceAll("'", '"');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return new EnsembleError(
    'usage',
    `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`,
    {
      hint: suggestion === '' ? 'See: ensemble --help, or ensemble COMMAND --help' : suggestion,
    },
  );
}
