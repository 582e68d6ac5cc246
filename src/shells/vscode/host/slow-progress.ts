import * as vscode from 'vscode';
import { cancelledError } from '../../../core/errors.ts';

/** Work that is done by then shows no progress, ms. */
const SHOWN_AFTER = 500;
/** The editor leaves a progress on the screen for so long, ms. */
const SHOWN_FOR = 800;

/** What is shown while work takes long. */
export interface SlowWork {
  readonly title: string;
  /** Default: there is no button that stops it. */
  readonly cancellable?: boolean;
}

/** What the work may tell meanwhile. */
export type Tell = (message: string) => void;

/**
 * Shows progress only while work takes long, and is done only when that is gone, so that it never stands beside the question or
 * the message that comes next. Rejects as the work does.
 */
export async function slowProgress<T>(
  { title, cancellable = false }: SlowWork,
  work: (tell: Tell, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let bar: vscode.Progress<{ message?: string }> | null = null;
  const done = work((message) => bar?.report({ message }), controller.signal);
  const ended = done.then(
    () => true,
    () => true,
  );
  if (await Promise.race([ended, after(SHOWN_AFTER).then(() => false)])) return done;
  const gone = after(SHOWN_FOR);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable };
  await vscode.window.withProgress(options, async (progress, token) => {
    bar = progress;
    token.onCancellationRequested(() => controller.abort(cancelledError()));
    await ended;
  });
  await gone;
  return done;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
