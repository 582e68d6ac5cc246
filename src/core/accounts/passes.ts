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
