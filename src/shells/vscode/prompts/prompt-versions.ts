import * as vscode from 'vscode';
import type { PromptVersion } from '../../../core/prompts/prompt.ts';
import type { Shell } from '../shell.ts';
import { promptOfArgument } from './pick-prompt.ts';
import { promptUri } from './prompt-uri.ts';
import { usageText } from './usage-text.ts';

/** Lists the versions of a prompt: picking one compares it with the newest, its button makes it the newest. */
export async function showVersions(shell: Shell, argument: unknown): Promise<void> {
  const prompt = await promptOfArgument(shell, argument, vscode.l10n.t('Versions of which prompt?'));
  if (!prompt) return;
  const { name } = prompt;
  const library = await shell.prompts.library();
  const [newest, ...earlier] = await library.versions(name);
  const usage = await library.usage(name);
  const itemOf = (one: PromptVersion, isNewest: boolean) =>
    itemWith(one, isNewest, usageText(usage.filter(({ version }) => version === one.version)));
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly version: number }>();
  const describe = { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Say Why It Was Changed') };
  const restore = { iconPath: new vscode.ThemeIcon('discard'), tooltip: vscode.l10n.t('Restore This Version') };
  list.title = vscode.l10n.t('Versions of {0}', name);
  list.placeholder = vscode.l10n.t('Pick one to compare it with the newest');
  list.matchOnDescription = true;
  list.items = [
    ...(newest ? [{ ...itemOf(newest, true), buttons: newest.version > 0 ? [describe] : [] }] : []),
    ...earlier.map((one) => ({ ...itemOf(one, false), buttons: [restore] })),
  ];
  list.onDidTriggerItemButton(({ item, button }) => {
    list.hide();
    if (button === describe) return void vscode.commands.executeCommand('ensemble.describePromptVersion', name);
    const note = shell.prompts.note(vscode.l10n.t('version {0} restored', item.version));
    void shell.prompts
      .change((library) => library.restore(name, item.version, note), name)
      .catch((error: unknown) => shell.report(error));
  });
  list.onDidAccept(() => {
    const [item] = list.activeItems;
    list.hide();
    if (!item) return;
    if (item.version === newest?.version) return void shell.prompts.open(name);
    const title = vscode.l10n.t('{0}: version {1} and now', name, item.version);
    void vscode.commands.executeCommand('vscode.diff', promptUri(name, item.version), promptUri(name), title);
  });
  list.onDidHide(() => list.dispose());
  list.show();
}

function itemWith({ version, author, reason, createdAt }: PromptVersion, isNewest: boolean, used: string | null) {
  const when = new Date(createdAt).toLocaleString(vscode.env.language);
  return {
    label: version === 0 ? vscode.l10n.t('Built in') : vscode.l10n.t('Version {0}', version),
    description: [...(isNewest ? [vscode.l10n.t('newest')] : []), when].join(' · '),
    detail: [reason, author, used ?? ''].filter((part) => part !== '').join(', '),
    version,
  };
}
