import * as vscode from 'vscode';
import { EnsembleError, isEnsembleError, toErrorInfo } from '../../../core/errors.ts';
import { sentences } from '../host/report.ts';
import type { PromptShelf } from './prompt-shelf.ts';
import { promptOf } from './prompt-uri.ts';

/** Prompts as documents that can be edited and saved; earlier versions as read-only ones. */
export class PromptFiles {
  readonly #shelf: PromptShelf;
  readonly #saved: (name: string) => void;

  /** `saved`: told of each version that was made. */
  constructor(shelf: PromptShelf, saved: (name: string) => void) {
    this.#shelf = shelf;
    this.#saved = saved;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, createdAt } = await this.#file(uri);
    const time = Date.parse(createdAt);
    const readonly = promptOf(uri).version === null ? {} : { permissions: vscode.FilePermission.Readonly };
    return { type: vscode.FileType.File, ctime: time, mtime: time, size: bytes.byteLength, ...readonly };
  }

  async read(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#file(uri)).bytes;
  }

  /**
   * Saves a new version. What cannot be used is refused with the reason: the document keeps what was typed, and the editor
   * keeps it over a restart.
   */
  async write(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    const { name, version } = promptOf(uri);
    if (version !== null) throw vscode.FileSystemError.NoPermissions(uri);
    const { parsePromptFile } = await this.#shelf.files();
    const { prompt, problems } = parsePromptFile(new TextDecoder().decode(bytes));
    const error = problems.find(({ severity }) => severity === 'error');
    if (error) throw unavailable(vscode.l10n.t('The prompt was not saved. {0}', error.message));
    if (prompt.name !== null && prompt.name !== name) {
      throw unavailable(
        vscode.l10n.t('The prompt was not saved: it is named "{0}". Use "Rename Prompt..." instead.', name),
      );
    }
    try {
      await this.#shelf.save({ ...prompt, name }, vscode.l10n.t('edited'));
      this.#saved(name);
    } catch (error) {
      throw unavailable(sentences(toErrorInfo(error)));
    }
  }

  async #file(uri: vscode.Uri): Promise<{ readonly bytes: Uint8Array; readonly createdAt: string }> {
    const { name, version } = promptOf(uri);
    const { formatPromptFile } = await this.#shelf.files();
    try {
      const library = await this.#shelf.library();
      const prompt = version === null ? await library.get(name) : await library.version(name, version);
      return { bytes: new TextEncoder().encode(formatPromptFile(prompt, false)), createdAt: prompt.createdAt };
    } catch (error) {
      if (isEnsembleError(error) && error.code === 'not-found') throw vscode.FileSystemError.FileNotFound(uri);
      throw error instanceof EnsembleError ? unavailable(sentences(toErrorInfo(error))) : error;
    }
  }
}

function unavailable(message: string): vscode.FileSystemError {
  return vscode.FileSystemError.Unavailable(message);
}
