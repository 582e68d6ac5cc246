import type { CommandTable } from './command-table.ts';

/** The history of runs. */
export const HISTORY_COMMANDS: CommandTable = {
  'ensemble.searchHistory': async (shell) => (await import('../history/search-history.ts')).searchHistory(shell),
  'ensemble.openHistoryEntry': async (shell, element) =>
    (await import('../history/history-actions.ts')).openEntry(shell, element),
  'ensemble.copyHistoryId': async (shell, element) =>
    (await import('../history/history-actions.ts')).copyId(shell, element),
  'ensemble.deleteRun': async (shell, element, selected) =>
    (await import('../history/history-actions.ts')).deleteRuns(shell, element, selected),
  'ensemble.deleteHistory': async (shell) => (await import('../history/history-actions.ts')).deleteOld(shell),
  'ensemble.showAllHistory': async (shell) => shell.history.showAll(true),
  'ensemble.showWorkspaceHistory': async (shell) => shell.history.showAll(false),
  'ensemble.moreHistory': async (shell, element) => shell.history.more(element),
  'ensemble.refreshHistory': async (shell) => shell.history.refresh(),
};
