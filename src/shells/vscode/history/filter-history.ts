import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { statusText } from '../views/agent-items.ts';
import type { ChosenFilter } from './history-scope.ts';

const DAY_MS = 86_400_000;
const STATUSES = ['completed', 'partial', 'failed', 'cancelled', 'interrupted', 'suspended', 'running'] as const;
const AGES = [1, 7, 30, 90] as const;

type Item = vscode.QuickPickItem & { readonly filter?: ChosenFilter | null };

/** Narrows the History view to what is picked: a status, kind, age, model, account or agent. */
export async function filterHistory(shell: Shell): Promise<void> {
  const { history } = await shell.session.open();
  const { models, accounts, agents, kinds } = await history.facets();
  const group = (label: string, items: readonly Item[]): readonly Item[] =>
    items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
  const each = (key: 'model' | 'account' | 'agent' | 'kind', values: readonly string[], icon: string) =>
    values.map((value): Item => ({ label: `$(${icon}) ${value}`, filter: { [key]: value, label: value } }));
  const clear = { label: vscode.l10n.t('$(clear-all) Show All'), filter: null };
  const items: readonly Item[] = [
    ...(shell.history.scope.chosen ? [clear] : []),
    ...group(vscode.l10n.t('status'), STATUSES.map(statusItem)),
    ...group(vscode.l10n.t('began'), AGES.map(ageItem)),
    ...group(vscode.l10n.t('kind of run'), each('kind', kinds, 'layers')),
    ...group(vscode.l10n.t('model'), each('model', models, 'symbol-class')),
    ...group(vscode.l10n.t('account'), each('account', accounts, 'account')),
    ...group(vscode.l10n.t('agent'), each('agent', agents, 'person')),
  ];
  const placeHolder = vscode.l10n.t('Which runs shall the History view list?');
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Filter History'), placeHolder });
  if (picked?.filter === undefined) return;
  shell.history.scope.choose(picked.filter);
  shell.history.refresh();
}

/** Lists all runs again. */
export async function clearFilter(shell: Shell): Promise<void> {
  shell.history.scope.choose(null);
  shell.history.refresh();
}

function statusItem(status: (typeof STATUSES)[number]): Item {
  const label = statusText(status);
  return { label: `$(pulse) ${label}`, filter: { status, label } };
}

function ageItem(days: number): Item {
  const label = days === 1 ? vscode.l10n.t('last 24 hours') : vscode.l10n.t('last {0} days', days);
  const from = new Date(Date.now() - days * DAY_MS).toISOString();
  return { label: `$(calendar) ${label}`, filter: { from, label } };
}
