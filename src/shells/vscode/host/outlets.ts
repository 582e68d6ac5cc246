import * as vscode from 'vscode';
import type { EnsembleEvent } from '../../../core/events.ts';

/** What a view says of itself beside its rows. */
export type ViewLook = Partial<Pick<vscode.TreeView<unknown>, 'badge' | 'description' | 'message'>>;

/**
 * What the editor listens to from activation on, before the code that will fire it is loaded. The registrations hand
 * out the events; only the shell fires them.
 */
export interface Outlets {
  /** Events of all runs of this window. */
  readonly events: vscode.EventEmitter<EnsembleEvent>;
  /** Elements of the Agents view that changed; undefined: all of it. */
  readonly agents: vscode.EventEmitter<string[] | undefined>;
  /** Elements of the Accounts view that changed; undefined: all of it. */
  readonly accounts: vscode.EventEmitter<string[] | undefined>;
  /** How many accounts wait for the person. */
  readonly waiting: vscode.EventEmitter<number>;
  /** How many questions of agents are open. */
  readonly questions: vscode.EventEmitter<number>;
  /** A run that the Agents view shall select. */
  readonly revealed: vscode.EventEmitter<string>;
  /** Elements of the Prompt Library view that changed; undefined: all of it. */
  readonly prompts: vscode.EventEmitter<string[] | undefined>;
  readonly promptsLook: vscode.EventEmitter<ViewLook>;
  /** Prompt documents that changed. */
  readonly promptFiles: vscode.EventEmitter<vscode.FileChangeEvent[]>;
  /** Reports and previews of prompts that changed. */
  readonly promptViews: vscode.EventEmitter<vscode.Uri>;
  /** Elements of the History view that changed; undefined: all of it. */
  readonly history: vscode.EventEmitter<string[] | undefined>;
  readonly historyLook: vscode.EventEmitter<ViewLook>;
  /** Elements of the Documents view that changed; undefined: all of it. */
  readonly documents: vscode.EventEmitter<string[] | undefined>;
  readonly documentsLook: vscode.EventEmitter<ViewLook>;
  /** Versions came or went. */
  readonly documentLenses: vscode.EventEmitter<void>;
  /** Result documents that changed. */
  readonly results: vscode.EventEmitter<vscode.FileChangeEvent[]>;
  /** Proposed texts that are others now. */
  readonly proposals: vscode.EventEmitter<vscode.FileChangeEvent[]>;
  /** A version was taken, a finding was decided about, or a decision was taken back. */
  readonly decided: vscode.EventEmitter<void>;
}

/** Makes the emitters; the extension's subscriptions dispose them. */
export function createOutlets(): Outlets {
  return {
    events: new vscode.EventEmitter(),
    agents: new vscode.EventEmitter(),
    accounts: new vscode.EventEmitter(),
    waiting: new vscode.EventEmitter(),
    questions: new vscode.EventEmitter(),
    revealed: new vscode.EventEmitter(),
    prompts: new vscode.EventEmitter(),
    promptsLook: new vscode.EventEmitter(),
    promptFiles: new vscode.EventEmitter(),
    promptViews: new vscode.EventEmitter(),
    history: new vscode.EventEmitter(),
    historyLook: new vscode.EventEmitter(),
    documents: new vscode.EventEmitter(),
    documentsLook: new vscode.EventEmitter(),
    documentLenses: new vscode.EventEmitter(),
    results: new vscode.EventEmitter(),
    proposals: new vscode.EventEmitter(),
    decided: new vscode.EventEmitter(),
  };
}
