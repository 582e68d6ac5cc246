import type { CommandTable } from './command-table.ts';
import { saveResultAs, showRunInAgents } from './results.ts';

/** What can be done with a result document. */
export const RESULT_COMMANDS: CommandTable = {
  'ensemble.saveResultAs': async (shell, run) => saveResultAs(shell, run),
  'ensemble.showRunInAgents': async (shell, run) => showRunInAgents(shell, run),
};
