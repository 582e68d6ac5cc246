import os from 'node:os';

/** The person's home folder; null where there is none. */
export function homeFolder(): string | null {
  return os.homedir();
}
