import * as vscode from 'vscode';
import type { Finding } from '../../../core/results.ts';
import { languageOf } from '../../../core/review/languages.ts';
import type { TestOutcomes } from '../edits/test-outcomes.ts';
import type { ComposedText } from '../host/composed-files.ts';
import type { Session } from '../host/session.ts';
import { evidenceDocument } from '../review/finding-text.ts';
import type { RunSources } from '../runs/run-sources.ts';
import { composeResult, type ResultParts } from './compose-result.ts';
import { linkLines } from './link-lines.ts';
import { isPerformance, readPerformance } from './performance-files.ts';
import { RESULT_SCHEME, runIdOfResult } from './result-path.ts';
import { findingOf, resultUri, runIdOf } from './result-uri.ts';

/** The result documents, composed from the database whenever one is read, so that they outlive window and process. */
export class ResultFiles {
  readonly #session: Session;
  readonly #sources: RunSources;
  readonly #testOutcomes: TestOutcomes;
  readonly #changed: (uri: vscode.Uri) => void;

  constructor(session: Session, sources: RunSources, testOutcomes: TestOutcomes, changed: (uri: vscode.Uri) => void) {
    this.#session = session;
    this.#sources = sources;
    this.#testOutcomes = testOutcomes;
    this.#changed = changed;
  }

  /** What a document says now. */
  async compose(uri: vscode.Uri): Promise<ComposedText> {
    if (isPerformance(uri)) {
      return { text: await readPerformance(uri, this.#session), createdAt: new Date().toISOString() };
    }
    const runId = runIdOf(uri);
    const { runs } = await this.#session.open();
    const { record, tasks, messages } = await runs.get(runId);
    const result = await runs.result(runId);
    const linkTo = (file: string, line: number) => {
      const target = this.#sources.uriOf(runId, file);
      return target?.with({ fragment: `L${line}` }).toString() ?? null;
    };
    const findingId = findingOf(uri);
    const text =
      findingId === null
        ? composeResult({ record, tasks, messages, result, linkTo, note: this.#testOutcomes.noteOf(runId) })
        : await this.#evidence(uri, { runId, findingId }, { result, linkTo });
    return { text, createdAt: record.createdAt, updatedAt: record.updatedAt };
  }

  /** Opens the document of a run beside the code or the Dashboard, without taking the focus from it. */
  async open(runId: string): Promise<vscode.Uri> {
    const uri = await this.uriOf(runId);
    this.#changed(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const page = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview;
    const column = vscode.window.activeTextEditor || page ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    await vscode.window.showTextDocument(document, { viewColumn: column, preserveFocus: true, preview: false });
    return uri;
  }

  /** Opens a document with tables where the person is; one that is open already is read again. */
  async openWide(uri: vscode.Uri): Promise<void> {
    this.#changed(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  /** Lets the document of a run be read again where it is open. */
  async refresh(runId: string): Promise<void> {
    this.#changed(await this.uriOf(runId));
  }

  async uriOf(runId: string): Promise<vscode.Uri> {
    const { record } = await (await this.#session.open()).runs.get(runId);
    return resultUri(runId, record.title);
  }

  /** The run of a result document; null: it is another document, such as the evidence of a finding. */
  runOf(uri: vscode.Uri): string | null {
    return uri.scheme === RESULT_SCHEME && findingOf(uri) === null ? runIdOfResult(uri) : null;
  }

  /** True for a run that was started from a prompt of the library. */
  async usedPrompt(runId: string): Promise<boolean> {
    return (await (await this.#session.open()).stores.prompts.promptOf(runId)) !== null;
  }

  /** The findings of a run's result, as they are stored. */
  async findingsOf(runId: string): Promise<readonly Finding[]> {
    const { stores } = await this.#session.open();
    return (await stores.findings.list(runId)) as unknown as readonly Finding[];
  }

  async #evidence(
    uri: vscode.Uri,
    { runId, findingId }: { readonly runId: string; readonly findingId: string },
    { result, linkTo }: Pick<ResultParts, 'result' | 'linkTo'>,
  ): Promise<string> {
    const finding = (await this.findingsOf(runId)).find(({ id }) => id === findingId);
    if (!finding) throw vscode.FileSystemError.FileNotFound(uri);
    const text = evidenceDocument(finding, result, languageOf(finding.file, ''));
    return linkLines(text, [finding.file], linkTo);
  }
}
