import * as vscode from 'vscode';
import { EDITOR_VARIABLES } from '../../../core/prompts/prompt-rules.ts';
import { variablesOf } from '../../../core/prompts/safe-template.ts';
import type { Shell } from '../shell.ts';
import { promptOf } from './prompt-uri.ts';

/** Blocks of the template language, as they are written. */
const blocks = () => [
  { name: 'if', argument: 'variable', detail: vscode.l10n.t('only where the variable has a value') },
  { name: 'unless', argument: 'variable', detail: vscode.l10n.t('only where the variable has none') },
  { name: 'each', argument: 'list', detail: vscode.l10n.t('for each one of a list') },
];

/** Variables and blocks behind `{{` in a prompt. */
export async function completions(
  shell: Shell,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const line = document.lineAt(position).text;
  const opened = /\{\{(?:[#^/]?(?:if |unless |each |with )?|~?>\s*)([\w-]*)$/.exec(line.slice(0, position.character));
  if (!opened) return [];
  if (/\{\{~?>/.test(opened[0])) return partials(shell, document, position, opened[1] ?? '');
  const { parsePromptFile } = await shell.prompts.files();
  const { prompt } = parsePromptFile(document.getText());
  const used = namesIn(document.getText()).map((name) => ({ name, description: '' }));
  const known = new Map([...used, ...EDITOR_VARIABLES, ...prompt.parameters].map((one) => [one.name, one]));
  const isClosed = /^[^{]*\}\}/.test(line.slice(position.character));
  const start = position.translate(0, -(opened[1]?.length ?? 0));
  const range = new vscode.Range(start, position);
  const variables = [...known.values()]
    .filter(({ name }) => name !== opened[1])
    .map(({ name, description }) => {
      const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Variable);
      item.insertText = isClosed ? name : `${name}}}`;
      item.range = range;
      if (description) item.detail = description;
      return item;
    });
  if (!/\{\{#?$/.test(line.slice(0, start.character))) return variables;
  const helpers = blocks().map(({ name, argument, detail }) => {
    const item = new vscode.CompletionItem(`#${name}`, vscode.CompletionItemKind.Keyword);
    const snippet = new vscode.SnippetString(`#${name} `).appendPlaceholder(argument).appendText('}}').appendTabstop(0);
    item.insertText = snippet.appendText(`{{/${name}${isClosed ? '' : '}}'}`);
    item.range = new vscode.Range(start.translate(0, line[start.character - 1] === '#' ? -1 : 0), position);
    item.filterText = `#${name}`;
    item.detail = detail;
    return item;
  });
  return [...variables, ...helpers];
}

/** Prompts that can be put in with `{{> name}}`. */
async function partials(
  shell: Shell,
  document: vscode.TextDocument,
  position: vscode.Position,
  typed: string,
): Promise<vscode.CompletionItem[]> {
  const isClosed = /^[^{]*\}\}/.test(document.lineAt(position).text.slice(position.character));
  const range = new vscode.Range(position.translate(0, -typed.length), position);
  const self = promptOf(document.uri).name;
  const others = (await shell.prompts.index()).filter(({ name }) => name !== self);
  return others.map(({ name, description }) => {
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Reference);
    // Only plain names can stand without quotes.
    const written = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
    item.insertText = isClosed ? written : `${written}}}`;
    item.filterText = name;
    item.range = range;
    if (description !== '') item.detail = description;
    return item;
  });
}

/** Names behind `{{`, also while the text as a whole cannot be parsed. */
function namesIn(text: string): string[] {
  try {
    const { required, optional } = variablesOf(text.replace(/^---\n[\s\S]*?\n---\n/, ''));
    return [...required, ...optional];
  } catch {
    const names = [...text.matchAll(/\{\{[#^]?(?:if |unless |each |with )?([A-Za-z_][\w-]*)\s*\}\}/g)];
    return names.flatMap(({ 1: name }) => (name === undefined || name === 'else' ? [] : [name]));
  }
}
