import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';

/** Lets the editor bring the Dashboard back after a reload; its page remembers which run it showed. */
export function registerDashboard(shell: Lazy<Shell>): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer('ensemble.dashboard', {
    deserializeWebviewPanel: async (panel) => {
      (await (await shell()).dashboard()).adopt(panel);
    },
  });
}
