import type { Session } from './session.ts';

/** Runs a command's work in a session made from all options that were given; the work resolves with the exit code. */
export type Perform = (
  values: Readonly<Record<string, unknown>>,
  work: (session: Session) => Promise<number>,
) => Promise<void>;
