import * as vscode from 'vscode';
import type { EnsembleEvent } from '../../../core/events.ts';

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
  /** A run that the Agents view shall select. */
  readonly revealed: vscode.EventEmitter<string>;
  /** Result documents that changed. */
  readonly results: vscode.EventEmitter<vscode.FileChangeEvent[]>;
  /** A finding was decided about, or a decision was taken back. */
  readonly decided: vscode.EventEmitter<void>;
}

/** Makes the emitters; the extension's subscriptions dispose them. */
export function createOutlets(): Outlets {
  return {
    events: new vscode.EventEmitter(),
    agents: new vscode.EventEmitter(),
    accounts: new vscode.EventEmitter(),
    waiting: new vscode.EventEmitter(),
    revealed: new vscode.EventEmitter(),
    results: new vscode.EventEmitter(),
    decided: new vscode.EventEmitter(),
  };
}
