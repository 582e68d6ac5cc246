const POLL_MS = 100;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A shared machine may stand still for many seconds; a wait that is met costs nothing by being long. */
export const PATIENCE_MS = 60_000;

/**
 * Resolves with the first true-ish value of `probe`. Fails after `timeoutMs` (default 60,000) with what it waited for and the
 * last error of the probe.
 */
export async function until(what, probe, timeoutMs = PATIENCE_MS) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure;
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}${failure ? `: ${failure.message}` : '.'}`);
    }
    await sleep(POLL_MS);
  }
}

/** Fails with `what` when `work` takes longer than `timeoutMs`; the work itself goes on and must be ended by the caller. */
export async function withTimeout(what, timeoutMs, work) {
  let timer;
  const expired = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs / 1000} s.`)), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
