import * as vscode from 'vscode';
import { type Lazy, lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

/** Shows the status bar item once there is something to say: an account is configured, or something has run. */
export function registerStatus(shell: Lazy<Shell>, { events, waiting, questions }: Outlets): vscode.Disposable {
  const bar = lazy(async () => new (await import('./status-bar.ts')).StatusBar(shell));
  const look = async () => (await bar()).request();
  const lookIfConfigured = () => {
    const accounts = vscode.workspace.getConfiguration('ensemble').get<unknown>('accounts');
    if (Array.isArray(accounts) && accounts.length > 0) void look();
  };
  lookIfConfigured();
  return vscode.Disposable.from(
    events.event(look),
    waiting.event(look),
    questions.event(look),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('ensemble.accounts')) lookIfConfigured();
    }),
    { dispose: async () => (await bar.started())?.dispose() },
  );
}
