import type { TaskExecution } from '../ports.ts';
import type { BudgetShare, CallSettings } from './types.ts';

/** A part of the run's budget as a call is held to it. USD and tokens; null: the run has no such limit. */
export interface ShareLimit {
  readonly owner: string;
  readonly usd: number | null;
  readonly tokens: number | null;
}

/**
 * What a call of a super-agent's team may spend together with the rest of the team: its share of the run's budget, without what it
 * has lent to super-agents below it, and with what those that have ended gave back.
 */
export function shareLimit(
  { budget, share }: CallSettings,
  spentBelow: TaskExecution['spentBelow'],
): ShareLimit | null {
  if (share === undefined) return null;
  const spent = share.lent.map(({ task }) => spentBelow?.(task) ?? null);
  const limitOf = (whole: number | null, unit: 'usd' | 'tokens'): number | null => {
    if (whole === null) return null;
    const returned = share.lent.map(({ fraction }, index) => {
      const used = spent[index];
      return used ? Math.max(0, whole * fraction - (used[unit] ?? whole * fraction)) : 0;
    });
    return whole * share.fraction + returned.reduce((sum, one) => sum + one, 0);
  };
  return { owner: share.owner, usd: limitOf(budget.usd, 'usd'), tokens: limitOf(budget.tokens, 'tokens') };
}

/** The parts of a super-agent's share after it has lent some of them: what each gets by its weight, and what stays. */
export function divideShare(
  whole: BudgetShare,
  parts: readonly { readonly task: string; readonly weight: number; readonly borrows: boolean }[],
): { readonly own: BudgetShare; readonly lent: ReadonlyMap<string, BudgetShare> } {
  const sum = parts.reduce((total, { weight }) => total + weight, 0);
  const borrowers = parts
    .filter(({ borrows }) => borrows)
    .map(({ task, weight }) => ({ task, fraction: (whole.fraction * weight) / sum }));
  const kept = borrowers.reduce((left, { fraction }) => left - fraction, whole.fraction);
  return {
    own: { owner: whole.owner, fraction: kept, lent: [...whole.lent, ...borrowers] },
    lent: new Map(borrowers.map(({ task, fraction }) => [task, { owner: task, fraction, lent: [] }])),
  };
}
