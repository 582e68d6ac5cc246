import type * as vscode from 'vscode';
import type { EnsembleEvent } from './core/events.ts';
import type { RunRequest } from './core/requests.ts';
import type { RunResult } from './core/results.ts';
import { databaseFile } from './shells/vscode/host/database-file.ts';
import { lazy } from './shells/vscode/host/lazy.ts';
import { createOutlets } from './shells/vscode/host/outlets.ts';
import { registerSurfaces } from './shells/vscode/register.ts';

/** What other extensions get from `activate()` (contracts.md, VS Code). */
export interface EnsembleApi {
  readonly apiVersion: 1;
  /** Runs without any window; rejects with an EnsembleError, such as `untrusted-workspace`. */
  run(request: RunRequest): Promise<RunResult>;
  /** Events of all runs of this window. */
  readonly onEvent: vscode.Event<EnsembleEvent>;
  /** The database file. */
  readonly storagePath: string;
}

/** Longest time that an orderly end may take before the editor ends us anyway, ms. */
const CLOSE_WITHIN_MS = 2000;

let close: () => Promise<void> = async () => {};

/** Only registers: whatever a registration needs is imported when it is first used. */
export function activate(context: vscode.ExtensionContext): EnsembleApi {
  const outlets = createOutlets();
  const shell = lazy(async () => (await import('./shells/vscode/shell.ts')).createShell(context, outlets));
  context.subscriptions.push(...Object.values(outlets), ...registerSurfaces(shell, outlets, context));
  close = async () => (await shell.started())?.close();
  return {
    apiVersion: 1,
    run: async (request) => (await shell()).runs.runQuietly(request),
    onEvent: outlets.events.event,
    storagePath: databaseFile(context),
  };
}

/** Stops the runs of this window orderly, so that they can be resumed, and closes the database. */
export async function deactivate(): Promise<void> {
  await Promise.race([close(), new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS))]);
}
