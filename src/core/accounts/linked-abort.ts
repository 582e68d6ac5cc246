/** A controller that also aborts when another signal does. */
export interface LinkedAbort {
  readonly controller: AbortController;
  /** Must be called at the end, so that a long-lived signal keeps nothing of a short piece of work. */
  unlink(): void;
}

/**
 * Like `AbortSignal.any` of a signal and a new controller, but leaves nothing behind at the signal: a run makes thousands of
 * calls on one signal, and what `any` hangs on it is only freed by a later garbage collection, if ever.
 */
export function linkedAbort(signal: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { controller, unlink: () => signal.removeEventListener('abort', abort) };
}
