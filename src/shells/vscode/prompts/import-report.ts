import * as vscode from 'vscode';
import { countByStatus, type ImportEntry, type ImportStatus } from '../../../core/prompts/import-prompts.ts';

/** Lines of one part of a report. */
const MOST_LINES = 1000;

/** What is told first needs the person. */
const ORDER: readonly ImportStatus[] = ['broken', 'duplicate', 'new', 'changed', 'unchanged'];

/** Numbers of an import in one line, such as `12 new, 1 broken`. */
export function countsText(entries: readonly ImportEntry[]): string {
  const counts = countByStatus(entries);
  const words: Readonly<Record<ImportStatus, string>> = {
    new: vscode.l10n.t('{0} new', counts.new),
    changed: vscode.l10n.t('{0} newer', counts.changed),
    unchanged: vscode.l10n.t('{0} unchanged', counts.unchanged),
    duplicate: vscode.l10n.t('{0} duplicate', counts.duplicate),
    broken: vscode.l10n.t('{0} broken', counts.broken),
  };
  const statuses: readonly ImportStatus[] = ['new', 'changed', 'unchanged', 'duplicate', 'broken'];
  return statuses
    .filter((status) => counts[status] > 0)
    .map((status) => words[status])
    .join(', ');
}

/** The report of an import, file by file, as Markdown. `headline` says what has become of it. */
export function reportOf(entries: readonly ImportEntry[], headline: string): string {
  const titles: Readonly<Record<ImportStatus, string>> = {
    broken: vscode.l10n.t('Broken: left out'),
    duplicate: vscode.l10n.t('Duplicate names: left out'),
    new: vscode.l10n.t('New'),
    changed: vscode.l10n.t('Newer versions of prompts that are there'),
    unchanged: vscode.l10n.t('Unchanged: there already'),
  };
  const parts = ORDER.flatMap((status) => {
    const of = entries.filter((entry) => entry.status === status);
    if (of.length === 0) return [];
    const more = of.length - MOST_LINES;
    const rest = more > 0 ? [vscode.l10n.t('- and {0} more', more)] : [];
    return [`## ${titles[status]} (${of.length})`, [...of.slice(0, MOST_LINES).map(lineOf), ...rest].join('\n')];
  });
  return [`# ${vscode.l10n.t('Import of Prompts')}`, headline, countsText(entries), ...parts, ''].join('\n\n');
}

function lineOf({ source, name, reason }: ImportEntry): string {
  const what = name === null ? plain(source) : `${plain(name)} (${plain(source)})`;
  return reason === '' ? `- ${what}` : `- ${what}: ${plain(reason)}`;
}

/** One line that is no Markdown of its own. */
function plain(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
