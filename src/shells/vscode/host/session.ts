import * as vscode from 'vscode';
import type { ParsedConfig } from '../../../compose.ts';
import type { Ensemble } from '../../../core/ensemble.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { Approver, Logger, SecretStore } from '../../../core/ports.ts';
import { createEditorModels } from '../providers/vscode-lm/editor-models.ts';
import { databaseExists, databasePathProblem } from './database-file.ts';
import { editorDiagnostics } from './editor-diagnostics.ts';
import type { EditorWorkspace } from './editor-workspace.ts';
import { InStep } from './in-step.ts';
import { readSettings } from './settings.ts';
import { keysInWorkspaceSettings } from './workspace-keys.ts';

/** What the editor's user does with a key that stands in the settings. */
const KEY_ADVICE = 'revoke it if others could read the file, and run "Ensemble: Update Account Key..."';

/** What a session needs from the editor. */
export interface SessionParts {
  readonly context: Pick<
    vscode.ExtensionContext,
    'globalStorageUri' | 'extensionUri' | 'languageModelAccessInformation'
  >;
  readonly workspace: EditorWorkspace;
  readonly secrets: SecretStore;
  readonly approver: Approver;
  readonly logger: Logger;
  onEvent(event: EnsembleEvent): void;
  /** Told what is wrong with the settings, each time that changes; `keys`: one stands where none belongs. */
  onProblems(problems: readonly string[], keys: boolean): void;
  /** Told what happened to what is kept, such as that a damaged database was replaced by its backup. */
  onStorageNotice(notice: string): void;
  /** Told once, when the database has been opened; nobody waits for it. */
  onOpened(ensemble: Ensemble): Promise<void>;
}

/**
 * The one Ensemble of this window. Opened on first use, because that loads the product and the database; follows the
 * settings from then on.
 */
export class Session implements vscode.Disposable {
  readonly #parts: SessionParts;
  readonly #ensemble: InStep<Ensemble>;
  readonly #settings: vscode.Disposable;
  #config: Promise<ParsedConfig> | null = null;
  #problems = '';

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#ensemble = new InStep({
      open: () => this.#create(),
      follow: async (ensemble) => {
        const { config } = await this.readConfig();
        await ensemble?.accounts.reconfigure(config);
      },
      onError: (error) => parts.logger.error('The changed settings could not be taken over', { error: String(error) }),
    });
    this.#settings = vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('ensemble')) this.#ensemble.changed();
      }),
      // A trusted folder's own strategy and engine settings count from now on.
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#ensemble.changed()),
    );
  }

  /** The Ensemble, once it is open. */
  get opened(): Ensemble | null {
    return this.#ensemble.opened;
  }

  /** The Ensemble, opened on first use, with the settings as they are now. Rejects with a storage error; the next call tries again. */
  open(): Promise<Ensemble> {
    return this.#ensemble.open();
  }

  /** Opens it only if there is a database; looking at empty views creates nothing. */
  async openExisting(): Promise<Ensemble | null> {
    if (this.opened) return this.opened;
    return (await databaseExists(this.#parts.context)) ? this.open() : null;
  }

  /** Judges the settings as they are now, and takes them over if the Ensemble is open. */
  reconfigure(): Promise<void> {
    this.#ensemble.changed();
    return this.#ensemble.settled();
  }

  /** Resolves once the last change of the settings has been taken over. */
  followed(): Promise<void> {
    return this.#ensemble.settled();
  }

  /** The settings as they were read last; a look that is cheap enough to be repeated every second. */
  config(): Promise<ParsedConfig> {
    this.#config ??= this.readConfig();
    return this.#config;
  }

  /** Reads the settings: as they can be used, and what is wrong with the rest, one sentence each. */
  readConfig(): Promise<ParsedConfig> {
    this.#config = this.#read();
    return this.#config;
  }

  async #read(): Promise<ParsedConfig> {
    const { parseConfig } = await import('../../../compose.ts');
    const parsed = parseConfig(readSettings(vscode.workspace.getConfiguration('ensemble')), KEY_ADVICE);
    const pathProblem = databasePathProblem();
    const open = await keysInWorkspaceSettings();
    const problems = [...parsed.problems, ...(pathProblem === null ? [] : [pathProblem]), ...open];
    const text = problems.join(' ');
    if (text !== this.#problems) this.#parts.onProblems(problems, parsed.keys.length + open.length > 0);
    this.#problems = text;
    return { ...parsed, problems };
  }

  /** Stops this window's runs orderly and closes the database. */
  async close(): Promise<void> {
    await (await this.#ensemble.started())?.close();
  }

  dispose(): void {
    this.#settings.dispose();
  }

  async #create(): Promise<Ensemble> {
    const { context, workspace, secrets, approver, logger, onEvent, onOpened } = this.#parts;
    const { createEnsemble } = await import('../../../compose.ts');
    const { databaseOf } = await import('./open-database.ts');
    const ensemble = await createEnsemble({
      config: (await this.readConfig()).config,
      ...(await databaseOf(context)),
      workspace,
      diagnostics: editorDiagnostics(workspace),
      placeCommand: async (file, command) => {
        const { testRunOf } = await import('../edits/run-tests.ts');
        const { program } = testRunOf({ file, command }, workspace);
        return { command: program.command, folder: program.cwd };
      },
      sendFromUntrusted: false,
      secrets,
      approver,
      logger,
      // The editor ends us where that takes long; the next quiet moment of a window makes it.
      backupOnClose: false,
      onStorageNotice: (notice) => this.#parts.onStorageNotice(notice),
      hostProviders: {
        'vscode-lm': async () => createEditorModels(vscode, context.languageModelAccessInformation),
      },
    });
    ensemble.subscribe(onEvent);
    onOpened(ensemble).catch((error: unknown) =>
      logger.error('A look at stored runs failed', { error: String(error) }),
    );
    return ensemble;
  }
}
