import * as vscode from 'vscode';
import type { PromptLibrary } from '../../../core/prompts/library.ts';
import type { PromptDraft, PromptHit, PromptSummary, PromptUsage, VersionNote } from '../../../core/prompts/prompt.ts';
import type { Session } from '../host/session.ts';
import { userName } from '../host/user-name.ts';
import { promptUri } from './prompt-uri.ts';

/** Told what has changed; an empty list: anything may have. */
export type PromptsChanged = (names: readonly string[]) => void;

/** The prompt library as the editor uses it: opened on demand, and every change is told to views and documents. */
export class PromptShelf {
  readonly #session: Session;
  readonly #changed: PromptsChanged;

  constructor(session: Session, changed: PromptsChanged) {
    this.#session = session;
    this.#changed = changed;
  }

  async library(): Promise<PromptLibrary> {
    return (await this.#session.open()).prompts;
  }

  /** All prompts without texts. Where there is no database yet, looking at them makes none. */
  async index(): Promise<readonly PromptSummary[]> {
    const ensemble = await this.#session.openExisting();
    if (ensemble) return ensemble.prompts.index();
    return (await import('../../../core/prompts/library.ts')).builtInSummaries();
  }

  /** How often prompts were used; where there is no database yet, none was. */
  async usage(): Promise<readonly PromptUsage[]> {
    return (await (await this.#session.openExisting())?.prompts.usage(null)) ?? [];
  }

  /** Prompts by words of name, tags and text. */
  async search(search: string, limit: number): Promise<readonly PromptHit[]> {
    return (await this.library()).search(search, limit);
  }

  /** Reading and writing of prompts as files. */
  async files() {
    return (await import('../../../compose.ts')).promptFiles();
  }

  /** Saves a new version of a prompt. */
  async save(draft: Omit<PromptDraft, 'variables'>, reason: string): Promise<void> {
    await this.change((library) => library.save(draft, this.note(reason)), draft.name);
  }

  /** Does something to the library and tells what has changed. */
  async change<T>(work: (library: PromptLibrary) => Promise<T>, ...names: string[]): Promise<T> {
    const result = await work(await this.library());
    this.#changed(names);
    return result;
  }

  note(reason: string): VersionNote {
    return { author: userName(), reason };
  }

  /** Opens a prompt as a document. */
  async open(name: string, preview = false): Promise<vscode.TextEditor> {
    const document = await vscode.workspace.openTextDocument(promptUri(name));
    return vscode.window.showTextDocument(document, { preview });
  }

  /** Reads everything again. */
  refresh(): void {
    this.#changed([]);
  }
}
