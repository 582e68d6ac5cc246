import * as vscode from 'vscode';
import { cancelledError } from '../../../core/errors.ts';
import type { Backup, ExportProgress } from '../../../core/maintenance.ts';
import { notify } from '../host/report.ts';
import { slowProgress } from '../host/slow-progress.ts';
import type { Shell } from '../shell.ts';
import { formatBytes } from '../views/format.ts';

const EXPORT_FILTER = { SQLite: ['db', 'sqlite'] };

/** Shows the database file in the file manager. */
export async function reveal(shell: Shell): Promise<void> {
  const { location } = await (await shell.session.open()).stores.stats();
  if (location !== null) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(location));
}

/** Writes a consistent copy to a file that is asked for, so that other programs can read it while we work. */
export async function exportCopy(shell: Shell): Promise<void> {
  const { stores } = await shell.session.open();
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export a Copy of the Database'),
    filters: EXPORT_FILTER,
  });
  if (!target) return;
  // The dialog has asked already whether a file may be replaced.
  await vscode.workspace.fs.delete(target).then(undefined, () => undefined);
  await slowProgress({ title: vscode.l10n.t('Copying the database') }, () => stores.copyTo(target.fsPath));
  const open = { label: vscode.l10n.t('Show'), run: () => vscode.commands.executeCommand('revealFileInOS', target) };
  notify({ level: 'info', text: vscode.l10n.t('The copy is in {0}.', target.fsPath), buttons: [open] });
}

/** Writes everything into a zip file of JSON and Markdown that is asked for; can be stopped. */
export async function exportEverything(shell: Shell): Promise<void> {
  const { maintenance } = (await shell.session.open()).stores;
  const today = new Date().toISOString().slice(0, 'yyyy-mm-dd'.length);
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const name = `ensemble-export-${today}.zip`;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Everything'),
    filters: { Zip: ['zip'] },
    saveLabel: vscode.l10n.t('Export'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return;
  const location = vscode.ProgressLocation.Notification;
  const title = vscode.l10n.t('Exporting everything');
  const report = await vscode.window.withProgress({ location, title, cancellable: true }, (bar, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort(cancelledError('The export was cancelled.')));
    let shown = 0;
    const onProgress = ({ step, done, total }: ExportProgress) => {
      if (step === 'copying') return bar.report({ message: vscode.l10n.t('copying the database') });
      const percent = Math.floor((done / total) * 100);
      if (percent === shown) return;
      bar.report({
        increment: percent - shown,
        message: vscode.l10n.t('{0} % of {1} rows', percent, numberText(total)),
      });
      shown = percent;
    };
    // The dialog has asked already whether a file may be replaced.
    const options = { signal: stop.signal, replace: true, onProgress };
    return maintenance.exportAll(target.fsPath, options).catch((error: unknown) => {
      if (token.isCancellationRequested) return null;
      throw error;
    });
  });
  if (report === null) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(circle-slash) The export was cancelled.'), 5000);
    return;
  }
  for (const problem of report.problems) shell.log.warn(problem);
  const open = { label: vscode.l10n.t('Show'), run: () => vscode.commands.executeCommand('revealFileInOS', target) };
  const text = vscode.l10n.t(
    'Everything is in {0} ({1} files, {2}).',
    target.fsPath,
    numberText(report.files),
    formatBytes(report.sizeBytes),
  );
  notify({ level: 'info', text, buttons: [open] });
}

/** Makes a checked copy beside the database now. */
export async function backUp(shell: Shell): Promise<void> {
  const { maintenance } = (await shell.session.open()).stores;
  const { sizeBytes } = await slowProgress({ title: vscode.l10n.t('Backing the database up') }, () =>
    maintenance.backUp(),
  );
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(check) The database was backed up ({0}).', formatBytes(sizeBytes)),
    5000,
  );
}

/** Puts a backup that is picked in the place of the database, after a question. */
export async function restore(shell: Shell): Promise<void> {
  const { maintenance } = (await shell.session.open()).stores;
  const backups = await maintenance.backups();
  if (backups.length === 0) {
    return notify({ level: 'info', text: vscode.l10n.t('There is no backup yet. One is made each day.'), buttons: [] });
  }
  const picked = await vscode.window.showQuickPick(backups.map(itemOf), {
    title: vscode.l10n.t('Restore Backup'),
    placeHolder: vscode.l10n.t('Which backup shall take the place of the database?'),
  });
  if (!picked) return;
  const yes = vscode.l10n.t('Restore');
  const detail = vscode.l10n.t(
    'Runs, conversations and prompts that came later go out of sight. The database as it is now becomes a backup first, so that this can be undone.',
  );
  const question = vscode.l10n.t('Restore the backup of {0}?', picked.label);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  await slowProgress({ title: vscode.l10n.t('Restoring the backup') }, () => maintenance.restore(picked.file));
  await refresh(shell);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) The backup of {0} was restored.', picked.label), 5000);
}

/** Reads everything, mends what can be mended, and says what was found. */
export async function check(shell: Shell): Promise<void> {
  const { maintenance } = (await shell.session.open()).stores;
  const { rows, problems, mended } = await slowProgress({ title: vscode.l10n.t('Checking the database') }, () =>
    maintenance.check(),
  );
  if (problems.length === 0) {
    const text = vscode.l10n.t(
      'Nothing is wrong with the database: {0} rows were compared with their checksums.',
      rows,
    );
    return notify({ level: 'info', text, buttons: [] });
  }
  for (const problem of problems) shell.log.warn(problem);
  await refresh(shell);
  const text = vscode.l10n.t('{0} problems in the database, {1} of them mended.', problems.length, mended);
  const log = { label: vscode.l10n.t('Show Log'), run: () => shell.log.show() };
  notify({ level: mended < problems.length ? 'warning' : 'info', text, buttons: [log] });
}

/** Gives the room of what was deleted back to the disk. */
export async function compact(shell: Shell): Promise<void> {
  const { maintenance } = (await shell.session.open()).stores;
  const { beforeBytes, afterBytes } = await slowProgress({ title: vscode.l10n.t('Compacting the database') }, () =>
    maintenance.compact(),
  );
  const text = vscode.l10n.t(
    '$(check) The database takes {0} now; it took {1}.',
    formatBytes(afterBytes),
    formatBytes(beforeBytes),
  );
  vscode.window.setStatusBarMessage(text, 5000);
}

function numberText(value: number): string {
  return value.toLocaleString(vscode.env.language);
}

function itemOf(backup: Backup) {
  const origins = {
    daily: vscode.l10n.t('made by itself'),
    manual: vscode.l10n.t('made by you'),
    'before-restore': vscode.l10n.t('before a restore'),
  };
  const label = new Date(backup.at).toLocaleString(vscode.env.language);
  return { label, description: `${origins[backup.origin]} · ${formatBytes(backup.sizeBytes)}`, file: backup.file };
}

/** All that shows what is kept. */
async function refresh(shell: Shell): Promise<void> {
  shell.history.refresh();
  shell.documents.refresh();
  shell.prompts.refresh();
  await shell.agents.refresh();
}
