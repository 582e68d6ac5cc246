import * as vscode from 'vscode';
import { type ErrorCode, toErrorInfo } from '../../../core/errors.ts';

/** A button below a message. */
export interface Action {
  readonly label: string;
  run(): unknown;
}

const command = (label: string, id: string, ...args: unknown[]): Action => ({
  label,
  run: () => vscode.commands.executeCommand(id, ...args),
});

/** Buttons that several messages share; made when needed, because labels depend on the editor's language. */
export const actions = {
  manageTrust: () => command(vscode.l10n.t('Manage Workspace Trust'), 'workbench.trust.manage'),
  addAccount: () => command(vscode.l10n.t('Add Account...'), 'ensemble.addAccount'),
  updateKey: (account?: string) => command(vscode.l10n.t('Update Key...'), 'ensemble.updateAccountKey', account),
  databaseStatus: () => command(vscode.l10n.t('Show Database Status'), 'ensemble.showDatabaseStatus'),
  showLog: () => command(vscode.l10n.t('Show Log'), 'ensemble.showLog'),
  settings: (query: string) => command(vscode.l10n.t('Open Settings'), 'workbench.action.openSettings', query),
  resume: (runId: string) => command(vscode.l10n.t('Resume'), 'ensemble.resumeRun', runId),
  openResult: (runId: string) => command(vscode.l10n.t('Open Result'), 'ensemble.openResult', runId),
  runAgain: (runId: string) => command(vscode.l10n.t('Run Again'), 'ensemble.runAgain', runId),
  reviewFile: () => command(vscode.l10n.t('Review File'), 'ensemble.reviewFile'),
  openFolder: () => command(vscode.l10n.t('Open Folder'), 'vscode.openFolder'),
};

/** What helps against which error; all others offer the log. */
function actionsFor(code: ErrorCode): readonly Action[] {
  switch (code) {
    case 'untrusted-workspace':
      return [actions.manageTrust()];
    case 'no-usable-account':
      return [actions.updateKey(), actions.addAccount()];
    case 'budget-refused':
      return [actions.settings('@id:ensemble.budget.perRunUSD @id:ensemble.budget.perDayUSD')];
    case 'storage-failed':
    case 'storage-corrupt':
    case 'storage-newer-version':
      return [actions.settings('@id:ensemble.databasePath'), actions.showLog()];
    case 'invalid-config':
      return [actions.settings('@ext:ensemble.ensemble-agents')];
    case 'invalid-input':
    case 'nothing-to-review':
    case 'not-found':
    case 'usage':
      return [];
    default:
      return [actions.showLog()];
  }
}

/** One sentence of what happened and one of what to do; words of a vendor may lack their full stop. */
export function sentences(error: { readonly message: string; readonly hint: string | null }): string {
  if (error.hint === null) return error.message;
  return `${error.message}${/[.!?…)]$/.test(error.message) ? '' : '.'} ${error.hint}`;
}

/** A message with buttons. */
export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly buttons: readonly Action[];
}

/** Shows a message; returns at once, because a notification may stay for ever. */
export function notify({ level, text, buttons }: Notice): void {
  const show = {
    info: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[level];
  const labels = buttons.map(({ label }) => label);
  void show(text, ...labels).then((label) => buttons.find((button) => button.label === label)?.run());
}

/** What the person is told about anything that was thrown; null: nothing, they stopped it themselves. */
function noticeOf(error: unknown): Notice | null {
  const info = toErrorInfo(error);
  switch (info.code) {
    case 'cancelled':
      return null;
    case 'approval-refused':
      return { level: 'info', text: sentences(info), buttons: [] };
    case 'internal': {
      const text = vscode.l10n.t('Something unexpected went wrong: {0}', info.message);
      return { level: 'error', text, buttons: [actions.showLog()] };
    }
    case 'untrusted-workspace':
    case 'invalid-input':
    case 'nothing-to-review':
      return { level: 'warning', text: sentences(info), buttons: actionsFor(info.code) };
    default:
      return { level: 'error', text: sentences(info), buttons: actionsFor(info.code) };
  }
}

/** Tells the person what happened, what to do, with buttons for it; never a stack trace, which goes to the log. */
export function reportError(error: unknown, log: vscode.LogOutputChannel): void {
  const notice = noticeOf(error);
  if (!notice) return;
  log.error(error instanceof Error ? error : String(error));
  notify(notice);
}

/**
 * Tells the person what happened to what is kept, such as that a damaged database was replaced by its backup: the first line of
 * the notice. The others, with the names of files, are in the log.
 */
export function reportMended(notice: string): void {
  const [text = ''] = notice.split('\n');
  notify({ level: 'warning', text, buttons: [actions.databaseStatus(), actions.showLog()] });
}
