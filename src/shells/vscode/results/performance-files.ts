import * as vscode from 'vscode';
import type { Session } from '../host/session.ts';
import { performanceDocument } from './performance-document.ts';
import { fileNameOf, RESULT_SCHEME } from './result-path.ts';

/** Days that a report can be about, with their titles; 0: all. */
export type Period = 1 | 7 | 30 | 0;

const PATH = /^\/performance\/(?:(0|1|7|30)|([0-9A-HJKMNP-TV-Z]{26}))\/[^/]+$/;
const DAY_MS = 86_400_000;

/** The title of a period. */
export function periodTitle(period: Period): string {
  switch (period) {
    case 1:
      return vscode.l10n.t('Last 24 Hours');
    case 7:
      return vscode.l10n.t('Last 7 Days');
    case 30:
      return vscode.l10n.t('Last 30 Days');
    case 0:
      return vscode.l10n.t('All Time');
  }
}

/** The performance report of a period, or of a run with a title. */
export function performanceUri(scope: Period | { readonly runId: string; readonly title: string }): vscode.Uri {
  const [key, title] = typeof scope === 'object' ? [scope.runId, scope.title] : [String(scope), periodTitle(scope)];
  const path = `/performance/${key}/${fileNameOf(vscode.l10n.t('Performance, {0}', title))}`;
  return vscode.Uri.from({ scheme: RESULT_SCHEME, path });
}

/** True for the address of a performance report. */
export function isPerformance(uri: vscode.Uri): boolean {
  return uri.scheme === RESULT_SCHEME && PATH.test(uri.path);
}

/** The text of a performance report, as things are now. Throws `FileNotFound` for an address that is none. */
export async function readPerformance(uri: vscode.Uri, session: Session): Promise<string> {
  const [, period, runId = null] = PATH.exec(uri.path) ?? [];
  if (period === undefined && runId === null) throw vscode.FileSystemError.FileNotFound(uri);
  const { traces, runs } = await session.open();
  const now = new Date();
  const days = Number(period ?? 0);
  const since = days === 0 ? null : new Date(now.getTime() - days * DAY_MS).toISOString();
  const title = runId === null ? periodTitle(days as Period) : (await runs.get(runId)).record.title;
  const report = await traces.report({ since, runId });
  return performanceDocument(report, { title, madeAt: madeAt(now) });
}

function madeAt(now: Date): string {
  return now.toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
