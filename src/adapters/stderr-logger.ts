import type { Json } from '../core/json.ts';
import type { Logger } from '../core/ports.ts';

/** Levels from most to least talkative; `silent` writes nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Options of {@link createStderrLogger}. */
export interface StderrLoggerOptions {
  /** Messages below it are dropped. Default `warn`. */
  readonly level?: LogLevel;
  /** Receives whole lines. Default: the process's standard error. */
  write?(line: string): void;
}

/** A log for people at a terminal: `warn: message {"field":1}`, one line each, without control characters. */
export function createStderrLogger(options: StderrLoggerOptions = {}): Logger {
  const threshold = LEVELS.indexOf(options.level ?? 'warn');
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const logAt =
    (level: LogLevel) =>
    (message: string, fields?: Record<string, Json>): void => {
      if (LEVELS.indexOf(level) < threshold) return;
      const details = fields && Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
      write(`${printable(`${level}: ${message}${details}`)}\n`);
    };
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}

/** A message may quote what came from outside: line breaks and terminal control sequences in it become spaces. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
