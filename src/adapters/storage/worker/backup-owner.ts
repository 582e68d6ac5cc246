import type { RunOwner } from '../../../core/ports.ts';

const OWNER_SUFFIX = '-backup';

/** Who holds the lock of the file while a thread of its own copies it; told from the process's other thread, so that both can be given up. */
export function backupOwner(owner: RunOwner): RunOwner {
  return { ...owner, nonce: `${owner.nonce}${OWNER_SUFFIX}` };
}

/** Whether this is no user of the file of its own. */
export function isBackupOwner({ nonce }: RunOwner): boolean {
  return nonce.endsWith(OWNER_SUFFIX);
}
