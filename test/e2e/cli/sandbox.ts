import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EnsembleEvent } from '../../../src/core/events.ts';

/** The program under test, as it is shipped. */
const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
/** A command that takes longer hangs. */
const TIMEOUT_MS = 45_000;

/** How a command ended. */
export interface CliEnd {
  /** Null: killed by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is started. */
export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Below the workspace. */
  readonly cwd?: string;
}

/** How a command with `--json` ended. */
export interface JsonEnd {
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert the parts they read; run results have a schema of their own.
  readonly document: any;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCli {
  readonly process: ChildProcess;
  readonly end: Promise<CliEnd>;
}

/** A home, a workspace and a clean environment of its own; the commands in it know nothing of this machine's accounts. */
export class Sandbox {
  readonly home: string;
  readonly workspace: string;
  readonly database: string;
  readonly #folder: string;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    this.#folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'ensemble-e2e-')));
    this.home = path.join(this.#folder, 'home');
    this.workspace = path.join(this.#folder, 'work space');
    this.database = path.join(this.home, '.ensemble', 'ensemble.db');
    mkdirSync(this.home);
    mkdirSync(this.workspace);
  }

  /** Writes files below the workspace. */
  write(files: Readonly<Record<string, string | Uint8Array>>, below = this.workspace): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(below, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** Writes the user's config. */
  configure(config: object): void {
    this.write({ '.ensemble/config.json': JSON.stringify({ schema: 1, ...config }) }, this.home);
  }

  git(...args: string[]): void {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', '-c', 'init.defaultBranch=main'];
    execFileSync('git', [...identity, ...args], { cwd: this.workspace, env: this.#environment({}), stdio: 'pipe' });
  }

  start(args: readonly string[], { env = {}, input, cwd = '' }: CliOptions = {}): RunningCli {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: path.join(this.workspace, cwd),
      env: this.#environment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    const end = new Promise<CliEnd>((resolve) => {
      child.once('close', (code) => {
        clearTimeout(timer);
        this.#running.delete(child);
        resolve({ code, ...output });
      });
    });
    return { process: child, end };
  }

  run(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
    return this.start(args, options).end;
  }

  /** Runs a command with `--json`; the whole of its standard output must be one document. */
  async json(args: readonly string[], options?: CliOptions): Promise<JsonEnd> {
    const { code, stdout, stderr } = await this.run([...args, '--json'], options);
    try {
      return { code, document: JSON.parse(stdout), stderr };
    } catch {
      throw new Error(`No JSON document from ${args.join(' ')} (exit ${code}):\n${stdout}\n${stderr}`);
    }
  }

  /** Ends what still runs and removes everything. */
  remove(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const inherited = ['PATH', 'SystemRoot', 'ComSpec', 'PATHEXT'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return {
      ...Object.fromEntries(inherited),
      HOME: this.home,
      USERPROFILE: this.home,
      TMPDIR: this.#folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: this.#folder,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      ...extra,
    };
  }
}

/** The events in an NDJSON text; every line must be whole. */
export function eventsIn(text: string): EnsembleEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EnsembleEvent);
}

/** A file with findings that no reviewer by rules can miss. */
export const BAD_CODE = `import { exec } from 'node:child_process';

export function run(input) {
  return eval(input);
}

export function list(folder) {
  exec('ls ' + folder);
}

export function find(db, name) {
  return db.query("SELECT * FROM users WHERE name = '" + name + "'");
}

export function load(read) {
  try {
    return read();
  } catch (error) {}
}
`;
