import { EnsembleError } from '../../../core/errors.ts';

/** No folder of a browser lies on a disk: the editor's file system reads them all. */
export async function readDiskFile(_root: string, segments: readonly string[]): Promise<never> {
  throw new EnsembleError('invalid-input', `${segments.join('/')} is not a file that a browser can read.`);
}

/** There are no links to follow. */
export async function resolveDiskLink(): Promise<null> {
  return null;
}
