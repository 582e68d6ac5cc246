import * as vscode from 'vscode';
import type { DocumentKind, DocumentSummary } from '../../../core/documents/document.ts';
import { documentUri } from './document-uri.ts';

const ICONS: Readonly<Record<DocumentKind, string>> = {
  document: 'note',
  result: 'file-text',
  report: 'checklist',
  patch: 'diff',
  tests: 'beaker',
  findings: 'json',
  decision: 'law',
};

/** What a kind of document is called. */
export function kindLabel(kind: DocumentKind): string {
  switch (kind) {
    case 'document':
      return vscode.l10n.t('Document');
    case 'result':
      return vscode.l10n.t('Result');
    case 'report':
      return vscode.l10n.t('Report');
    case 'patch':
      return vscode.l10n.t('Patch');
    case 'tests':
      return vscode.l10n.t('Tests');
    case 'findings':
      return vscode.l10n.t('Findings (SARIF)');
    case 'decision':
      return vscode.l10n.t('Decision');
  }
}

/** The picture of a kind of document. */
export function documentIcon(kind: DocumentKind): vscode.ThemeIcon {
  return new vscode.ThemeIcon(ICONS[kind]);
}

/** A group as a tree item. */
export function groupItem(
  id: string,
  { label, count, icon }: { readonly label: string; readonly count: number; readonly icon: string | null },
  expanded: boolean,
): vscode.TreeItem {
  const state = expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(label, state);
  item.id = id;
  item.description = String(count);
  item.contextValue = 'group';
  if (icon !== null) item.iconPath = new vscode.ThemeIcon(icon);
  const documents = count === 1 ? vscode.l10n.t('1 document') : vscode.l10n.t('{0} documents', count);
  item.accessibilityInformation = { label: `${label}, ${documents}` };
  return item;
}

/** A document as a tree item; a click opens it. */
export function documentItem(id: string, row: DocumentSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(row.title, vscode.TreeItemCollapsibleState.None);
  const kind = kindLabel(row.kind);
  const facts = [
    kind,
    ...(row.version > 1 ? [vscode.l10n.t('version {0}', row.version)] : []),
    ...(row.size >= 100_000 ? [sizeText(row.size)] : []),
    ...row.tags.map((tag) => `#${tag}`),
  ];
  const changed = new Date(row.updatedAt).toLocaleString(vscode.env.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  item.id = id;
  item.iconPath = documentIcon(row.kind);
  item.description = facts.join(' · ');
  item.tooltip = [
    row.title,
    `${kind}, ${sizeText(row.size)}`,
    vscode.l10n.t('Version {0}, {1}', row.version, changed),
    ...(row.tags.length === 0 ? [] : [vscode.l10n.t('Tags: {0}', row.tags.join(', '))]),
    ...(row.workspace === null ? [] : [row.workspace]),
  ].join('\n');
  item.accessibilityInformation = { label: [row.title, ...facts, changed].join(', ') };
  item.contextValue = row.version > 1 ? 'document versions' : 'document';
  // VS Code's own command, so that a click leaves the focus in the view, where keys work on the row, and a double click keeps the tab.
  item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [documentUri(row)] };
  return item;
}

/** Bytes as people write them. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return vscode.l10n.t('{0} bytes', bytes);
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
