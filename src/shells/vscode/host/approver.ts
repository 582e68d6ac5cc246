import * as vscode from 'vscode';
import { cancelledError } from '../../../core/errors.ts';
import type { ApprovalQuestion, Approver } from '../../../core/ports.ts';

/** Asks in a modal dialog. A dialog cannot be closed by us: after an abort its answer no longer counts. */
export function createApprover(): Approver {
  return {
    ask: async (question, signal) => {
      signal.throwIfAborted();
      const yes = yesOf(question.kind);
      const detail = question.details.join('\n');
      const answer = vscode.window.showWarningMessage(question.title, { modal: true, detail }, yes);
      return (await Promise.race([answer, aborted(signal)])) === yes;
    },
  };
}

function yesOf(kind: ApprovalQuestion['kind']): string {
  switch (kind) {
    case 'send':
      return vscode.l10n.t('Send');
    case 'budget':
      return vscode.l10n.t('Allow');
    case 'second-run':
      return vscode.l10n.t('Start');
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason ?? cancelledError()), { once: true });
  });
}
