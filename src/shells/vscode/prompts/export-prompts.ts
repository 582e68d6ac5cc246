import * as vscode from 'vscode';
import { promptFiles } from '../../../compose.ts';
import type { PromptRecord } from '../../../core/prompts/prompt.ts';
import { promptFileNames } from '../../../core/prompts/prompt-file-names.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { signalOf } from '../host/cancellation.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { promptOfArgument } from './pick-prompt.ts';
import { groupLabel } from './prompt-items.ts';
import { namesOf } from './selected-prompts.ts';

/** Exports the rows of the view that are selected, or what is picked: all, a category, some. */
export async function exportPrompts(shell: Shell, argument: unknown, selected: unknown): Promise<void> {
  const names = (await namesOf(shell, argument, selected)) ?? (await chooseNames(shell));
  if (!names || names.length === 0) return;
  const library = await shell.prompts.library();
  const wanted = new Set(names);
  const prompts = (await library.list()).filter(({ name }) => wanted.has(name));
  const [only] = prompts;
  const title = prompts.length === 1 ? (only?.name ?? '') : vscode.l10n.t('{0} prompts', prompts.length);
  const targets = [
    { label: vscode.l10n.t('$(folder) A Folder...'), detail: vscode.l10n.t('One *.prompt.md for each'), to: toFolder },
    {
      label: vscode.l10n.t('$(json) One JSON File...'),
      detail: vscode.l10n.t('All in one, for backup or other programs'),
      to: toJson,
    },
    { label: vscode.l10n.t('$(clippy) The Clipboard'), detail: '', to: toClipboard },
  ];
  if (prompts.length === 1) {
    targets.unshift({
      label: vscode.l10n.t('$(file) A File...'),
      detail: '*.prompt.md',
      to: ([prompt]) => toFile(prompt),
    });
  }
  const picked = await vscode.window.showQuickPick(targets, {
    title: vscode.l10n.t('Export Prompts: {0}', title),
    placeHolder: vscode.l10n.t('Where to?'),
  });
  await picked?.to(prompts);
}

/** Writes one prompt into a file that another person can import. */
export async function share(shell: Shell, argument: unknown): Promise<void> {
  const prompt = await promptOfArgument(shell, argument, vscode.l10n.t('Which prompt shall be shared?'));
  if (prompt) await toFile(await (await shell.prompts.library()).get(prompt.name));
}

async function chooseNames(shell: Shell): Promise<readonly string[] | undefined> {
  const prompts = await shell.prompts.index();
  const own = prompts.filter(({ builtIn }) => !builtIn);
  const categories = [...new Set(prompts.map(({ category }) => category))].sort();
  const choices = [
    { label: vscode.l10n.t('$(library) All Prompts'), description: String(prompts.length), prompts },
    ...(own.length > 0 && own.length < prompts.length
      ? [{ label: vscode.l10n.t('$(person) Your Own Prompts'), description: String(own.length), prompts: own }]
      : []),
    { label: vscode.l10n.t('$(checklist) Choose Prompts...'), description: '', prompts: null },
    ...categories.map((category) => {
      const of = prompts.filter((prompt) => prompt.category === category);
      const label = `$(folder) ${groupLabel({ kind: 'category', label: category })}`;
      return { label, description: String(of.length), prompts: of };
    }),
  ];
  const title = vscode.l10n.t('Export Prompts');
  const picked = await vscode.window.showQuickPick(choices, { title, placeHolder: vscode.l10n.t('Which ones?') });
  if (!picked) return undefined;
  if (picked.prompts) return picked.prompts.map(({ name }) => name);
  const items = prompts.map(({ name, category }) => ({ label: name, description: category }));
  const some = await vscode.window.showQuickPick(items, { title, canPickMany: true, matchOnDescription: true });
  return some?.map(({ label }) => label);
}

async function toFile(prompt: PromptRecord | undefined): Promise<void> {
  if (!prompt) return;
  const { formatPromptFile } = await promptFiles();
  const file = promptFileNames([prompt.name]).get(prompt.name) ?? '';
  const target = await askForFile(file, { [vscode.l10n.t('Prompt')]: ['md'] });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, encode(formatPromptFile(prompt, true)));
  tellWritten(vscode.l10n.t('The prompt "{0}" is in {1}.', prompt.name, display(target)), target);
}

async function toJson(prompts: readonly PromptRecord[]): Promise<void> {
  const target = await askForFile('prompts.json', { JSON: ['json'] });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, encode(jsonOf(prompts)));
  tellWritten(vscode.l10n.t('{0} prompts are in {1}.', prompts.length, display(target)), target);
}

async function toClipboard(prompts: readonly PromptRecord[]): Promise<void> {
  const { formatPromptFile } = await promptFiles();
  const [only] = prompts;
  const text = prompts.length === 1 && only ? formatPromptFile(only, true) : jsonOf(prompts);
  await vscode.env.clipboard.writeText(text);
  const message = vscode.l10n.t('$(check) On the clipboard: {0} prompts.', prompts.length);
  vscode.window.setStatusBarMessage(message, 5000);
}

async function toFolder(prompts: readonly PromptRecord[]): Promise<void> {
  const title = vscode.l10n.t('Export Prompts');
  const options = { title, openLabel: vscode.l10n.t('Export Here'), canSelectFiles: false, canSelectFolders: true };
  const [folder] = (await vscode.window.showOpenDialog(options)) ?? [];
  if (!folder) return;
  const files = promptFileNames(prompts.map(({ name }) => name));
  const there = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name.toLowerCase()));
  const taken = [...files.values()].filter((file) => there.has(file.toLowerCase()));
  if (taken.length > 0 && !(await mayReplace(taken))) return;
  const { formatPromptFile } = await promptFiles();
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Exporting the prompts'),
    cancellable: true,
  };
  await vscode.window.withProgress(progress, async (bar, token) => {
    const signal = signalOf(token);
    for (const [index, prompt] of prompts.entries()) {
      signal.throwIfAborted();
      if (index % 20 === 0) bar.report({ message: vscode.l10n.t('{0} of {1}', index, prompts.length) });
      const target = vscode.Uri.joinPath(folder, files.get(prompt.name) ?? '');
      await vscode.workspace.fs.writeFile(target, encode(formatPromptFile(prompt, true)));
    }
  });
  tellWritten(vscode.l10n.t('{0} prompts are in {1}.', prompts.length, display(folder)), folder);
}

async function mayReplace(files: readonly string[]): Promise<boolean> {
  const question =
    files.length === 1
      ? vscode.l10n.t('Replace the file {0}?', files[0] ?? '')
      : vscode.l10n.t('Replace {0} files?', files.length);
  const detail = files.length === 1 ? '' : files.slice(0, 10).join('\n') + (files.length > 10 ? '\n…' : '');
  const yes = vscode.l10n.t('Replace');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

async function askForFile(name: string, filters: Record<string, string[]>): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder ? vscode.Uri.joinPath(folder, name) : undefined;
  const title = vscode.l10n.t('Export Prompts');
  return vscode.window.showSaveDialog({ title, filters, ...(defaultUri ? { defaultUri } : {}) });
}

function tellWritten(text: string, target: vscode.Uri): void {
  const reveal = () => vscode.commands.executeCommand('revealFileInOS', target);
  const buttons = target.scheme === 'file' ? [{ label: vscode.l10n.t('Show'), run: reveal }] : [];
  notify({ level: 'info', text, buttons });
}

function display(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

function jsonOf(prompts: readonly PromptRecord[]): string {
  return `${JSON.stringify(listDocument(prompts), null, 2)}\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
