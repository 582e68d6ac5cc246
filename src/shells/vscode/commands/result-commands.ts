import type { CommandTable } from './command-table.ts';

/** What can be done with a result document. */
export const RESULT_COMMANDS: CommandTable = {
  'ensemble.saveResultAs': async (shell, run) => (await import('./results.ts')).saveResultAs(shell, run),
  'ensemble.showRunInAgents': async (shell, run) => (await import('./results.ts')).showRunInAgents(shell, run),
};
