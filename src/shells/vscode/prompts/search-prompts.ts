import * as vscode from 'vscode';
import type { PromptHit } from '../../../core/prompts/prompt.ts';
import type { Shell } from '../shell.ts';
import type { Grouping } from './prompts-model.ts';

/** Prompts that a search lists. */
const MOST_HITS = 50;
/** Pause in typing after which is searched, ms. */
const PAUSE_MS = 150;

type Item = vscode.QuickPickItem & { readonly name: string };

/** Finds prompts by name, tag and text while one types; Enter opens, the buttons run and insert. */
export async function search(shell: Shell): Promise<void> {
  const index = await shell.prompts.index();
  const buttons = [
    { iconPath: new vscode.ThemeIcon('play'), tooltip: vscode.l10n.t('Run Prompt'), command: 'ensemble.runPrompt' },
    {
      iconPath: new vscode.ThemeIcon('insert'),
      tooltip: vscode.l10n.t('Insert Prompt'),
      command: 'ensemble.insertPrompt',
    },
  ];
  const list = vscode.window.createQuickPick<Item>();
  list.title = vscode.l10n.t('Search Prompts');
  list.placeholder = vscode.l10n.t('Words of the name, the tags or the text');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  const itemOf = ({ prompt, snippet }: PromptHit): Item => ({
    label: prompt.name,
    description: [prompt.category, ...prompt.tags.map((tag) => `#${tag}`)].filter((part) => part !== '').join(' '),
    detail: snippet?.text ?? prompt.description,
    // What the search has found stays, whatever the list's own filter thinks of it.
    alwaysShow: true,
    buttons,
    name: prompt.name,
  });
  const showAll = () => {
    list.items = index.slice(0, MOST_HITS).map((prompt) => itemOf({ prompt, snippet: null }));
  };
  let timer: NodeJS.Timeout | undefined;
  list.onDidChangeValue((value) => {
    clearTimeout(timer);
    if (value.trim() === '') return showAll();
    timer = setTimeout(async () => {
      list.busy = true;
      const hits = await shell.prompts.search(value, MOST_HITS).catch((error: unknown) => shell.report(error));
      if (list.value !== value) return;
      list.busy = false;
      list.items = (hits ?? []).map(itemOf);
    }, PAUSE_MS);
  });
  list.onDidTriggerItemButton(({ item, button }) => {
    list.hide();
    const { command } = button as (typeof buttons)[number];
    void vscode.commands.executeCommand(command, item.name);
  });
  list.onDidAccept(() => {
    const [item] = list.activeItems;
    list.hide();
    if (item) void vscode.commands.executeCommand('ensemble.editPrompt', item.name);
  });
  list.onDidHide(() => {
    clearTimeout(timer);
    list.dispose();
  });
  showAll();
  list.show();
}

/** Filters the view while one types. */
export async function filter(shell: Shell): Promise<void> {
  const { model } = shell.promptsTree;
  const before = model.filter;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Prompts');
  input.prompt = vscode.l10n.t('Words of the name, the description, the category or the tags. Empty shows all.');
  input.value = before;
  let accepted = false;
  input.onDidChangeValue((value) => shell.promptsTree.filterBy(value));
  input.onDidAccept(() => {
    accepted = true;
    input.hide();
  });
  input.onDidHide(() => {
    if (!accepted) shell.promptsTree.filterBy(before);
    input.dispose();
  });
  input.show();
}

/** Asks by what the view shall be grouped. */
export async function group(shell: Shell): Promise<void> {
  const { grouping } = shell.promptsTree.model;
  const choices: readonly { readonly label: string; readonly value: Grouping }[] = [
    { label: vscode.l10n.t('$(folder) By Category'), value: 'category' },
    { label: vscode.l10n.t('$(tag) By Tag'), value: 'tag' },
    { label: vscode.l10n.t('$(list-flat) One List'), value: 'none' },
  ];
  const items = choices.map((one) => ({ ...one, description: one.value === grouping ? vscode.l10n.t('now') : '' }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('How shall the prompts be grouped?'),
  });
  if (picked) await shell.promptsTree.groupBy(picked.value);
}
