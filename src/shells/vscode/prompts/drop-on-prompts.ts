import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { importFiles } from './import-prompts.ts';
import { parseElement } from './prompts-model.ts';
import { DRAG_TYPE } from './prompts-tree.ts';

/**
 * What was dropped on the view: prompts go into the category of the row that they were dropped on, get its tag, or become favourites;
 * files are imported.
 */
export async function dropped(shell: Shell, target: string | undefined, data: vscode.DataTransfer): Promise<void> {
  const names = data.get(DRAG_TYPE)?.value as readonly string[] | undefined;
  if (!names) return importFiles(shell, await urisOf(data));
  const element = parseElement(target);
  if (element?.type !== 'group' && element?.type !== 'prompt') return;
  const { promptsTree, prompts } = shell;
  const group = promptsTree.model.group(element.group);
  if (group?.kind === 'favourites') {
    await prompts.change(async (library) => {
      for (const name of names) await library.setFavourite(name, true);
    });
  } else if (group?.kind === 'category') {
    await promptsTree.move(names, group.label);
  } else if (group?.kind === 'tag' && group.label !== '') {
    await promptsTree.tag(names, group.label);
  }
}

async function urisOf(data: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
  const list = (await data.get('text/uri-list')?.asString()) ?? '';
  return list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line, true));
}
