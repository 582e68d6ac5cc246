import * as vscode from 'vscode';
import type { OrchestrationImport } from '../../../core/maintenance.ts';
import { homeFolder } from '../host/home-folder.ts';
import { notify } from '../host/report.ts';
import { slowProgress } from '../host/slow-progress.ts';
import type { Shell } from '../shell.ts';

/** Rows that were left out, as the report names them. */
const MOST_PROBLEMS = 1000;

/** Takes over conversations, documents and prompts of SuperGrok, after a question that says how many. */
export async function importSuperGrok(shell: Shell): Promise<void> {
  const file = await chooseFile();
  if (!file) return;
  const { maintenance } = (await shell.session.open()).stores;
  const found = await slowProgress({ title: vscode.l10n.t('Reading {0}', file.fsPath) }, () =>
    maintenance.importOrchestration(file.fsPath, true),
  );
  const counts = countsText(found);
  if (counts === null) {
    const text = vscode.l10n.t('Nothing in {0} is new.', file.fsPath);
    return notify({ level: 'info', text, buttons: reportButtons(shell, file, found) });
  }
  const yes = vscode.l10n.t('Import');
  const left = found.problems.length;
  const detail = [
    counts,
    ...(left === 0 ? [] : [leftOutText(left)]),
    vscode.l10n.t('The file itself is only read. A prompt whose name is taken comes under a name of its own.'),
  ].join('\n');
  const question = vscode.l10n.t('Import what SuperGrok kept?');
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) !== yes) return;
  const taken = await slowProgress({ title: vscode.l10n.t('Importing {0}', file.fsPath) }, () =>
    maintenance.importOrchestration(file.fsPath),
  );
  shell.prompts.refresh();
  shell.history.refresh();
  shell.documents.refresh();
  const text = vscode.l10n.t('Imported from SuperGrok: {0}.', countsText(taken) ?? vscode.l10n.t('nothing new'));
  notify({ level: taken.problems.length > 0 ? 'warning' : 'info', text, buttons: reportButtons(shell, file, taken) });
}

/** SuperGrok's own file where there is one, else one that is picked. */
async function chooseFile(): Promise<vscode.Uri | undefined> {
  const usual = await usualFile();
  if (usual) {
    const items = [
      { label: vscode.l10n.t('$(database) The database of SuperGrok'), description: usual.fsPath, uri: usual },
      { label: vscode.l10n.t('$(folder-opened) Another File...'), description: '', uri: null },
    ];
    const title = vscode.l10n.t('Import SuperGrok Database');
    const picked = await vscode.window.showQuickPick(items, { title });
    if (!picked) return undefined;
    if (picked.uri) return picked.uri;
  }
  const title = vscode.l10n.t('Import SuperGrok Database');
  const [file] = (await vscode.window.showOpenDialog({ title, filters: { SQLite: ['db', 'sqlite'] } })) ?? [];
  return file;
}

/** Where SuperGrok keeps its database; null: it is not there. */
async function usualFile(): Promise<vscode.Uri | null> {
  const home = homeFolder();
  if (home === null) return null;
  const file = vscode.Uri.joinPath(vscode.Uri.file(home), '.supergrok', 'orchestration.db');
  return vscode.workspace.fs.stat(file).then(
    () => file,
    () => null,
  );
}

/** What there is to take over; null: nothing. */
function countsText({ conversations, documents, prompts }: OrchestrationImport): string | null {
  if (conversations + documents + prompts === 0) return null;
  return [
    conversations === 1 ? vscode.l10n.t('1 conversation') : vscode.l10n.t('{0} conversations', conversations),
    documents === 1 ? vscode.l10n.t('1 document') : vscode.l10n.t('{0} documents', documents),
    prompts === 1 ? vscode.l10n.t('1 prompt') : vscode.l10n.t('{0} prompts', prompts),
  ].join(', ');
}

function leftOutText(rows: number): string {
  return rows === 1
    ? vscode.l10n.t('1 row cannot be used and is left out.')
    : vscode.l10n.t('{0} rows cannot be used and are left out.', rows);
}

function reportButtons(shell: Shell, file: vscode.Uri, { problems }: OrchestrationImport) {
  if (problems.length === 0) return [];
  const lines = problems.slice(0, MOST_PROBLEMS).map((problem) => `- ${problem.replace(/[\s\p{Cc}]+/gu, ' ')}`);
  const title = vscode.l10n.t('Import from SuperGrok');
  const text = [
    `# ${title}`,
    file.fsPath,
    `## ${vscode.l10n.t('Left out')} (${problems.length})`,
    lines.join('\n'),
    '',
  ];
  const run = () => shell.promptViews.open(shell.promptViews.set(title, text.join('\n\n'))).catch(shell.report);
  return [{ label: vscode.l10n.t('Show Report'), run }];
}
