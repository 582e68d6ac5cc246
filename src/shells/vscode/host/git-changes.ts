import * as vscode from 'vscode';

/** The part of the built-in git extension's API, version 1, that is used here. */
interface GitApi {
  getRepository(uri: vscode.Uri): GitRepository | null;
}

interface GitChange {
  readonly uri: vscode.Uri;
}

interface GitRepository {
  readonly state: Readonly<
    Record<
      'mergeChanges' | 'indexChanges' | 'workingTreeChanges' | 'untrackedChanges',
      readonly GitChange[] | undefined
    >
  >;
  status(): Promise<void>;
  diffWith(ref: string): Promise<readonly GitChange[]>;
}

/** Files that differ from `base` (null: HEAD, with untracked ones) in the repositories of the folders; null: no git here. */
export async function changedUris(
  folders: readonly vscode.Uri[],
  base: string | null,
  signal: AbortSignal,
): Promise<readonly vscode.Uri[] | null> {
  const git = await gitApi();
  signal.throwIfAborted();
  const repositories = new Set(folders.flatMap((folder) => git?.getRepository(folder) ?? []));
  if (repositories.size === 0) return null;
  const changes = await Promise.all([...repositories].map((repository) => changesOf(repository, base)));
  signal.throwIfAborted();
  return changes.flat().map(({ uri }) => uri);
}

async function changesOf(repository: GitRepository, base: string | null): Promise<readonly GitChange[]> {
  await repository.status();
  const { mergeChanges, indexChanges, workingTreeChanges, untrackedChanges } = repository.state;
  const uncommitted = [mergeChanges, indexChanges, workingTreeChanges, untrackedChanges].flatMap(
    (changes) => changes ?? [],
  );
  return base === null ? uncommitted : [...(await repository.diffWith(base)), ...uncommitted];
}

/** Null where git is not installed or disabled: the API throws then. */
async function gitApi(): Promise<GitApi | null> {
  try {
    const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
    return extension ? (await extension.activate()).getAPI(1) : null;
  } catch {
    return null;
  }
}
