import * as vscode from 'vscode';
import type { ConversationSummary, DocumentSummary } from '../../../core/history/history.ts';
import type { Shell } from '../shell.ts';
import { entryId, openEntry } from './history-actions.ts';
import { conversationTitle, timeOf } from './history-items.ts';

/** Hits of each kind that are listed. */
const MOST_HITS = 30;
/** Pause in typing after which is searched, ms. */
const PAUSE_MS = 200;

type Item = vscode.QuickPickItem & { readonly entry?: string };

/** Finds conversations and documents by their text while one types; Enter opens. */
export async function searchHistory(shell: Shell): Promise<void> {
  let all = shell.history.scope.all;
  const list = vscode.window.createQuickPick<Item>();
  const show = () => {
    const scope = all ? vscode.l10n.t('all workspaces') : vscode.l10n.t('this workspace');
    list.title = vscode.l10n.t('Search History ({0})', scope);
    const tooltip = all ? vscode.l10n.t('Search This Workspace Only') : vscode.l10n.t('Search All Workspaces');
    list.buttons = [{ iconPath: new vscode.ThemeIcon(all ? 'root-folder' : 'globe'), tooltip }];
  };
  list.placeholder = vscode.l10n.t('Words of what was asked or answered, or of a document');
  list.matchOnDetail = true;
  let timer: NodeJS.Timeout | undefined;
  const search = () => {
    const value = list.value;
    clearTimeout(timer);
    if (value.trim() === '') {
      list.items = [];
      return;
    }
    timer = setTimeout(async () => {
      list.busy = true;
      try {
        const items = await find(shell, value, all);
        if (list.value === value) list.items = items;
      } catch (error) {
        shell.report(error);
      } finally {
        if (list.value === value) list.busy = false;
      }
    }, PAUSE_MS);
  };
  list.onDidChangeValue(search);
  list.onDidTriggerButton(() => {
    all = !all;
    show();
    search();
  });
  list.onDidAccept(() => {
    const entry = list.activeItems[0]?.entry;
    if (entry === undefined) return;
    list.hide();
    void openEntry(shell, entry).catch((error: unknown) => shell.report(error));
  });
  list.onDidHide(() => {
    clearTimeout(timer);
    list.dispose();
  });
  show();
  list.show();
}

async function find(shell: Shell, search: string, all: boolean): Promise<Item[]> {
  const { history } = await shell.session.open();
  const query = { search, limit: MOST_HITS, ...(all ? {} : { workspace: shell.workspace.roots }) };
  const [documents, conversations] = await Promise.all([history.documents(query), history.conversations(query)]);
  if (documents.total + conversations.total === 0) {
    return [{ label: vscode.l10n.t('Nothing was found.'), alwaysShow: true }];
  }
  const heading = (label: string, { total }: { readonly total: number }): Item[] =>
    total === 0 ? [] : [{ label: `${label} (${total})`, kind: vscode.QuickPickItemKind.Separator }];
  return [
    ...heading(vscode.l10n.t('documents'), documents),
    ...documents.items.map((row) => itemOf('document', row, row.title, '$(file-text)')),
    ...heading(vscode.l10n.t('conversations'), conversations),
    ...conversations.items.map((row) => itemOf('conversation', row, conversationTitle(row), '$(comment-discussion)')),
  ];
}

function itemOf(
  kind: 'conversation' | 'document',
  row: ConversationSummary | DocumentSummary,
  title: string,
  icon: string,
): Item {
  return {
    label: `${icon} ${title}`,
    description: [timeOf(row.createdAt, false), ...('model' in row ? [row.model] : [])].join(' · '),
    detail: row.snippet?.text ?? '',
    // What the search has found stays, whatever the list's own filter thinks of it.
    alwaysShow: true,
    entry: entryId(kind, row.runId, row.id),
  };
}
