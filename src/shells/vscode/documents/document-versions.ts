import * as vscode from 'vscode';
import type { DocumentVersion } from '../../../core/documents/document.ts';
import type { Shell } from '../shell.ts';

/** Versions that are listed. */
const MOST_VERSIONS = 200;

/** Lists the versions of a document: picking one compares it with the newest, its buttons open and restore it. */
export async function showVersions(shell: Shell, id: number): Promise<void> {
  const files = shell.documentFiles;
  const { title } = await files.facts(id);
  const { items, total } = await (await files.store()).versions(id, { limit: MOST_VERSIONS });
  const newest = items[0]?.version;
  const open = { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: vscode.l10n.t('Open This Version') };
  const back = { iconPath: new vscode.ThemeIcon('discard'), tooltip: vscode.l10n.t('Restore This Version') };
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly version: number }>();
  list.title =
    total > items.length
      ? vscode.l10n.t('Versions of {0} (the newest {1} of {2})', title, items.length, total)
      : vscode.l10n.t('Versions of {0}', title);
  list.placeholder = vscode.l10n.t('Pick one to compare it with the newest');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.items = items.map((one) => itemOf(one, one.version === newest, one.version === newest ? [open] : [open, back]));
  const run = (work: Promise<void>) => work.catch((error: unknown) => shell.report(error));
  list.onDidTriggerItemButton(({ item, button }) => {
    list.hide();
    void run(button === open ? files.open(id, item.version) : restore(shell, id, item.version));
  });
  list.onDidAccept(() => {
    const [item] = list.activeItems;
    list.hide();
    if (!item || newest === undefined) return;
    void run(item.version === newest ? files.open(id) : compare(shell, id, item.version, newest));
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

/** Opens two versions beside one another. */
export async function compare(shell: Shell, id: number, from: number, to: number): Promise<void> {
  const files = shell.documentFiles;
  const { title } = await files.facts(id);
  const label = vscode.l10n.t('{0}: version {1} and {2}', title, from, to);
  await vscode.commands.executeCommand('vscode.diff', await files.uriOf(id, from), await files.uriOf(id, to), label);
}

/** Makes an earlier version the newest one, and opens it. */
export async function restore(shell: Shell, id: number, version: number): Promise<void> {
  const files = shell.documentFiles;
  const note = files.note(vscode.l10n.t('version {0} restored', version));
  const number = await (await files.store()).restore(id, version, note);
  shell.documentsChanged();
  await files.open(id, number);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Version {0} is version {1} now.', version, number), 5000);
}

function itemOf(
  { version, author, reason, createdAt }: DocumentVersion,
  isNewest: boolean,
  buttons: vscode.QuickInputButton[],
) {
  const when = new Date(createdAt).toLocaleString(vscode.env.language);
  return {
    label: vscode.l10n.t('Version {0}', version),
    description: [...(isNewest ? [vscode.l10n.t('newest')] : []), when].join(' · '),
    detail: [reason, author].filter((part) => part !== '').join(', '),
    buttons,
    version,
  };
}
