import type { AccountEntry } from './account-entry.ts';
import type { GroupGate } from './group-gate.ts';
import type { Pass } from './pass.ts';

/** Leave of all gates that a call has to pass: its group's, and its model's where that has a limit of its own. Refusals go to the last. */
export function passAll(gates: readonly GroupGate[]): Pass {
  const passes = gates.map((gate) => gate.take());
  return {
    punctual: async (signal) => {
      for (const pass of passes) if (!(await pass.punctual(signal))) return false;
      return true;
    },
    giveBack: () => {
      for (const pass of passes) pass.giveBack();
    },
    reported: (reading) => passes[0]?.reported(reading),
    refused: (until, retryAfterMs) => passes.at(-1)?.refused(until, retryAfterMs),
    leave: () => {
      for (const pass of passes) pass.leave();
    },
  };
}

/**
 * The gates whose next send time is known, and one more: a send time that is drawn and not used is lost, so the store is asked
 * for another account's only when those at hand are not due.
 */
export function gatesToAsk(
  entries: readonly AccountEntry[],
  gatesOf: (entry: AccountEntry) => readonly GroupGate[],
): GroupGate[] {
  const gates = entries.toSorted((a, b) => a.lastUsed - b.lastUsed).flatMap(gatesOf);
  const unknown = gates.find((gate) => !gate.knowsNext);
  return [...new Set(gates.filter((gate) => gate.knowsNext || gate === unknown))];
}
