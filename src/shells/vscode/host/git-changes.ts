import * as vscode from 'vscode';

/** The part of the built-in git extension's API, version 1, that is used here. */
interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

interface GitChange {
  readonly uri: vscode.Uri;
}

interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly state: Readonly<
    Record<
      'mergeChanges' | 'indexChanges' | 'workingTreeChanges' | 'untrackedChanges',
      readonly GitChange[] | undefined
    >
  >;
  status(): Promise<void>;
  diffWith(ref: string): Promise<readonly GitChange[]>;
  /** The text of a file as it was at a commit; rejects where there was none. */
  show(ref: string, path: string): Promise<string>;
}

/** Files that differ from `base` (null: HEAD, with untracked ones) in the repositories of the folders; null: no git here. */
export async function changedUris(
  folders: readonly vscode.Uri[],
  base: string | null,
  signal: AbortSignal,
): Promise<readonly vscode.Uri[] | null> {
  const git = await gitApi();
  signal.throwIfAborted();
  const repositories = git ? repositoriesOf(git, folders) : [];
  if (repositories.length === 0) return null;
  const changes = await Promise.all(repositories.map((repository) => changesOf(repository, base)));
  signal.throwIfAborted();
  return changes.flat().map(({ uri }) => uri);
}

/** Top folders of the git repositories that the open folders lie in or hold; empty: no git here. */
export async function repositoryRoots(folders: readonly vscode.Uri[]): Promise<readonly vscode.Uri[]> {
  const git = await gitApi();
  return git ? repositoriesOf(git, folders).map(({ rootUri }) => rootUri) : [];
}

/** A file's text at `base` (null: the last commit); null: it was not there, or there is no git. */
export async function textAtBase(uri: vscode.Uri, base: string | null): Promise<string | null> {
  const repository = (await gitApi())?.getRepository(uri);
  if (!repository) return null;
  return repository.show(base ?? 'HEAD', uri.fsPath).catch(() => null);
}

function repositoriesOf(git: GitApi, folders: readonly vscode.Uri[]): readonly GitRepository[] {
  const around = folders.flatMap((folder) => git.getRepository(folder) ?? []);
  const inside = git.repositories.filter(({ rootUri }) => vscode.workspace.getWorkspaceFolder(rootUri));
  // A repository's object may be a new one on each call, its folder is not.
  return [...new Map([...around, ...inside].map((each) => [each.rootUri.toString(), each])).values()];
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
