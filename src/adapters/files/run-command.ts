import { type ChildProcess, spawn } from 'node:child_process';

/** Variables that programs of the system need; nothing else is passed on, above all no key. */
const PASSED_ON =
  /^(?:PATH|PATHEXT|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|SystemRoot|SystemDrive|windir|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramData|ProgramFiles|XDG_\w+|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|GNOME_KEYRING_CONTROL)$/i;

/** How a program ended. `code` is null when a signal ended it. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link runCommand}. */
export interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Added to the environment that is passed on. */
  readonly extraEnv?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to the program's standard input, which is then closed. */
  readonly input?: string;
  /** After this time the program is killed and the promise rejects, ms. */
  readonly timeoutMs: number;
  /** More output than this kills the program and rejects, bytes. Default 16 MiB. */
  readonly maxOutput?: number;
  readonly signal?: AbortSignal;
  /** Kills what the program has started too, as far as it stayed in its group (not on Windows). Default: the program alone. */
  readonly killsGroup?: boolean;
}

/** Runs a program; tests pass another function. */
export type CommandRunner = (
  program: string,
  args: readonly string[],
  options: CommandOptions,
) => Promise<CommandResult>;

/**
 * Runs a program without a shell, in a clean environment. Resolves however it ended; rejects with the system's error
 * (`ENOENT`: no such program), on time-out, on too much output, and with the signal's reason.
 */
export const runCommand: CommandRunner = (program, args, options) =>
  new Promise((resolve, reject) => {
    const { signal, timeoutMs, maxOutput = 16 * 1024 * 1024 } = options;
    const detached = options.killsGroup === true && process.platform !== 'win32';
    if (signal?.aborted) return reject(signal.reason);
    const env = { ...cleanEnvironment(options.env), ...options.extraEnv };
    const child = spawn(program, args, { cwd: options.cwd, env, stdio: 'pipe', windowsHide: true, detached });
    const stop = (reason: unknown): void => {
      killAll(child, detached);
      settle(() => reject(reason));
    };
    const onAbort = (): void => stop(signal?.reason);
    const timer = setTimeout(() => stop(new Error(`${program} did not end within ${timeoutMs} ms.`)), timeoutMs);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      end();
    };
    signal?.addEventListener('abort', onAbort, { once: true });

    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let length = 0;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (data: Buffer) => {
        length += data.length;
        if (length > maxOutput) stop(new Error(`${program} wrote more than ${maxOutput} bytes.`));
        else output[name].push(data);
      });
    }
    const textOf = (name: 'stdout' | 'stderr') => Buffer.concat(output[name]).toString('utf8');
    child.on('error', (error) => settle(() => reject(error)));
    child.on('close', (code) => settle(() => resolve({ code, stdout: textOf('stdout'), stderr: textOf('stderr') })));
    // A program that ends without reading its input is judged by how it ended.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });

function killAll(child: ChildProcess, isGroup: boolean): void {
  try {
    if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // The group has ended already.
  }
}

function cleanEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && PASSED_ON.test(name) ? [[name, value]] : [],
    ),
  );
}
