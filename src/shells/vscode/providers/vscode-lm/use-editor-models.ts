import * as vscode from 'vscode';
import { suggestName } from '../../accounts/account-input.ts';
import { notify } from '../../host/report.ts';
import type { Shell } from '../../shell.ts';
import { ANY_MODEL, modelIdOf } from './editor-models.ts';

interface ModelItem extends vscode.QuickPickItem {
  /** Null: whichever the editor offers first. */
  readonly model: vscode.LanguageModelChat | null;
}

/**
 * Adds an account that works with the models which other extensions bring into this editor. The editor itself asks for leave
 * when the first request goes out. Escape changes nothing.
 */
export async function useEditorModels(shell: Shell): Promise<void> {
  const models = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Asking for the editor's models...") },
    () => vscode.lm.selectChatModels(),
  );
  if (models.length === 0) {
    const text = vscode.l10n.t(
      'The editor has no language models. Sign in to GitHub Copilot, or install another extension that brings models.',
    );
    notify({ level: 'warning', text, buttons: [{ label: vscode.l10n.t('Find Extensions'), run: findExtensions }] });
    return;
  }
  const picked = await vscode.window.showQuickPick(itemsOf(models), {
    title: vscode.l10n.t("Use the Editor's Own Models"),
    placeHolder: vscode.l10n.t('Which of them shall the agents use?'),
    matchOnDescription: true,
  });
  if (!picked) return;
  const name = suggestName(
    'editor',
    shell.accounts.list().map((account) => account.name),
  );
  const model = picked.model ? modelIdOf(picked.model) : ANY_MODEL;
  const account = { name, provider: 'vscode-lm', models: { simple: model, medium: model, complex: model } };
  await shell.accounts.add(account, null);
  const text = vscode.l10n.t(
    'The account {0} was added. The editor asks for your leave before its first request.',
    name,
  );
  notify({ level: 'info', text, buttons: [] });
}

function itemsOf(models: readonly vscode.LanguageModelChat[]): ModelItem[] {
  const any: ModelItem = {
    label: vscode.l10n.t('Any Model'),
    description: vscode.l10n.t('whichever the editor offers first'),
    model: null,
  };
  const single = models.map((model): ModelItem => {
    const tokens = vscode.l10n.t('up to {0} tokens', model.maxInputTokens.toLocaleString());
    return { label: model.name, description: `${model.vendor} · ${tokens}`, model };
  });
  return [any, ...single];
}

function findExtensions(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.extensions.search', '@category:"ai"');
}
