import fs from 'node:fs';
import path from 'node:path';
import { capture } from '../../../scripts/lib/process.mjs';
import { inProject, ScriptError } from '../../../scripts/lib/project.mjs';
import { temporaryFolder } from '../../../scripts/lib/temporary.mjs';

/** One commit of everything, by an author who exists nowhere else: the machine's git configuration plays no part. */
function makeRepository(folder) {
  const git = (...args) =>
    capture('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', ...args], { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'start');
}

/**
 * A throw-away folder to open in a window: a copy of `workspace` (relative to the project root, default: empty) with
 * `files` written into it, as a git repository when `git` is set.
 *
 * @param {{ workspace?: string, files?: Record<string, string>, git?: boolean }} options
 */
export function createWorkspace({ workspace, files = {}, git = false } = {}) {
  const { folder: parent, remove } = temporaryFolder('ensemble-workspace-');
  const folder = path.join(parent, workspace ? path.basename(workspace) : 'workspace');
  fs.mkdirSync(folder);
  if (workspace) {
    if (!fs.existsSync(inProject(workspace))) throw new ScriptError(`The workspace ${workspace} does not exist.`);
    fs.cpSync(inProject(workspace), folder, { recursive: true });
  }
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  if (git) makeRepository(folder);
  return { folder, remove };
}
