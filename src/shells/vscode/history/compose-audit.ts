import * as vscode from 'vscode';
import type { AuditEntry, AuditQuery } from '../../../core/audit/audit-log.ts';

/** Which entries a document of the log shows. */
export type AuditFilter = Pick<AuditQuery, 'action' | 'search' | 'since'>;

/** The audit log as a document: one line of a table per entry, newest first. */
export function composeAudit(entries: readonly AuditEntry[], total: number, filter: AuditFilter = {}): string {
  const chosen = Object.values(filter).map((value) => `\`${value.replaceAll('`', "'")}\``);
  const head = [
    `# ${vscode.l10n.t('Audit Log')}`,
    '',
    ...(chosen.length === 0 ? [] : [vscode.l10n.t('Only what fits: {0}', chosen.join(', ')), '']),
    total > entries.length
      ? vscode.l10n.t(
          'The newest {0} of {1} entries. "ensemble audit" on the command line lists and filters all.',
          entries.length,
          total,
        )
      : `${total === 1 ? vscode.l10n.t('1 entry.') : vscode.l10n.t('{0} entries.', total)} ${vscode.l10n.t('Nothing here can be changed or deleted.')}`,
    '',
  ];
  if (entries.length === 0) return `${head.join('\n')}\n`;
  const titles = [vscode.l10n.t('When'), vscode.l10n.t('What'), vscode.l10n.t('To'), vscode.l10n.t('Detail')];
  const rows = entries.map(({ at, action, subject, detail }) => [
    new Date(at).toLocaleString(vscode.env.language),
    action,
    subject,
    detail === null ? '' : JSON.stringify(detail),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[...head, line(titles), line(titles.map(() => '---')), ...rows.map((row) => line(row.map(cell)))].join('\n')}\n`;
}

/** Text that stays within its cell and is nothing but text. */
function cell(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\|`<>[\]*_]/g, '\\$&');
}
