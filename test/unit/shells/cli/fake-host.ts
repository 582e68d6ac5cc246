import { PassThrough, Writable } from 'node:stream';
import type { CliHost, Keyboard, Screen } from '../../../../src/shells/cli/host.ts';

/** A screen that remembers what was written. */
export class FakeScreen extends Writable implements Screen {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 24;
  text = '';

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A process made of plain objects: what is typed, what was printed, and how it was ended. */
export class FakeHost implements CliHost {
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: PassThrough & Keyboard;
  readonly stdout: FakeScreen;
  readonly stderr: FakeScreen;
  readonly exits: number[] = [];
  time = Date.UTC(2026, 0, 31, 12);
  #listeners: (() => void)[] = [];

  constructor({ args = [], tty = false, cwd = '/', home = '/', env = {} }: FakeHostOptions = {}) {
    this.args = args;
    this.env = env;
    this.cwd = cwd;
    this.home = home;
    this.stdin = Object.assign(new PassThrough(), { isTTY: tty });
    this.stdout = new FakeScreen(tty);
    this.stderr = new FakeScreen(tty);
  }

  now = (): number => this.time;

  onStopRequest(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  /** What Ctrl+C does; false when nobody listens. */
  interrupt(): boolean {
    for (const listener of this.#listeners) listener();
    return this.#listeners.length > 0;
  }
}

export interface FakeHostOptions {
  readonly args?: readonly string[];
  readonly tty?: boolean;
  readonly cwd?: string;
  readonly home?: string;
  readonly env?: Record<string, string>;
}
