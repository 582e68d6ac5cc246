import * as vscode from 'vscode';
import { promptFiles } from '../../../compose.ts';
import { toErrorInfo } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import { knownVariables, withDefaults } from '../../../core/prompts/prompt-rules.ts';
import { renderTemplate } from '../../../core/prompts/safe-template.ts';
import { sentences } from '../host/report.ts';
import { codeEditor } from './code-editor.ts';
import type { LastValues } from './last-values.ts';
import type { PromptShelf } from './prompt-shelf.ts';
import { PROMPT_SCHEME, promptOf } from './prompt-uri.ts';
import { PROMPT_VIEW_SCHEME, type PromptViews } from './prompt-views.ts';

/** Pause in typing after which a preview is made again, ms. */
const PAUSE_MS = 150;
/** Code of a preview; more of it would only hide the prompt. Characters. */
const LONGEST_CODE = 20_000;

/** What a preview is made from. */
export interface PreviewParts {
  readonly shelf: PromptShelf;
  readonly views: PromptViews;
  readonly values: LastValues;
}

/** Prompts as they would be sent, beside their text: made again while one types, and when other code is selected. */
export class PromptPreview implements vscode.Disposable {
  readonly #parts: PreviewParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #subscriptions: vscode.Disposable | null = null;
  /** The code that was selected last: with preview and prompt side by side its editor may be out of sight. */
  #code: { readonly code: string; readonly language: string } | null = null;

  constructor(parts: PreviewParts) {
    this.#parts = parts;
  }

  /** Opens the preview of a prompt document beside it. */
  async show(document: vscode.TextDocument): Promise<void> {
    this.#follow();
    this.#look();
    const uri = await this.#make(document);
    await this.#parts.views.open(uri, vscode.ViewColumn.Beside, true);
  }

  /** Remembers the code that is selected now, before its editor goes out of sight. */
  remember(): void {
    this.#look();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions?.dispose();
  }

  #follow(): void {
    this.#subscriptions ??= vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === PROMPT_SCHEME) this.#soon(document);
      }),
      vscode.window.onDidChangeTextEditorSelection(() => this.#look() && this.#all()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#look() && this.#all()),
    );
  }

  /** Remembers what is selected; true: it is something else than before. */
  #look(): boolean {
    const editor = codeEditor();
    if (!editor) return false;
    const { document, selection } = editor;
    const selected = document.getText(selection);
    const code = (selected.trim() === '' ? document.getText() : selected).slice(0, LONGEST_CODE);
    const before = this.#code;
    this.#code = { code, language: document.languageId };
    return before?.code !== code || before.language !== document.languageId;
  }

  #all(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === PROMPT_SCHEME && !document.isClosed) this.#soon(document);
    }
  }

  #soon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const isShown = vscode.workspace.textDocuments.some(
      ({ uri }) => uri.scheme === PROMPT_VIEW_SCHEME && uri.query === key,
    );
    if (!isShown) return;
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        void this.#make(document);
      }, PAUSE_MS),
    );
  }

  async #make(document: vscode.TextDocument): Promise<vscode.Uri> {
    const { name } = promptOf(document.uri);
    const text = await this.#text(name, document.getText()).catch(
      (error: unknown) => `${vscode.l10n.t('There is no preview:')} ${sentences(toErrorInfo(error))}`,
    );
    return this.#parts.views.set(vscode.l10n.t('Preview of {0}', name), text, document.uri.toString());
  }

  async #text(name: string, written: string): Promise<string> {
    const { shelf, values } = this.#parts;
    const { parsePromptFile } = await promptFiles();
    const { prompt, problems } = parsePromptFile(written);
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => `- ${message}`);
    if (errors.length > 0) return [vscode.l10n.t('There is no preview yet:'), '', ...errors].join('\n');
    const putIn = await (await shelf.library()).putIn(prompt.template, name);
    if (putIn.problems.length > 0) {
      return [vscode.l10n.t('There is no preview yet:'), '', ...putIn.problems.map(({ reason }) => `- ${reason}`)].join(
        '\n',
      );
    }
    const variables = knownVariables(prompt, putIn);
    const given: Record<string, Json> = { ...this.#code, ...values.of(name) };
    const complete = withDefaults(
      variables,
      Object.fromEntries(
        variables.flatMap((one) => (Object.hasOwn(given, one.name) ? [[one.name, given[one.name] ?? null]] : [])),
      ),
    );
    for (const one of variables)
      if (one.required && complete[one.name] === undefined) complete[one.name] = `⟨${one.name}⟩`;
    return renderTemplate(prompt.template, complete, putIn.partials);
  }
}
