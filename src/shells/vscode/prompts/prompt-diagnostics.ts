import * as vscode from 'vscode';
import type { PromptProblem } from '../../../compose.ts';
import type { PromptShelf } from './prompt-shelf.ts';
import { promptOf } from './prompt-uri.ts';

/** Pause in typing after which a prompt is looked at, ms. */
const PAUSE_MS = 200;

/** What is wrong with prompts that are open, marked in their text. */
export class PromptDiagnostics implements vscode.Disposable {
  readonly #shelf: PromptShelf;
  readonly #collection = vscode.languages.createDiagnosticCollection('ensemble-prompts');
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(shelf: PromptShelf) {
    this.#shelf = shelf;
  }

  /** Looks at a document as soon as nothing has been typed for a moment. */
  check(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        void this.#mark(document);
      }, PAUSE_MS),
    );
  }

  forget(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#collection.delete(uri);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#collection.dispose();
  }

  async #mark(document: vscode.TextDocument): Promise<void> {
    if (document.isClosed || promptOf(document.uri).version !== null) return;
    const { parsePromptFile } = await this.#shelf.files();
    const { prompt, problems } = parsePromptFile(document.getText());
    const putIn = await this.#putInProblems(document, prompt.template, problems);
    if (document.isClosed) return;
    // Offsets count line breaks as one character, as the document does with LF.
    const at = (offset: number) =>
      document.eol === vscode.EndOfLine.LF ? document.positionAt(offset) : positionIn(document, offset);
    const diagnostics = [...problems, ...putIn].map(({ severity, message, start, end }) => {
      const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
      const diagnostic = new vscode.Diagnostic(new vscode.Range(at(start), at(end)), message, level);
      diagnostic.source = 'Ensemble';
      return diagnostic;
    });
    this.#collection.set(document.uri, diagnostics);
  }

  /** What is wrong with prompts that this one puts in, each at its `{{> name}}`. */
  async #putInProblems(
    document: vscode.TextDocument,
    template: string,
    known: readonly PromptProblem[],
  ): Promise<readonly PromptProblem[]> {
    if (!template.includes('{{') || known.some(({ severity }) => severity === 'error')) return [];
    const library = await this.#shelf.library();
    const { problems } = await library.putIn(template, promptOf(document.uri).name);
    const text = document.getText().replaceAll('\r\n', '\n');
    return problems.map(({ name, reason }) => {
      const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const start = Math.max(0, text.search(new RegExp(`\\{\\{~?>\\s*["']?${quoted}`)));
      return { severity: 'error', message: reason, start, end: Math.max(start + 1, text.indexOf('}}', start) + 2) };
    });
  }
}

/** The place of an offset that counts each line break as one character. */
function positionIn(document: vscode.TextDocument, offset: number): vscode.Position {
  const before = document.getText().replaceAll('\r\n', '\n').slice(0, offset).split('\n');
  return new vscode.Position(before.length - 1, before.at(-1)?.length ?? 0);
}
