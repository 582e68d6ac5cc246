import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import type { AuditFilter } from './compose-audit.ts';

/** Kinds of entries, those of agents first. */
const ACTIONS = [
  ...['agent-called', 'tool-called', 'tool-failed', 'approval-asked', 'approved', 'refused', 'budget-refused'],
  ...['run-started', 'run-ended', 'run-failed', 'send', 'settings-changed', 'key-stored', 'key-deleted'],
  ...['account-added', 'account-removed', 'account-renamed', 'prompts-changed', 'documents-deleted', 'runs-deleted'],
  ...['history-deleted', 'history-forgotten', 'database-restored', 'database-imported'],
];
const DAYS = [1, 7, 30] as const;
const DAY_MS = 86_400_000;
/** Runs that are offered. */
const RUNS = 20;

type Item = vscode.QuickPickItem & { readonly filter?: AuditFilter };

/** Asks which part of the audit log is of interest: a kind, a time, an account or a run, or words. Several go together. */
export async function filterAudit(shell: Shell): Promise<void> {
  const { accounts, history } = await shell.session.open();
  const { items: runs } = await history.runs({ ...shell.history.scope.workspace, limit: RUNS });
  const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const since = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
  const items: Item[] = [
    { label: vscode.l10n.t('$(search) Words...'), filter: { search: '' } },
    heading(vscode.l10n.t('time')),
    ...DAYS.map((days) => ({
      label: days === 1 ? vscode.l10n.t('Last 24 Hours') : vscode.l10n.t('Last {0} Days', days),
      filter: { since: since(days) },
    })),
    heading(vscode.l10n.t('kind')),
    ...ACTIONS.map((action) => ({ label: action, filter: { action } })),
    heading(vscode.l10n.t('account')),
    ...accounts.configured().map(({ name }) => ({ label: name, filter: { search: name } })),
    heading(vscode.l10n.t('run')),
    ...runs.map(({ runId, title }) => ({ label: title, description: runId, filter: { search: runId } })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Filter Audit Log'),
    placeHolder: vscode.l10n.t('What shall be listed? Of each group the last choice counts.'),
    matchOnDescription: true,
  });
  if (!picked) return;
  const filter: AuditFilter = Object.assign({}, ...picked.map((one) => one.filter));
  if (filter.search !== '') return shell.historyFiles.openAudit(filter);
  const search = await vscode.window.showInputBox({ prompt: vscode.l10n.t('Words of what it was about') });
  if (search) await shell.historyFiles.openAudit({ ...filter, search });
}
