import * as vscode from 'vscode';
import { cancelledError } from '../../../core/errors.ts';

/** Work that is done by then shows no progress, ms. */
const SHOWN_AFTER = 500;
/** The editor leaves a progress on the screen for so long, ms. */
const SHOWN_FOR = 800;

/** What the work may tell meanwhile. */
export type Tell = (message: string) => void;

/**
 * Does something before the person is asked about it. Progress with a button to stop it shows only while that takes long, and is
 * gone when this resolves, so that it never stands beside the question. Rejects as the work does.
 */
export async function progressBefore<T>(
  title: string,
  work: (tell: Tell, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let bar: vscode.Progress<{ message?: string }> | null = null;
  const done = work((message) => bar?.report({ message }), controller.signal);
  const quick = done.then(
    () => true,
    () => true,
  );
  if (await Promise.race([quick, after(SHOWN_AFTER).then(() => false)])) return done;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const gone = after(SHOWN_FOR);
  await vscode.window.withProgress(options, async (progress, token) => {
    bar = progress;
    token.onCancellationRequested(() => controller.abort(cancelledError()));
    await quick;
  });
  await gone;
  return done;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
