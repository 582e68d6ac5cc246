import * as vscode from 'vscode';
import { promptFiles, promptImport } from '../../../compose.ts';
import { EnsembleError } from '../../../core/errors.ts';
import {
  applyImport,
  type Breather,
  type DoneImport,
  type FoundPrompt,
  type ImportEntry,
  planImport,
  undoImport,
} from '../../../core/prompts/import-prompts.ts';
import { notify } from '../host/report.ts';
import { slowProgress } from '../host/slow-progress.ts';
import type { Shell } from '../shell.ts';
import { countsText, reportOf } from './import-report.ts';
import { promptSources } from './prompt-sources.ts';
import { promptUri } from './prompt-uri.ts';

/** After so many prompts the editor gets its turn, and the progress is told. */
const AT_ONCE = 20;

/** Finds the prompts of an import; rejects to stop. */
type Find = (breathe: Breather, signal: AbortSignal) => Promise<readonly FoundPrompt[]>;

/** Imports the files that the explorer names, or what is picked: files, a folder, the clipboard. */
export async function importPrompts(shell: Shell, argument: unknown, selected: unknown): Promise<void> {
  if (argument instanceof vscode.Uri) {
    const uris = Array.isArray(selected) ? selected.filter((one) => one instanceof vscode.Uri) : [];
    return importFiles(shell, uris.length > 0 ? uris : [argument]);
  }
  const sources = [
    {
      label: vscode.l10n.t('$(files) Files...'),
      detail: vscode.l10n.t('*.prompt.md, Markdown, text or JSON'),
      from: 'files',
    },
    {
      label: vscode.l10n.t('$(folder) A Folder...'),
      detail: vscode.l10n.t('All *.prompt.md and JSON files in it and below'),
      from: 'folder',
    },
    {
      label: vscode.l10n.t('$(clippy) The Clipboard'),
      detail: vscode.l10n.t('A prompt with its front matter, or JSON'),
      from: 'clipboard',
    },
  ] as const;
  const picked = await vscode.window.showQuickPick(sources, {
    title: vscode.l10n.t('Import Prompts'),
    placeHolder: vscode.l10n.t('From where?'),
  });
  if (!picked) return;
  if (picked.from === 'clipboard') return importClipboard(shell);
  const uris = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Prompts'),
    openLabel: vscode.l10n.t('Import'),
    canSelectFiles: picked.from === 'files',
    canSelectFolders: picked.from === 'folder',
    canSelectMany: true,
    ...(picked.from === 'files' ? { filters: { [vscode.l10n.t('Prompts')]: ['md', 'json', 'txt'] } } : {}),
  });
  if (uris && uris.length > 0) await importFiles(shell, uris);
}

/** Imports files and folders, after a look at what that would do. */
export async function importFiles(shell: Shell, uris: readonly vscode.Uri[]): Promise<void> {
  await importFound(shell, async (breathe, signal) => {
    const { isPromptFileName, readPrompts } = await promptImport();
    return readPrompts(await promptSources(uris, isPromptFileName, signal), breathe);
  });
}

async function importClipboard(shell: Shell): Promise<void> {
  const text = await vscode.env.clipboard.readText();
  await importFound(shell, async () => {
    if (text.trim() === '') {
      throw new EnsembleError('invalid-input', vscode.l10n.t('There is no text on the clipboard.'), {
        hint: vscode.l10n.t('Copy the text of a prompt first.'),
      });
    }
    return (await promptImport()).promptsInText(text, vscode.l10n.t('Clipboard'));
  });
}

async function importFound(shell: Shell, find: Find): Promise<void> {
  const library = await shell.prompts.library();
  const reading = { title: vscode.l10n.t('Reading the prompts'), cancellable: true };
  const entries = await slowProgress(reading, async (tell, signal) => {
    const breathe: Breather = async (done, total) => {
      if (done % AT_ONCE !== 0) return;
      if (done > 0) tell(vscode.l10n.t('{0} of {1}', done, total));
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    };
    return planImport(library, await find(breathe, signal), breathe);
  });
  if (entries.every(({ draft }) => draft === null)) return tellNothing(shell, entries);
  const chosen = await choose(shell, entries);
  if (!chosen || chosen.length === 0) return;
  const note = shell.prompts.note(vscode.l10n.t('imported'));
  const names = chosen.flatMap(({ name }) => name ?? []);
  const done = await slowProgress({ title: vscode.l10n.t('Importing the prompts') }, () =>
    shell.prompts.change((one) => applyImport(one, chosen, note), ...names),
  );
  tellDone(shell, entries, done);
}

function tellNothing(shell: Shell, entries: readonly ImportEntry[]): void {
  const isWrong = entries.some(({ status }) => status === 'broken' || status === 'duplicate');
  const text = vscode.l10n.t('Nothing was imported: {0}.', countsText(entries));
  const report = reportButton(shell, entries, vscode.l10n.t('Nothing was imported.'));
  notify({ level: isWrong ? 'warning' : 'info', text, buttons: [report] });
}

/** A message goes with its first button, so after the report it comes once more: the import can still be undone. */
function tellDone(shell: Shell, entries: readonly ImportEntry[], done: DoneImport, reported = false): void {
  const { length } = done.saved;
  const text =
    length === 1
      ? vscode.l10n.t('The prompt "{0}" was imported.', done.saved[0]?.name ?? '')
      : vscode.l10n.t('{0} prompts were imported.', length);
  const left = entries.filter(({ status }) => status === 'broken' || status === 'duplicate').length;
  const more = left === 0 || reported ? '' : ` ${vscode.l10n.t('{0} were left out; the report says why.', left)}`;
  const undo = { label: vscode.l10n.t('Undo'), run: () => undone(shell, done).catch(shell.report) };
  const show = async () => {
    await showReport(shell, entries, text);
    tellDone(shell, entries, done, true);
  };
  const report = { label: vscode.l10n.t('Show Report'), run: () => show().catch(shell.report) };
  const buttons = reported ? [undo] : [undo, report];
  notify({ level: more === '' ? 'info' : 'warning', text: text + more, buttons });
}

async function undone(shell: Shell, done: DoneImport): Promise<void> {
  const note = shell.prompts.note(vscode.l10n.t('import undone'));
  const kept = await shell.prompts.change(
    (library) => undoImport(library, done, note),
    ...done.saved.map(({ name }) => name),
  );
  if (kept.length === 0) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) The import was undone.'), 5000);
    return;
  }
  const text = vscode.l10n.t('The import was undone but for {0}: changed since.', kept.slice(0, 5).join(', '));
  notify({ level: 'info', text, buttons: [] });
}

function reportButton(shell: Shell, entries: readonly ImportEntry[], headline: string) {
  return { label: vscode.l10n.t('Show Report'), run: () => showReport(shell, entries, headline).catch(shell.report) };
}

async function showReport(shell: Shell, entries: readonly ImportEntry[], headline: string): Promise<void> {
  await shell.promptViews.open(shell.promptViews.set(vscode.l10n.t('Import of Prompts'), reportOf(entries, headline)));
}

type Item = vscode.QuickPickItem & { readonly entry?: ImportEntry };

/** The entries that shall be saved, all of them ticked to begin with; undefined: the person stopped. */
function choose(shell: Shell, entries: readonly ImportEntry[]): Promise<readonly ImportEntry[] | undefined> {
  const list = vscode.window.createQuickPick<Item>();
  const report = { iconPath: new vscode.ThemeIcon('output'), tooltip: vscode.l10n.t('Show the Report of All Files') };
  const compare = { iconPath: new vscode.ThemeIcon('diff'), tooltip: vscode.l10n.t('Compare with What Is There') };
  list.title = vscode.l10n.t('Import Prompts: {0}', countsText(entries));
  list.placeholder = vscode.l10n.t('Untick what shall not be imported');
  list.canSelectMany = true;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.buttons = [report];
  const itemsOf = (
    status: ImportEntry['status'],
    label: string,
    buttons: readonly vscode.QuickInputButton[],
  ): Item[] => {
    const of = entries.filter((entry) => entry.status === status);
    if (of.length === 0) return [];
    const separator: Item = { label, kind: vscode.QuickPickItemKind.Separator };
    return [separator, ...of.map((entry) => ({ label: entry.name ?? '', description: entry.source, buttons, entry }))];
  };
  const newer = vscode.l10n.t('Newer versions of prompts that are there');
  list.items = [...itemsOf('new', vscode.l10n.t('New'), []), ...itemsOf('changed', newer, [compare])];
  list.selectedItems = list.items.filter(({ entry }) => entry);
  return new Promise((resolve) => {
    list.onDidTriggerButton(() => {
      void showReport(shell, entries, vscode.l10n.t('Nothing has been imported yet.')).catch(shell.report);
    });
    list.onDidTriggerItemButton(({ item }) => void compareWithOwn(shell, item.entry).catch(shell.report));
    list.onDidAccept(() => {
      resolve(list.selectedItems.flatMap(({ entry }) => entry ?? []));
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

async function compareWithOwn(shell: Shell, entry: ImportEntry | undefined): Promise<void> {
  if (!entry?.draft) return;
  const { formatPromptFile } = await promptFiles();
  const { name } = entry.draft;
  const incoming = shell.promptViews.set(name, formatPromptFile(entry.draft, false), 'import');
  const title = vscode.l10n.t('{0}: now and after the import', name);
  await vscode.commands.executeCommand('vscode.diff', promptUri(name), incoming, title, { preview: true });
}
