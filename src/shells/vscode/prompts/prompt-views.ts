import * as vscode from 'vscode';
import { fileOf } from './prompt-uri.ts';

/** Scheme of texts about prompts that can only be read: reports, previews, what an import would bring. */
export const PROMPT_VIEW_SCHEME = 'ensemble-prompt-view';

/** Texts that are kept; the oldest goes first. */
const MOST_TEXTS = 30;

/** Read-only documents about prompts, as long as the window lives. */
export class PromptViews {
  readonly #texts = new Map<string, string>();
  readonly #changed: (uri: vscode.Uri) => void;

  constructor(changed: (uri: vscode.Uri) => void) {
    this.#changed = changed;
  }

  /** The text of a document; one that is no longer kept says so. */
  text(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('This text is no longer here: the window was reloaded.');
  }

  /** Makes a text readable under a title, or changes what is there. */
  set(title: string, text: string, key = ''): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: PROMPT_VIEW_SCHEME, path: `/${fileOf(title)}.md`, query: key });
    const name = uri.toString();
    const before = this.#texts.get(name);
    this.#texts.delete(name);
    this.#texts.set(name, text);
    for (const oldest of [...this.#texts.keys()].slice(0, -MOST_TEXTS)) this.#texts.delete(oldest);
    if (before !== undefined && before !== text) this.#changed(uri);
    return uri;
  }

  /** Opens a text that {@link set} has made. */
  async open(uri: vscode.Uri, viewColumn = vscode.ViewColumn.Active, preserveFocus = false): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn, preserveFocus, preview: true });
  }
}
