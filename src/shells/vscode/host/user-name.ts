import os from 'node:os';

/** Who writes versions of prompts. */
export function userName(): string {
  return os.userInfo().username;
}
