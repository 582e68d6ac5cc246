import * as vscode from 'vscode';
import type { PromptUsage } from '../../../core/prompts/prompt.ts';

/** How often something was used and what came of it, in one line; null: it was never used. */
export function usageText(usage: readonly PromptUsage[]): string | null {
  const sum = (key: 'used' | 'accepted' | 'dismissed') => usage.reduce((total, one) => total + one[key], 0);
  const used = sum('used');
  if (used === 0) return null;
  const last = usage.reduce((latest, { lastUsed }) => (lastUsed > latest ? lastUsed : latest), '');
  const when = new Date(last).toLocaleDateString(vscode.env.language);
  const parts = [
    used === 1 ? vscode.l10n.t('used once, on {0}', when) : vscode.l10n.t('used {0} times, last on {1}', used, when),
    ...(sum('accepted') > 0 ? [vscode.l10n.t('{0} accepted', sum('accepted'))] : []),
    ...(sum('dismissed') > 0 ? [vscode.l10n.t('{0} dismissed', sum('dismissed'))] : []),
  ];
  return parts.join(', ');
}
