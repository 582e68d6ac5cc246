import { devNull } from 'node:os';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';
import type { CommandResult, CommandRunner } from './run-command.ts';

/** Time that one git command may take, ms. */
const GIT_TIMEOUT_MS = 30_000;

/** Bounds the list of a huge repository, bytes. */
const MAX_LIST = 64 * 1024 * 1024;

/**
 * Settings that take from a repository's own configuration what could run a program or open a connection: hooks, the file
 * system monitor, fetching of missing objects.
 */
const SAFE_SETTINGS: readonly (readonly [string, string])[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', devNull],
  ['protocol.allow', 'never'],
  ['core.quotePath', 'false'],
];

/** What listing changes needs. */
export interface GitContext {
  readonly run: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The repository's top directory, absolute. */
  readonly root: string;
  readonly signal: AbortSignal;
}

/**
 * Paths (relative to the root, deleted ones included) that differ from `base`: since the commit where the present branch left
 * it, with what is not committed and not tracked. `base` null: everything not committed. In a repository without a
 * commit that is every file not ignored. Null where git is not installed. Rejects `invalid-input` for an unknown base
 * and for a repository that git will not read.
 */
export async function changedPaths(context: GitContext, base: string | null): Promise<readonly string[] | null> {
  try {
    const git = await safeGit(context);
    const from = await startOf(git, base);
    const tracked = from === null ? ['ls-files', '-z', '--cached'] : [...DIFF, from, '--'];
    const lists = [await git(tracked), await git(['ls-files', '-z', '--others', '--exclude-standard'])];
    for (const list of lists) if (list.code !== 0) throw gitFailed(list.stderr);
    return [...new Set(lists.flatMap(({ stdout }) => stdout.split('\0')))].filter((path) => path !== '').sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') return null;
    throw error;
  }
}

/** Git processes that read texts at the same time. */
const READERS = 4;

/**
 * Texts of files as they were where {@link changedPaths} compares with `base`. What did not exist there is missing, and
 * everything is where git is not installed or nothing is committed. Rejects like {@link changedPaths}.
 */
export async function textsAtBase(
  context: GitContext,
  base: string | null,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  try {
    const git = await safeGit(context);
    const from = await startOf(git, base);
    if (from === null) return texts;
    const queue = [...paths];
    const read = async () => {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        const { code, stdout } = await git(['cat-file', 'blob', `${from}:${path}`]);
        if (code === 0) texts.set(path, stdout);
      }
    };
    await Promise.all(Array.from({ length: READERS }, read));
    return texts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') return texts;
    throw error;
  }
}

/** Renames count as one file gone and one added. */
const DIFF = ['diff', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all'];

type Git = (args: readonly string[]) => Promise<CommandResult>;

/** Git with the safe settings, and with the repository's own content filters off: they are programs too. */
async function safeGit({ run, env, root, signal }: GitContext): Promise<Git> {
  const gitWith =
    (settings: readonly (readonly [string, string])[]): Git =>
    (args) =>
      run('git', ['--no-pager', ...args], {
        env,
        extraEnv: { ...settingsEnvironment(settings), GIT_CEILING_DIRECTORIES: path.dirname(root) },
        cwd: root,
        timeoutMs: GIT_TIMEOUT_MS,
        maxOutput: MAX_LIST,
        signal,
      });
  const plain = gitWith(SAFE_SETTINGS);
  const filters = await plain([
    'config',
    '--local',
    '--includes',
    '-z',
    '--name-only',
    '--get-regexp',
    '^filter\\..*\\.(clean|process)$',
  ]);
  const names = filters.stdout.split('\0').filter((name) => name !== '');
  return gitWith([...SAFE_SETTINGS, ...names.map((name) => [name, ''] as const)]);
}

/** Settings by environment variables, which take any name and value and stand in no process list. */
function settingsEnvironment(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const result: Record<string, string> = {
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
  for (const [index, [name, value]] of settings.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = name;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return result;
}

/** The commit to compare with; null in a repository without one. */
async function startOf(git: Git, base: string | null): Promise<string | null> {
  const head = await commitOf(git, 'HEAD');
  if (base === null) return head;
  const wanted = await commitOf(git, base);
  if (wanted === null) {
    throw new EnsembleError('invalid-input', `Git knows no commit, branch or tag "${base}".`, {
      hint: 'Name one that exists here, or fetch it first.',
    });
  }
  const common = head === null ? null : await git(['merge-base', wanted, head]);
  return common?.code === 0 ? common.stdout.trim() : wanted;
}

async function commitOf(git: Git, name: string): Promise<string | null> {
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  if (found.code === 0) return found.stdout.trim();
  // Quiet means: no message where the name is merely unknown.
  if (found.stderr.trim() !== '') throw gitFailed(found.stderr);
  return null;
}

function gitFailed(stderr: string): EnsembleError {
  const reason = stderr.trim().split('\n', 1)[0] || 'no reason given';
  return new EnsembleError('invalid-input', `Git could not list the changes: ${reason}`, {
    hint: 'Make `git status` work in this folder first.',
  });
}
