import * as vscode from 'vscode';
import { notify } from '../host/report.ts';
import { createSecretStore } from '../host/secrets.ts';
import type { Shell } from '../shell.ts';

interface Choice extends vscode.QuickPickItem {
  /** Name of the key in the secret store, after `tracing.`. */
  readonly key: string;
}

/** Keeps the key of a tracing destination in the editor's SecretStorage; an empty one removes it. */
export async function setTracingKey({ context, session }: Shell): Promise<void> {
  const choices: Choice[] = [
    { label: 'Logfire', description: vscode.l10n.t('write token'), key: 'logfire' },
    { label: 'AgentOps', description: vscode.l10n.t('API key'), key: 'agentops' },
    { label: vscode.l10n.t('Other Collector'), description: vscode.l10n.t('the value of its headers'), key: 'otlp' },
  ];
  const title = vscode.l10n.t('Set Tracing Key');
  const placeHolder = vscode.l10n.t('Whose key is it?');
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder });
  if (!picked) return;
  const prompt = vscode.l10n.t('The key is kept in the secret storage of the editor. Leave it empty to remove it.');
  const key = await vscode.window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
  if (key === undefined) return;
  const secrets = createSecretStore(context.secrets, () => null);
  const name = `tracing.${picked.key}`;
  if (key.trim() === '') await secrets.delete(name);
  else await secrets.set(name, key.trim());
  await session.reconfigure();
  const text =
    key.trim() === ''
      ? vscode.l10n.t('The key of {0} was removed.', picked.label)
      : vscode.l10n.t('The key of {0} is kept. It is used from the next trace on.', picked.label);
  notify({ level: 'info', text, buttons: [] });
}
