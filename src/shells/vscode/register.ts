import type * as vscode from 'vscode';
import { registerCommands } from './commands/register-commands.ts';
import { registerDocuments } from './documents/register-documents.ts';
import { registerEdits } from './edits/register-edits.ts';
import { registerHistory } from './history/register-history.ts';
import { followAccounts } from './host/account-context.ts';
import { tellWhetherBrowser } from './host/browser-context.ts';
import type { Lazy } from './host/lazy.ts';
import type { Outlets } from './host/outlets.ts';
import { registerPromptFiles } from './prompts/register-prompt-files.ts';
import { registerPromptsView } from './prompts/register-prompts-view.ts';
import { registerResultFiles } from './results/register-result-files.ts';
import { registerResultLenses } from './results/register-result-lenses.ts';
import { registerResultLinks } from './results/register-result-links.ts';
import { registerFindings } from './review/register-findings.ts';
import type { Shell } from './shell.ts';
import { registerStatus } from './status/register-status.ts';
import { registerAccountsView } from './views/register-accounts-view.ts';
import { registerAgentsView } from './views/register-agents-view.ts';
import { registerDashboard } from './webview-host/register-dashboard.ts';

/** Everything the extension registers with the editor, one line per surface. Each loads its code when it is first used. */
export function registerSurfaces(
  shell: Lazy<Shell>,
  outlets: Outlets,
  context: vscode.ExtensionContext,
): vscode.Disposable[] {
  return [
    followAccounts(),
    tellWhetherBrowser(),
    registerCommands(shell, context),
    registerAgentsView(shell, outlets),
    registerAccountsView(shell, outlets),
    registerEdits(shell, outlets),
    registerStatus(shell, outlets),
    registerDashboard(shell),
    registerHistory(shell, outlets),
    registerDocuments(shell, outlets),
    registerPromptsView(shell, outlets),
    registerPromptFiles(shell, outlets),
    registerResultFiles(shell, outlets),
    registerResultLinks(),
    registerResultLenses(shell, outlets),
    registerFindings(shell, context),
  ];
}
