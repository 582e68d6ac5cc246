import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseStatus } from '../../../core/maintenance.ts';
import { isAlive } from '../process-identity.ts';
import { ownersAt } from '../sqlite/file-mutex.ts';
import { factsOf } from './database-facts.ts';
import type { FileContext } from './operation.ts';
import { isCopyingThread } from './thread-owner.ts';

/** Where the database is, how it is, and who has it open. */
export function databaseStatus({ database, owner }: FileContext): DatabaseStatus {
  const facts = database.transaction('read', () => factsOf(database));
  const holder = database.lockHolder();
  const users = ownersAt(`${database.file}.lock`).filter((user) => !isCopyingThread(user));
  return {
    file: database.file,
    sizeBytes: database.size(),
    ...facts,
    backups: database.backups(),
    quarantined: quarantinedBeside(database.file),
    users: users.map((user) => ({
      pid: user.pid,
      host: user.host.split('.')[0] ?? '',
      isThis: user.nonce === owner.nonce,
      isAlive: isAlive(user),
      holdsLock: user.nonce === holder?.nonce,
    })),
  };
}

/** Folders with damaged files that were replaced, newest first. */
function quarantinedBeside(file: string): string[] {
  const folder = path.dirname(file);
  const names = fs.readdirSync(folder).filter((name) => name.startsWith(`${path.basename(file)}.damaged-`));
  return names
    .sort()
    .reverse()
    .map((name) => path.join(folder, name));
}
