import * as vscode from 'vscode';
import type { DatabaseStatus, DatabaseUser } from '../../../core/maintenance.ts';
import { formatBytes } from '../views/format.ts';

/** Where the database is and how it is, as a Markdown document. Null: everything is in memory. */
export function composeStatus(status: DatabaseStatus | null): string {
  const title = `# ${vscode.l10n.t('Database Status')}`;
  if (status === null) return `${title}\n\n${vscode.l10n.t('Everything is in memory: nothing is kept.')}\n`;
  const { file, sizeBytes, reclaimableBytes, version, rows, backups, lastCheck, quarantined, users } = status;
  const fact = (name: string, value: string) => `- **${name}**: ${value}`;
  const [newest] = backups;
  const head = [
    fact(vscode.l10n.t('File'), code(file)),
    fact(vscode.l10n.t('Size'), formatBytes(sizeBytes)),
    fact(vscode.l10n.t('Room of deleted rows'), formatBytes(reclaimableBytes)),
    fact(vscode.l10n.t('Schema'), vscode.l10n.t('version {0}', version)),
    fact(
      vscode.l10n.t('Last backup'),
      newest ? time(newest.at) : vscode.l10n.t('none yet; one is made each day that the database is opened'),
    ),
    fact(vscode.l10n.t('Last check'), lastCheck ? checkText(lastCheck) : vscode.l10n.t('never')),
  ];
  return `${[
    title,
    head.join('\n'),
    ...section(
      vscode.l10n.t('Open In'),
      users.map((user) => `- ${userText(user)}`),
    ),
    ...section(
      vscode.l10n.t('Rows'),
      Object.entries(rows).map(([table, number]) => fact(table, number.toLocaleString(vscode.env.language))),
    ),
    ...section(
      vscode.l10n.t('Backups'),
      backups.map((backup) => `- ${time(backup.at)}, ${formatBytes(backup.sizeBytes)}, ${code(backup.file)}`),
    ),
    ...section(
      vscode.l10n.t('Damaged Files That Were Replaced'),
      quarantined.map((folder) => `- ${code(folder)}`),
    ),
    `## ${vscode.l10n.t('What Can Be Done')}`,
    vscode.l10n.t(
      'Commands: Back Up Database Now, Restore Backup, Check Database, Compact Database, Export Everything, Export Database Copy, Reveal Database.',
    ),
  ].join('\n\n')}\n`;
}

function checkText({ at, problems, mended }: NonNullable<DatabaseStatus['lastCheck']>): string {
  if (problems === 0) return vscode.l10n.t('{0}, nothing was wrong', time(at));
  return vscode.l10n.t('{0}, {1} problems, {2} of them mended', time(at), problems, mended);
}

function userText({ pid, host, isThis, isAlive, holdsLock }: DatabaseUser): string {
  const notes = [
    ...(isThis ? [vscode.l10n.t('this window')] : []),
    ...(isAlive === false ? [vscode.l10n.t('has ended')] : []),
    ...(isAlive === null ? [vscode.l10n.t('cannot be seen from here')] : []),
    ...(holdsLock && !isThis ? [vscode.l10n.t('is writing')] : []),
  ];
  const name = vscode.l10n.t('Process {0} on {1}', pid, host);
  return notes.length === 0 ? name : `${name} (${notes.join(', ')})`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join('\n')];
}

function time(iso: string): string {
  return new Date(iso).toLocaleString(vscode.env.language);
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
