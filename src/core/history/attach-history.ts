import type { AuditLog } from '../audit/audit-log.ts';
import { EnsembleError } from '../errors.ts';
import type { HistoryStore, KnownWorkspace } from './history.ts';

/** What is needed to attach histories. */
export interface AttachParts {
  readonly history: Pick<HistoryStore, 'workspaces' | 'attach' | 'identify'>;
  readonly stores: { readonly audit: AuditLog };
}

/** Shows the history of a folder with that of `to`. Nothing is changed in it. Rejects `invalid-input` for the folder itself. */
export async function attachHistory({ history, stores }: AttachParts, from: string, to: string): Promise<void> {
  if (from === to) {
    throw new EnsembleError('invalid-input', 'That is the folder that is open.', { hint: 'Choose another folder.' });
  }
  await history.attach(from, to);
  await stores.audit.record('history-attached', from, { to });
}

/** Undoes {@link attachHistory}. */
export async function detachHistory({ history, stores }: AttachParts, from: string): Promise<void> {
  await history.attach(from, null);
  await stores.audit.record('history-detached', from, null);
}

/** Those that follow none of the others: what follows one comes with it. */
function withoutFollowers(workspaces: readonly KnownWorkspace[]): readonly KnownWorkspace[] {
  return workspaces.filter(({ attachedTo }) => !workspaces.some(({ path }) => path === attachedTo));
}

/** A workspace that was opened. */
export interface OpenedWorkspace {
  readonly path: string;
  /** What it can be known by when it has moved; those that only it can have come with a `folder:` in front. */
  readonly identities: readonly string[];
  /** Whether another workspace is not there any more, so that this one may be it. */
  isGone(path: string): Promise<boolean>;
}

/**
 * Lets the history follow a folder that was renamed or moved: what is known by the same identity and is gone from its place was
 * this one. Where only a weak identity fits (a copy of the same repository), nothing is done unless it fits one folder alone.
 * Resolves with the folders whose history is shown with it from now on.
 */
export async function followWorkspace(parts: AttachParts, opened: OpenedWorkspace): Promise<readonly string[]> {
  const { path, identities } = opened;
  if (path === '' || identities.length === 0) return [];
  const known = await parts.history.workspaces();
  const before = known.find((one) => one.path === path);
  if (JSON.stringify(before?.identities) !== JSON.stringify(identities)) await parts.history.identify(path, identities);
  const fits = (prefix: string) => (one: (typeof known)[number]) =>
    one.path !== path &&
    one.attachedTo !== path &&
    one.identities.some((identity) => identity.startsWith(prefix) && identities.includes(identity));
  const gone = async (candidates: typeof known) => {
    const flags = await Promise.all(candidates.map((one) => opened.isGone(one.path)));
    return candidates.filter((_, index) => flags[index]);
  };
  const sure = await gone(known.filter(fits('folder:')));
  const likely = sure.length > 0 ? [] : withoutFollowers(await gone(known.filter(fits(''))));
  const moved = likely.length === 1 ? likely : sure;
  // It was there, and has come back: what followed it away follows it back.
  if (moved.some((one) => one.path === before?.attachedTo)) await parts.history.attach(path, null);
  for (const one of moved) await attachHistory(parts, one.path, path);
  return moved.map((one) => one.path);
}
