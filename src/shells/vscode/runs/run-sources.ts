import * as vscode from 'vscode';
import type { EditorWorkspace } from '../host/editor-workspace.ts';

const STATE_KEY = 'ensemble.runSources';
const KEPT = 100;

interface Source {
  readonly runId: string;
  readonly file: string;
  readonly uri: string;
}

/**
 * Where the files of a result lie. Those of the open folders are found by their path; a document from elsewhere (outside
 * the folders, untitled) is remembered with its run, because its path says nothing.
 */
export class RunSources {
  readonly #workspace: EditorWorkspace;
  readonly #memento: vscode.Memento;

  constructor(workspace: EditorWorkspace, memento: vscode.Memento) {
    this.#workspace = workspace;
    this.#memento = memento;
  }

  async remember(runId: string, file: string, uri: vscode.Uri): Promise<void> {
    if (this.#workspace.pathOf(uri) === file) return;
    await this.#memento.update(STATE_KEY, [{ runId, file, uri: uri.toString() }, ...this.#remembered()].slice(0, KEPT));
  }

  uriOf(runId: string, file: string): vscode.Uri | null {
    const source = this.#remembered().find((each) => each.runId === runId && each.file === file);
    return source ? vscode.Uri.parse(source.uri) : this.#workspace.uriOf(file);
  }

  /** Where a new file of a run belongs: beside the document from elsewhere that the run is about, else into the folders. */
  uriOfNew(runId: string, file: string): vscode.Uri | null {
    const about = this.#remembered().find((each) => each.runId === runId);
    const document = about && vscode.Uri.parse(about.uri);
    if (!document || document.scheme === 'untitled') return this.#workspace.uriOf(file);
    return vscode.Uri.joinPath(document, '..', file.split('/').at(-1) ?? file);
  }

  #remembered(): readonly Source[] {
    return this.#memento.get<readonly Source[]>(STATE_KEY, []);
  }
}
