import * as vscode from 'vscode';
import type { DocumentSummary } from '../../../core/documents/document.ts';
import type { Shell } from '../shell.ts';
import { kindLabel } from './document-items.ts';

/** Hits that are listed. */
const MOST_HITS = 50;
/** Pause in typing after which is searched, ms. */
const PAUSE_MS = 150;

type Item = vscode.QuickPickItem & { readonly id?: number };

/** Finds documents by title, tags and text while one types; Enter opens, the buttons compare and export. */
export async function searchDocuments(shell: Shell): Promise<void> {
  const list = vscode.window.createQuickPick<Item>();
  const buttons = [
    {
      iconPath: new vscode.ThemeIcon('history'),
      tooltip: vscode.l10n.t('Versions...'),
      command: 'ensemble.showDocumentVersions',
    },
    {
      iconPath: new vscode.ThemeIcon('export'),
      tooltip: vscode.l10n.t('Export...'),
      command: 'ensemble.exportDocuments',
    },
  ];
  const { filter, all } = shell.documents;
  list.title = all
    ? vscode.l10n.t('Search Documents (all workspaces)')
    : vscode.l10n.t('Search Documents (this workspace)');
  list.placeholder = vscode.l10n.t('Words of the title, the tags or the text');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  let timer: NodeJS.Timeout | undefined;
  const find = async (search: string) => {
    list.busy = true;
    try {
      const store = await shell.documentFiles.store();
      const { items } = await store.list({ ...filter, limit: MOST_HITS, ...(search === '' ? {} : { search }) });
      if (list.value.trim() !== search) return;
      const none = { label: vscode.l10n.t('Nothing was found.'), alwaysShow: true };
      list.items = items.length === 0 ? [none] : items.map((row) => ({ ...itemOf(row), buttons }));
    } catch (error) {
      shell.report(error);
    } finally {
      if (list.value.trim() === search) list.busy = false;
    }
  };
  list.onDidChangeValue((value) => {
    clearTimeout(timer);
    timer = setTimeout(() => void find(value.trim()), PAUSE_MS);
  });
  list.onDidTriggerItemButton(({ item, button }) => {
    list.hide();
    const { command } = button as (typeof buttons)[number];
    if (item.id !== undefined) void vscode.commands.executeCommand(command, { id: item.id });
  });
  list.onDidAccept(() => {
    const id = list.activeItems[0]?.id;
    if (id === undefined) return;
    list.hide();
    void shell.documentFiles.open(id).catch((error: unknown) => shell.report(error));
  });
  list.onDidHide(() => {
    clearTimeout(timer);
    list.dispose();
  });
  list.show();
  await find('');
}

function itemOf({ id, title, kind, tags, updatedAt, snippet }: DocumentSummary): Item {
  const when = new Date(updatedAt).toLocaleString(vscode.env.language, { dateStyle: 'short', timeStyle: 'short' });
  return {
    label: title,
    description: [kindLabel(kind), when, ...tags.map((tag) => `#${tag}`)].join(' · '),
    detail: snippet?.text ?? '',
    // What the search has found stays, whatever the list's own filter thinks of it.
    alwaysShow: true,
    id,
  };
}
