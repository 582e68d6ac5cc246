import type { RunOwner } from '../../../core/ports.ts';

/** The threads of a process that copy the database, beside the one that serves it. */
export const COPYING_THREADS = ['backup', 'export'] as const;

export type CopyingThread = (typeof COPYING_THREADS)[number];

/** Who holds the lock of the file while such a thread copies it; told from the process's other threads, so that each can be given up. */
export function threadOwner(owner: RunOwner, thread: CopyingThread): RunOwner {
  return { ...owner, nonce: `${owner.nonce}-${thread}` };
}

/** Whether this is no user of the file of its own. */
export function isCopyingThread({ nonce }: RunOwner): boolean {
  return COPYING_THREADS.some((thread) => nonce.endsWith(`-${thread}`));
}
