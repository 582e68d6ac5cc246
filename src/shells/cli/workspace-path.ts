import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';

/**
 * A path as the person gave it (relative to the working directory) as one relative to the workspace. Links on the way to
 * the working directory are resolved, because the root has them resolved too; what exists below is the core's to judge.
 * Rejects `invalid-input` for one outside.
 */
export async function insideRoot(root: string, cwd: string, given: string): Promise<string> {
  const [realRoot, realCwd] = await Promise.all([root, cwd].map((folder) => realpath(folder).catch(() => folder)));
  const absolute = path.resolve(realCwd ?? cwd, given);
  const folder = await realpath(path.dirname(absolute)).catch(() => path.dirname(absolute));
  const relative = path.relative(
    realRoot ?? root,
    given === '.' ? absolute : path.join(folder, path.basename(absolute)),
  );
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) {
    throw new EnsembleError('invalid-input', `${given} lies outside ${root}.`, {
      hint: 'Go to the folder that it is in, and run the command there.',
    });
  }
  return relative.split(path.sep).join('/');
}
