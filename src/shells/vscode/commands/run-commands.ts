import type { CommandTable } from './command-table.ts';

/** Runs, their results, and the log. */
export const RUN_COMMANDS: CommandTable = {
  'ensemble.runTask': async (shell) => (await import('./run-task.ts')).runTask(shell),
  'ensemble.cancelRun': async (shell, element) => (await import('./runs.ts')).cancelRun(shell, element),
  'ensemble.resumeRun': async (shell, element) => (await import('./runs.ts')).resumeRun(shell, element),
  'ensemble.endRun': async (shell, element) => (await import('./runs.ts')).endRun(shell, element),
  'ensemble.openResult': async (shell, element) => (await import('./runs.ts')).openResult(shell, element),
  'ensemble.openLocation': async (_, location) => (await import('./open-location.ts')).openLocation(location),
  'ensemble.refreshRuns': (shell) => shell.agents.refresh(),
  'ensemble.showLog': async (shell) => shell.log.show(),
};
