import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * A temporary folder (its real path) and the function that removes it. An interrupted program removes it as well, when it
 * exits.
 */
export function temporaryFolder(prefix) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), prefix)));
  const removeNow = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.once('exit', removeNow);
  const remove = () => {
    process.off('exit', removeNow);
    removeNow();
  };
  return { folder, remove, keep: () => process.off('exit', removeNow) };
}
