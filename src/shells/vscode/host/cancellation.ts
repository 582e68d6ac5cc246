import type * as vscode from 'vscode';
import { cancelledError } from '../../../core/errors.ts';

/** The AbortSignal of a CancellationToken: the one place where the editor's cancellation becomes ours. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(cancelledError());
  if (token.isCancellationRequested) abort();
  else token.onCancellationRequested(abort);
  return controller.signal;
}
