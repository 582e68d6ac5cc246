import * as vscode from 'vscode';
import { applyChanges, fitsBase, plainText } from '../../../core/edits/line-changes.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { RefactorRequest, RunRequest, TestGenerationRequest } from '../../../core/requests.ts';
import type { FileEdit, RunResult } from '../../../core/results.ts';
import { type ChosenVersion, openConflicts, withChosenVersions } from '../../../core/together/chosen-versions.ts';
import type { Session } from '../host/session.ts';
import type { RunSources } from '../runs/run-sources.ts';
import type { ChosenVersions } from './chosen-versions.ts';
import { EDIT_SCHEME, editAddress, parseEditAddress } from './edit-path.ts';
import { textOf } from './text-of.ts';

/** What a run proposes for one file. */
export interface FileProposal {
  readonly edit: FileEdit;
  /** Where the file lies, or will lie; null: nobody knows (a document from elsewhere, its window closed). */
  readonly uri: vscode.Uri | null;
}

/** What a run proposes; nothing of it has been applied by itself. */
export interface Proposal {
  readonly runId: string;
  readonly result: RunResult;
  /** In the order of the result; at least one. */
  readonly files: readonly FileProposal[];
}

/** What the agents of a run have left to the person, and what the person has taken of it. */
export interface OpenConflicts {
  readonly open: ReturnType<typeof openConflicts>;
  readonly chosen: readonly ChosenVersion[];
}

/** A request whose result proposes changes of code. */
export type ChangeRequest = RefactorRequest | TestGenerationRequest;

/** Results, requests and texts kept. */
const KEPT = 50;

/**
 * What runs propose, read from their stored results. The texts before the changes are kept in memory only: they are the
 * person's own code as it was, which belongs into no database of ours.
 */
export class Proposals {
  readonly #session: Session;
  readonly #sources: RunSources;
  readonly #chosen: ChosenVersions;
  readonly #changed: (addresses: readonly vscode.Uri[]) => void;
  readonly #results = new Map<string, RunResult>();
  readonly #requests = new Map<string, ChangeRequest>();
  readonly #texts = new Map<string, string>();

  /** `changed`: told of proposed texts that are others now, because the person took a version. */
  constructor(
    session: Session,
    sources: RunSources,
    chosen: ChosenVersions,
    changed: (addresses: readonly vscode.Uri[]) => void,
  ) {
    this.#session = session;
    this.#sources = sources;
    this.#chosen = chosen;
    this.#changed = changed;
  }

  /** Remembers what a run was asked, so that its changes can be shown even after the document has changed. */
  remember(runId: string, request: RunRequest | ChangeRequest): void {
    if (request.kind !== 'refactor' && request.kind !== 'test-gen') return;
    keep(this.#requests, runId, request);
    if (request.target.type === 'document') this.#keepText(runId, request.target.file, request.target.text);
  }

  /** What a run of this window was asked; null: it is not known any more. */
  requestOf(runId: string): ChangeRequest | null {
    return this.#requests.get(runId) ?? null;
  }

  /** Null: the run proposes nothing, or has not ended. Rejects `not-found` for an unknown run. */
  async of(runId: string): Promise<Proposal | null> {
    const result = await this.#result(runId);
    const edits = result ? withChosenVersions(result, this.#chosen.of(runId)) : [];
    if (!result || edits.length === 0) return null;
    return { runId, result, files: edits.map((edit) => ({ edit, uri: this.#uriOf(runId, edit) })) };
  }

  /** What the agents have left to the person; nothing where the run has not ended. Rejects `not-found` for an unknown run. */
  async openConflicts(runId: string): Promise<OpenConflicts> {
    const result = await this.#result(runId);
    return { open: openConflicts(result ?? {}), chosen: this.#chosen.of(runId) };
  }

  /** Takes a version into the proposal, in the place of another one of the same conflict. Rejects `invalid-input`. */
  async take(runId: string, version: ChosenVersion): Promise<void> {
    const others = this.#chosen.of(runId).filter(({ conflict }) => conflict !== version.conflict);
    const result = (await this.#result(runId)) ?? {};
    const edits = withChosenVersions(result, [...others, version]);
    await this.#chosen.keep(runId, [...others, version]);
    this.#changed(edits.map(({ file }) => this.addressOf(runId, file, 'proposed')));
  }

  /** When the text at an address became what it is, epoch ms; 0: with its run. */
  changedAt(address: vscode.Uri): number {
    const named = parseEditAddress(address.path, address.query);
    return named ? this.#chosen.changedAt(named.runId) : 0;
  }

  /** The address of a proposed text. */
  addressOf(runId: string, file: string, side: 'proposed' | 'base'): vscode.Uri {
    return vscode.Uri.from({ scheme: EDIT_SCHEME, ...editAddress({ runId, file, side }) });
  }

  /** The text for which the edit was made; null: it is not known any more. */
  async baseOf(runId: string, { edit, uri }: FileProposal): Promise<string | null> {
    if (edit.baseHash === null) return '';
    const kept = this.#texts.get(`${runId}/${edit.file}`);
    if (kept !== undefined && fitsBase(edit, kept)) return kept;
    const now = uri && (await textOf(uri));
    if (now === null || !fitsBase(edit, now)) return null;
    this.#keepText(runId, edit.file, now);
    return now;
  }

  /** The bytes of a proposed text. Rejects with what to tell where it cannot be made. */
  async read(address: vscode.Uri): Promise<Uint8Array> {
    const named = parseEditAddress(address.path, address.query);
    const proposal = named && (await this.of(named.runId));
    const file = proposal?.files.find(({ edit }) => edit.file === named?.file);
    if (!named || !file) throw vscode.FileSystemError.FileNotFound(address);
    const base = await this.baseOf(named.runId, file);
    if (base === null) {
      const text = vscode.l10n.t('{0} has changed since, so the proposed text cannot be made of it.', named.file);
      throw vscode.FileSystemError.Unavailable(text);
    }
    return new TextEncoder().encode(named.side === 'base' ? base : applyChanges(base, file.edit.changes));
  }

  #keepText(runId: string, file: string, text: string): void {
    keep(this.#texts, `${runId}/${file}`, plainText(text));
  }

  async #result(runId: string): Promise<RunResult | null> {
    const known = this.#results.get(runId);
    if (known) return known;
    const ensemble = await this.#session.openExisting();
    if (!ensemble) throw new EnsembleError('not-found', vscode.l10n.t('There is no such run.'));
    const result = await ensemble.runs.result(runId);
    if (result) keep(this.#results, runId, result);
    return result;
  }

  #uriOf(runId: string, edit: FileEdit): vscode.Uri | null {
    return edit.baseHash === null ? this.#sources.uriOfNew(runId, edit.file) : this.#sources.uriOf(runId, edit.file);
  }
}

/** Adds to a map of limited size; the oldest entry goes. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
}
