import type { LimitReport } from '../model.ts';
import type { Stop } from './attempt.ts';
import { MAX_RETRY_AFTER_MS } from './cooldown.ts';

/**
 * What an answer's headers say of the limits. Requests per minute teach the pace, tokens their limits. Of one that is used up, the
 * vendor need not refuse the next call: the group waits until one request is free again. `now` is epoch ms.
 */
export function heedLimits({ entry, pass }: Pick<Stop, 'entry' | 'pass'>, limits: LimitReport, now: number): void {
  const { requests, requestsPerDay, tokens, inputTokens, outputTokens } = limits;
  if (requests) pass.reported(requests);
  entry.gate.tokens.reported(limits);
  for (const reading of [requestsPerDay, tokens, inputTokens, outputTokens]) {
    if (reading?.remaining !== 0 || !reading.resetMs) continue;
    const freeInMs = reading.resetMs / Math.max(1, reading.limit ?? 1);
    entry.gate.hold(now + Math.min(MAX_RETRY_AFTER_MS, freeInMs));
  }
}
