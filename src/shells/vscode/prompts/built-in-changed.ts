import * as vscode from 'vscode';
import { type BuiltInChange, mergeBuiltIn } from '../../../core/prompts/built-in-changes.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { remove } from './edit-prompts.ts';
import { promptOfArgument } from './pick-prompt.ts';
import { promptUri } from './prompt-uri.ts';

/** Shows what has changed in the built-in prompt below a version of the user's, and offers to merge it. */
export async function updateFromBuiltIn(shell: Shell, argument: unknown): Promise<void> {
  const question = vscode.l10n.t('Which prompt shall take over what has changed in the built-in one?');
  const prompt = await promptOfArgument(shell, argument, question, (one) => one.builtInChanged === true);
  if (!prompt) return;
  const { name } = prompt;
  const change = await (await shell.prompts.library()).builtInChange(name);
  if (!change) {
    const text = vscode.l10n.t('The built-in prompt "{0}" has not changed since your version was begun.', name);
    return notify({ level: 'info', text, buttons: [] });
  }
  const actions = [
    {
      label: vscode.l10n.t('$(git-merge) Merge'),
      detail: vscode.l10n.t('Takes over what has changed, keeps what you wrote; a new version'),
      run: () => merge(shell, change),
    },
    {
      label: vscode.l10n.t('$(diff) Compare'),
      detail: vscode.l10n.t('Shows both; changes can be taken over one by one'),
      run: () => compare(name),
    },
    {
      label: vscode.l10n.t('$(check) Keep Mine'),
      detail: vscode.l10n.t('Nothing changes; the hint goes until the next change'),
      run: () => shell.prompts.change((library) => library.acknowledge(name), name),
    },
    {
      label: vscode.l10n.t('$(discard) Take the Built-In One'),
      detail: vscode.l10n.t('Your versions stay among the versions'),
      run: () => remove(shell, name, undefined),
    },
  ];
  const picked = await vscode.window.showQuickPick(actions, {
    title: vscode.l10n.t('The built-in prompt "{0}" has changed', name),
    placeHolder: vscode.l10n.t('What shall become of your version?'),
  });
  await picked?.run();
}

async function compare(name: string): Promise<void> {
  const title = vscode.l10n.t('{0}: built in and yours', name);
  await vscode.commands.executeCommand('vscode.diff', promptUri(name, 0), promptUri(name), title);
}

async function merge(shell: Shell, change: BuiltInChange): Promise<void> {
  const { name } = change.own;
  const merged = mergeBuiltIn(change);
  if (!merged) {
    await compare(name);
    const text = vscode.l10n.t(
      'Both have changed the same lines of "{0}". Take over what you want, then keep yours.',
      name,
    );
    const keep = () => shell.prompts.change((library) => library.acknowledge(name), name).catch(shell.report);
    return notify({ level: 'info', text, buttons: [{ label: vscode.l10n.t('Keep Mine'), run: keep }] });
  }
  const before = (await (await shell.prompts.library()).get(name)).version;
  const note = shell.prompts.note(vscode.l10n.t('merged with the built-in prompt'));
  await shell.prompts.change(async (library) => {
    await library.save(merged, note);
    await library.acknowledge(name);
  }, name);
  const title = vscode.l10n.t('{0}: version {1} and now', name, before);
  await vscode.commands.executeCommand('vscode.diff', promptUri(name, before), promptUri(name), title);
  const undo = () =>
    shell.prompts
      .change(async (library) => {
        await library.restore(name, before, shell.prompts.note(vscode.l10n.t('version {0} restored', before)));
        await library.forgetAcknowledged(change);
      }, name)
      .catch(shell.report);
  const text = vscode.l10n.t('"{0}" has what is new in the built-in prompt.', name);
  notify({ level: 'info', text, buttons: [{ label: vscode.l10n.t('Undo'), run: undo }] });
}
