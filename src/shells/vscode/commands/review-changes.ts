import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import { repositoryRoots } from '../host/git-changes.ts';
import { actions, notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';

/** What the source control view hands over: a repository, a group of changes, or one of them. */
interface ScmArgument {
  readonly rootUri?: vscode.Uri;
  readonly resourceUri?: vscode.Uri;
  readonly resourceStates?: readonly { readonly resourceUri: vscode.Uri }[];
}

/** Reviews what is not committed: of a repository, of a group of changes, of single files; of all that is open else. */
export async function reviewChanges(shell: Shell, argument: unknown, more: readonly unknown[]): Promise<void> {
  const resources = [argument, ...more].flatMap(resourcesOf);
  if (resources.length > 0)
    return review(
      shell,
      resources.flatMap((uri) => shell.workspace.pathOf(uri) ?? []),
      resources,
    );
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  if (folders.length === 0) {
    const text = vscode.l10n.t('No folder is open. Open one to review its changes.');
    return notify({ level: 'info', text, buttons: [actions.openFolder()] });
  }
  const given = rootOf(argument);
  const roots = given ? [given] : await repositoryRoots(folders);
  if (roots.length === 0) {
    const text = vscode.l10n.t('There is no git repository in the open folders, so nothing counts as changed.');
    return notify({ level: 'info', text, buttons: [actions.reviewFile()] });
  }
  const picked = roots.length === 1 ? roots : await pickRoots(roots);
  if (picked)
    await review(
      shell,
      picked.flatMap((root) => pathsBelow(shell, root, folders)),
      picked,
    );
}

async function review(shell: Shell, paths: readonly string[], asked: readonly vscode.Uri[]): Promise<void> {
  if (paths.length === 0) {
    throw new EnsembleError(
      'nothing-to-review',
      vscode.l10n.t('{0} is not in the open folders.', asked[0]?.path ?? ''),
    );
  }
  const signal = new AbortController().signal;
  const changed = (await shell.workspace.changedFiles(null, signal)) ?? [];
  if (!changed.some((path) => paths.some((above) => above === '' || path === above || path.startsWith(`${above}/`)))) {
    const text = vscode.l10n.t('There are no changes to review: everything is committed.');
    return notify({ level: 'info', text, buttons: [] });
  }
  const everything = paths.includes('');
  const target = { type: 'diff', base: null, ...(everything ? {} : { paths }) } as const;
  await shell.runs.launch(
    { kind: 'review', depth: 'standard', target },
    vscode.l10n.t('Reviewing uncommitted changes'),
    { document: null },
  );
}

/** A repository as paths of ours: itself, or the open folders that lie in it. */
function pathsBelow(shell: Shell, root: vscode.Uri, folders: readonly vscode.Uri[]): string[] {
  const path = shell.workspace.pathOf(root);
  if (path !== null) return [path];
  const inside = folders.filter((folder) => `${folder.path}/`.startsWith(`${root.path}/`));
  return inside.flatMap((folder) => shell.workspace.pathOf(folder) ?? []);
}

async function pickRoots(roots: readonly vscode.Uri[]): Promise<readonly vscode.Uri[] | undefined> {
  const each = roots.map((root) => ({
    label: root.path.split('/').filter(Boolean).at(-1) ?? root.path,
    description: root.scheme === 'file' ? root.fsPath : root.toString(),
    roots: [root],
  }));
  const all = { label: vscode.l10n.t('All Repositories'), description: '', roots };
  const placeHolder = vscode.l10n.t('The changes of which repository shall be reviewed?');
  return (await vscode.window.showQuickPick([all, ...each], { placeHolder }))?.roots;
}

function resourcesOf(argument: unknown): vscode.Uri[] {
  if (typeof argument !== 'object' || argument === null) return [];
  const { resourceUri, resourceStates } = argument as ScmArgument;
  if (resourceUri) return [resourceUri];
  return (resourceStates ?? []).map((state) => state.resourceUri);
}

function rootOf(argument: unknown): vscode.Uri | null {
  if (typeof argument !== 'object' || argument === null) return null;
  return (argument as ScmArgument).rootUri ?? null;
}
