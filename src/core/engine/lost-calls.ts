import { toErrorInfo } from '../errors.ts';
import type { TokenUsage } from '../model.ts';
import type { Logger, UsageRecord } from '../ports.ts';
import { runEntry } from './entries.ts';
import type { EntryDraft } from './journal-entry.ts';
import { addCost, sumCost, sumTokens } from './spending.ts';
import type { RunState } from './state.ts';

/** What was paid for, call by call. */
export interface Ledger {
  /** The calls of a run, oldest first. */
  ofRun(runId: string): Promise<readonly Pick<UsageRecord, 'tokens' | 'costUSD'>[]>;
}

/**
 * The entry that brings a run's totals in line with the ledger; none where they agree. They differ by calls that were cut off, by a
 * stop, a time limit or the end of a process, before their answer reached a task: those are paid for as well. A ledger that cannot be
 * read stops nothing; the next time the run stops or goes on makes up for it.
 */
export async function lostCalls(state: RunState, ledger: Ledger, logger: Logger): Promise<readonly EntryDraft[]> {
  try {
    const rows = await ledger.ofRun(state.runId);
    const tokens = beyond(sumTokens(rows), state.tokens);
    const costUSD = costBeyond(sumCost(rows), state.costUSD);
    const isNothing = tokens.input + tokens.output === 0 && costUSD === 0;
    return isNothing ? [] : [runEntry({ kind: 'calls-lost', payload: { tokens, costUSD } })];
  } catch (error) {
    const { code, message } = toErrorInfo(error);
    logger.warn('The calls of a run could not be summed up', { runId: state.runId, code, message });
    return [];
  }
}

function beyond(all: TokenUsage, known: TokenUsage): TokenUsage {
  const more = (part: 'input' | 'output' | 'cached' | 'reasoning') => Math.max(0, all[part] - known[part]);
  const { estimated } = all;
  return {
    input: more('input'),
    output: more('output'),
    cached: more('cached'),
    reasoning: more('reasoning'),
    estimated,
  };
}

/** Null: the price of a lost call is unknown. */
function costBeyond(all: number | null, known: number | null): number | null {
  if (known === null) return 0;
  const more = addCost(all, -known);
  return more === null ? null : Math.max(0, more);
}
