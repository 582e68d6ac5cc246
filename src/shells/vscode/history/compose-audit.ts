import * as vscode from 'vscode';
import type { AuditEntry, AuditQuery } from '../../../core/audit/audit-log.ts';

/** Characters that a column is filled up to: the id of a run with that of a task. */
const WIDEST = 46;

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
    detailText(detail),
  ]);
  const cells = [titles, ...rows.map((row) => row.map(cell))];
  // Read as plain text as often as rendered: the columns are as wide as their widest cell, but for the last and for what is rare.
  const widths = titles.map((_, column) =>
    column === titles.length - 1 ? 3 : Math.max(3, ...cells.map((row) => Math.min(WIDEST, row[column]?.length ?? 0))),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return `${[...head, line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n')}\n`;
}

/** What an entry tells beside its subject, as words. */
function detailText(detail: AuditEntry['detail']): string {
  if (detail === null) return '';
  if (typeof detail !== 'object' || Array.isArray(detail)) return JSON.stringify(detail);
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** Text that stays within its cell and is nothing but text. */
function cell(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\|`<>[\]*_]/g, '\\$&');
}
