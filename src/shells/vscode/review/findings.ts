import * as vscode from 'vscode';
import type { DismissalReason, Finding, FindingDecision, RunResult } from '../../../core/results.ts';
import type { Session } from '../host/session.ts';
import type { ResultFiles } from '../results/result-files.ts';
import type { RunSources } from '../runs/run-sources.ts';
import { settles } from './decided.ts';
import { diagnosticOf } from './finding-diagnostics.ts';
import { FindingList, type FindingRef, type LineShift, type ListedFinding } from './finding-list.ts';
import { FindingThreads } from './finding-threads.ts';
import { settled } from './settled.ts';
import { type ShownFindings, shownIn } from './shown-findings.ts';

/** What a review has looked at, so that its older findings there go. Lines 1-based inclusive; null: the whole file. */
export interface ReviewedPlace {
  readonly uri: vscode.Uri;
  readonly lines: { readonly first: number; readonly last: number } | null;
}

/** A finding and the document that it is about. */
export interface LocatedFinding extends FindingRef {
  readonly uri: vscode.Uri;
  readonly finding: Finding;
}

/** What the findings of a window work with. */
export interface FindingsParts {
  readonly session: Session;
  readonly sources: RunSources;
  readonly results: ResultFiles;
  readonly memento: vscode.Memento;
  /** Told when a finding was decided about, or no longer is. */
  onDecided(): void;
}

/** Typing pauses at least this long before findings are looked up in the new text, ms. */
const SETTLE_AFTER_MS = 300;

/**
 * The findings that this window shows, as diagnostics and comment threads: what is shown, what people decide about it, and
 * how it follows the text. A reload brings back what was shown.
 */
export class Findings implements vscode.Disposable {
  readonly threads = new FindingThreads();
  readonly #parts: FindingsParts;
  readonly #shown: ShownFindings;
  readonly #list = new FindingList();
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('ensemble');
  readonly #results = new Map<string, vscode.Uri>();
  readonly #subscriptions: vscode.Disposable;
  #restoring: Promise<void> | null = null;

  constructor(parts: FindingsParts) {
    this.#parts = parts;
    this.#shown = shownIn(parts.memento);
    const settle = settled<vscode.TextDocument>(SETTLE_AFTER_MS, (document) => this.#settle(document));
    this.#subscriptions = vscode.Disposable.from(
      this.threads,
      this.#diagnostics,
      settle,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const uri = document.uri.toString();
        if (contentChanges.length === 0 || this.#list.of(uri).length === 0) return;
        this.#list.shift(uri, contentChanges.map(shiftOf));
        settle.add(document);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      vscode.workspace.onDidRenameFiles(({ files }) => this.#renamed(files)),
      vscode.workspace.onDidDeleteFiles(({ files }) => this.#deleted(files)),
    );
  }

  /** Shows the findings of one review instead of what earlier ones found in the same places. */
  async show(
    runId: string,
    {
      places,
      findings,
      document,
    }: {
      readonly places: readonly ReviewedPlace[];
      readonly findings: readonly { readonly uri: vscode.Uri; readonly finding: Finding }[];
      readonly document: vscode.Uri;
    },
  ): Promise<void> {
    this.#results.set(runId, document);
    for (const { uri, lines } of places) this.#list.clear({ uri: uri.toString(), lines });
    const byUri = new Map(findings.map(({ uri }) => [uri.toString(), uri]));
    for (const [name, uri] of byUri) {
      // A file that was deleted during the run, or an untitled one that was closed, has no code to point at.
      const text = (await textOf(uri)) ?? '';
      for (const each of findings) if (each.uri.toString() === name) this.#list.add(runId, name, each.finding, text);
    }
    const touched = new Map([...places.map(({ uri }) => [uri.toString(), uri] as const), ...byUri]);
    for (const uri of touched.values()) this.#render(uri);
    await this.#remember();
  }

  /** Shows again what was shown before the window was reloaded; in a document once it is open. */
  restore(): Promise<void> {
    this.#restoring ??= this.#restore();
    return this.#restoring;
  }

  /** Findings of a document that touch a range, from the top down. */
  at(uri: vscode.Uri, range: vscode.Range): readonly ListedFinding[] {
    return this.#list
      .of(uri.toString())
      .filter(({ place }) => place && place.start.line <= range.end.line && place.end.line >= range.start.line);
  }

  /** True for a finding that is shown here, but whose code has changed since. */
  isStale(ref: FindingRef): boolean {
    return this.#list.find(ref)?.place === null;
  }

  all(): readonly ListedFinding[] {
    return this.#list.all();
  }

  /** The finding after or before a position, round again at the end; null: nothing is shown. */
  neighbour(from: { readonly uri: vscode.Uri; readonly line: number } | null, step: 1 | -1): ListedFinding | null {
    return this.#list.neighbour(from && { uri: from.uri.toString(), line: from.line }, step);
  }

  /** A finding that is shown, or else as it is stored; null: nobody knows it. */
  async lookUp(ref: FindingRef): Promise<LocatedFinding | null> {
    const listed = this.#list.find(ref);
    if (listed) return { ...ref, uri: vscode.Uri.parse(listed.uri, true), finding: listed.finding };
    const { stores } = await this.#parts.session.open();
    const stored = (await stores.findings.list(ref.runId)) as unknown as readonly Finding[];
    const finding = stored.find(({ id }) => id === ref.id);
    const uri = finding && this.#parts.sources.uriOf(ref.runId, finding.file);
    return finding && uri ? { ...ref, uri, finding } : null;
  }

  /** The result of the run that reported a finding; null: the run has not ended. */
  async resultOf({ runId }: FindingRef): Promise<RunResult | null> {
    return (await this.#parts.session.open()).runs.result(runId);
  }

  /** Remembers a decision and takes the finding away. Resolves with how to undo it. */
  async decide(
    located: LocatedFinding,
    decision:
      | { readonly decision: 'accepted' }
      | { readonly decision: 'dismissed'; readonly reason: DismissalReason; readonly note: string | null },
  ): Promise<() => Promise<void>> {
    const { runId, id, uri, finding } = located;
    const { fingerprint, file, title } = finding;
    const why = decision.decision === 'dismissed' ? decision : { reason: null, note: null };
    const { stores } = await this.#parts.session.open();
    const workspace = await this.#workspaceOf(runId);
    const { reason, note } = why;
    await stores.findings.decide(workspace, {
      fingerprint,
      decision: decision.decision,
      reason,
      note,
      runId,
      file,
      title,
    });
    const wasShown = this.#list.find(located) !== null;
    this.#list.remove({ runId, id });
    await this.#decided(uri);
    return async () => {
      await stores.findings.forget(workspace, [fingerprint]);
      if (wasShown) this.#list.add(runId, uri.toString(), finding, await textOf(uri));
      await this.#decided(uri);
    };
  }

  /** Decisions about findings of this workspace, the latest first. */
  async decisions(runId: string | null, workspace: string): Promise<readonly FindingDecision[]> {
    const { stores } = await this.#parts.session.open();
    return stores.findings.decisions(runId === null ? workspace : await this.#workspaceOf(runId));
  }

  /** Forgets decisions, so that the next review shows the findings again. */
  async forget(workspace: string, fingerprints: readonly string[]): Promise<void> {
    await (await this.#parts.session.open()).stores.findings.forget(workspace, fingerprints);
    this.#parts.onDecided();
  }

  /** Takes away what is shown in a document, or everywhere. Nothing is forgotten that was decided. */
  async clear(uri: vscode.Uri | null): Promise<void> {
    for (const name of uri ? [uri.toString()] : this.#list.uris()) {
      this.#list.clear({ uri: name, lines: null });
      this.#render(vscode.Uri.parse(name, true));
    }
    await this.#remember();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #decided(uri: vscode.Uri): Promise<void> {
    this.#render(uri);
    await this.#remember();
    this.#parts.onDecided();
  }

  async #workspaceOf(runId: string): Promise<string> {
    const { record } = await (await this.#parts.session.open()).runs.get(runId);
    return record.workspace ?? '';
  }

  async #restore(): Promise<void> {
    const shown = this.#shown.read();
    const ensemble = shown.length > 0 ? await this.#parts.session.openExisting() : null;
    if (!ensemble) return;
    for (const runId of new Set(shown.map((each) => each.runId))) {
      const record = await ensemble.runs.get(runId).catch(() => null);
      // Deleted from the history meanwhile.
      if (!record) continue;
      this.#results.set(runId, await this.#parts.results.uriOf(runId));
      const decisions = await ensemble.stores.findings.decisions(record.record.workspace ?? '');
      const done = decisions.filter((decision) => settles(decision, runId)).map(({ fingerprint }) => fingerprint);
      const stored = (await ensemble.stores.findings.list(runId)) as unknown as readonly Finding[];
      for (const { id, uri } of shown.filter((each) => each.runId === runId)) {
        const finding = stored.find((each) => each.id === id);
        if (finding && !done.includes(finding.fingerprint)) this.#list.add(runId, uri, finding, null);
      }
    }
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
    this.#updateContext();
  }

  #opened(document: vscode.TextDocument): void {
    const name = document.uri.toString();
    if (this.#list.of(name).length === 0) return;
    this.#list.settle(name, document.getText());
    this.#render(document.uri);
  }

  #settle(document: vscode.TextDocument): void {
    if (!document.isClosed && this.#list.settle(document.uri.toString(), document.getText()))
      this.#render(document.uri);
  }

  #renamed(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): void {
    for (const { oldUri, newUri } of files) {
      for (const name of this.#list.uris()) {
        const moved = movedUri(name, oldUri, newUri);
        if (moved === null) continue;
        this.#list.rename(name, moved.toString());
        this.#render(vscode.Uri.parse(name, true));
        this.#render(moved);
      }
    }
    void this.#remember();
  }

  #deleted(files: readonly vscode.Uri[]): void {
    for (const file of files) {
      for (const name of this.#list.uris()) {
        if (movedUri(name, file, file) !== null) void this.clear(vscode.Uri.parse(name, true));
      }
    }
  }

  #render(uri: vscode.Uri): void {
    const name = uri.toString();
    const listed = this.#list.of(name);
    const diagnostics = listed.flatMap((each) => {
      const result = this.#results.get(each.runId);
      return (result && diagnosticOf(each, result)) ?? [];
    });
    this.#diagnostics.set(uri, diagnostics);
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === name);
    if (document) this.threads.show(document, listed);
    else this.threads.clear(name);
    this.#updateContext();
  }

  #updateContext(): void {
    void vscode.commands.executeCommand('setContext', 'ensemble.hasFindings', this.#list.size > 0);
  }

  async #remember(): Promise<void> {
    await this.#shown.write(this.#list.all().map(({ runId, id, uri }) => ({ runId, id, uri })));
  }
}

function shiftOf({ range, text }: vscode.TextDocumentContentChangeEvent): LineShift {
  return { start: range.start.line, end: range.end.line, newLines: text.split('\n').length - 1 };
}

/** Where a file lies after it, or a folder above it, was moved; null: it is not touched. */
function movedUri(name: string, from: vscode.Uri, to: vscode.Uri): vscode.Uri | null {
  const uri = vscode.Uri.parse(name, true);
  if (uri.scheme !== from.scheme || uri.authority !== from.authority) return null;
  if (uri.path === from.path) return to;
  return uri.path.startsWith(`${from.path}/`) ? uri.with({ path: to.path + uri.path.slice(from.path.length) }) : null;
}

/** The text as the person sees it: of the open document, else of the file; null: it cannot be read. */
export async function textOf(uri: vscode.Uri): Promise<string | null> {
  const name = uri.toString();
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === name);
  if (document) return document.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}
