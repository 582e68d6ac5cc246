import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';
import type { EnsembleEvent } from '../../core/events.ts';
import type { CliHost } from './host.ts';
import { safeJson } from './sanitize.ts';

/** Where `--events` goes. Writing never throws; the first failure is kept for `close`. */
export interface EventSink {
  write(event: EnsembleEvent): void;
  /** Throws `invalid-input` when events could not be written. */
  close(): void;
}

const NO_SINK: EventSink = { write: () => {}, close: () => {} };

/**
 * Opens the target of `--events`: `-` is standard output, null none. A file is replaced, and each line is handed to the
 * system before the next event, so that a killed process leaves whole lines.
 */
export function openEventSink(target: string | null, host: Pick<CliHost, 'cwd' | 'stdout'>): EventSink {
  if (target === null) return NO_SINK;
  if (target === '-') return { ...NO_SINK, write: (event) => void host.stdout.write(`${safeJson(event)}\n`) };
  const file = path.resolve(host.cwd, target);
  const descriptor = attempt(target, () => openSync(file, 'w', 0o600));
  let failure: unknown = null;
  return {
    write: (event) => {
      try {
        if (failure === null) writeSync(descriptor, `${safeJson(event)}\n`);
      } catch (error) {
        failure = error;
      }
    },
    close: () => {
      attempt(target, () => closeSync(descriptor));
      if (failure !== null) throw unwritable(target, failure);
    },
  };
}

function attempt<T>(target: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unwritable(target, error);
  }
}

function unwritable(target: string, cause: unknown): EnsembleError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new EnsembleError('invalid-input', `Events cannot be written to ${target} (${reason}).`, {
    hint: 'Name a file in a folder that exists and that you may write to, or - for standard output.',
    cause,
  });
}
