import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export interface Screen extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** A stream of keys or bytes. */
export interface Keyboard extends Readable {
  readonly isTTY?: boolean;
}

/** The process as the command line sees it, so that it can be run inside a test. */
export interface CliHost {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: Keyboard;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Epoch ms. */
  now(): number;
  /** Hears requests to stop (SIGINT, SIGTERM, SIGHUP) until the returned function is called. */
  onStopRequest(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** Columns that human text may fill: those of the terminal, at most `max`; 80 where there is none. */
export function columnsOf(screen: Screen, max = 120): number {
  return Math.min(max, Math.max(40, screen.isTTY ? (screen.columns ?? 80) : 80));
}
