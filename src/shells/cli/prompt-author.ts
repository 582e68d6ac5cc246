import os from 'node:os';
import type { VersionNote } from '../../core/prompts/prompt.ts';

/** The note of a version that the user of this command line makes. */
export function author(reason: string): VersionNote {
  return { author: os.userInfo().username, reason };
}
