import type { CommandTable } from './command-table.ts';

/** The Dashboard. */
export const DASHBOARD_COMMANDS: CommandTable = {
  'ensemble.openDashboard': async (shell) => (await shell.dashboard()).open(null),
  'ensemble.showRunInDashboard': async (shell, element) => (await shell.dashboard()).open(element),
};
