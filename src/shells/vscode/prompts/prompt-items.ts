import * as vscode from 'vscode';
import type { PromptSummary, PromptUsage } from '../../../core/prompts/prompt.ts';
import type { PromptGroup } from './prompts-model.ts';
import { usageText } from './usage-text.ts';

/** A group as a tree item. */
export function groupItem(id: string, { kind, label, prompts }: PromptGroup, expanded: boolean): vscode.TreeItem {
  const state = expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(groupLabel({ kind, label }), state);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(kind === 'favourites' ? 'star-full' : kind === 'tag' ? 'tag' : 'folder');
  item.description = String(prompts.length);
  item.contextValue = kind;
  const count = prompts.length === 1 ? vscode.l10n.t('1 prompt') : vscode.l10n.t('{0} prompts', prompts.length);
  item.accessibilityInformation = { label: `${groupLabel({ kind, label })}, ${count}` };
  return item;
}

/** What a group is called. */
export function groupLabel({ kind, label }: Pick<PromptGroup, 'kind' | 'label'>): string {
  if (kind === 'favourites') return vscode.l10n.t('Favorites');
  if (label !== '') return label;
  return kind === 'tag' ? vscode.l10n.t('No Tag') : vscode.l10n.t('No Category');
}

/** What an item tells beside the prompt itself. */
export interface ItemFacts {
  /** The product has one of that name as well. */
  readonly hasBuiltIn: boolean;
  readonly usage: readonly PromptUsage[];
}

/** A prompt as a tree item; a click opens it. */
export function promptItem(id: string, prompt: PromptSummary, { hasBuiltIn, usage }: ItemFacts): vscode.TreeItem {
  const item = new vscode.TreeItem(prompt.name, vscode.TreeItemCollapsibleState.None);
  item.id = id;
  const changed = prompt.builtInChanged ? [vscode.l10n.t('built-in changed')] : [];
  item.iconPath = new vscode.ThemeIcon(prompt.builtIn ? 'book' : changed.length > 0 ? 'git-pull-request' : 'note');
  item.description = [...changed, prompt.description].filter((part) => part !== '').join(' · ');
  item.contextValue = contextOf(prompt, hasBuiltIn);
  const origin = prompt.builtIn
    ? vscode.l10n.t('Built in')
    : hasBuiltIn
      ? vscode.l10n.t('Your version {0} of a built-in prompt', prompt.version)
      : vscode.l10n.t('Yours, version {0}', prompt.version);
  const used = usageText(usage);
  item.tooltip = [
    prompt.name,
    ...(prompt.description === '' ? [] : [prompt.description]),
    ...(prompt.variables.length === 0 ? [] : [vscode.l10n.t('Variables: {0}', prompt.variables.join(', '))]),
    ...(prompt.tags.length === 0 ? [] : [vscode.l10n.t('Tags: {0}', prompt.tags.join(', '))]),
    origin,
    ...(changed.length > 0
      ? [vscode.l10n.t('The built-in prompt has changed since: "Update from Built-In Prompt..." merges it.')]
      : []),
    ...(used === null ? [] : [used]),
  ].join('\n');
  const facts = [
    prompt.name,
    prompt.description,
    origin,
    ...changed,
    ...(prompt.favourite ? [vscode.l10n.t('favorite')] : []),
  ];
  item.accessibilityInformation = { label: facts.filter((fact) => fact !== '').join(', ') };
  item.command = { command: 'ensemble.editPrompt', title: vscode.l10n.t('Edit Prompt'), arguments: [id] };
  return item;
}

/** Words that the menus of package.json look for. */
function contextOf(prompt: PromptSummary, hasBuiltIn: boolean): string {
  const kind = prompt.builtIn ? 'builtIn' : hasBuiltIn ? 'own overridden' : 'own deletable';
  const state = prompt.builtInChanged ? ' stale' : '';
  return `prompt ${kind} ${prompt.favourite ? 'favourite' : 'plain'}${state}`;
}
