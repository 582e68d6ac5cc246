import type { CommandTable } from './command-table.ts';

const actions = () => import('../history/history-actions.ts');

/** The history of runs. */
export const HISTORY_COMMANDS: CommandTable = {
  'ensemble.searchHistory': async (shell) => (await import('../history/search-history.ts')).searchHistory(shell),
  'ensemble.openHistoryEntry': async (shell, element) => (await actions()).openEntry(shell, element),
  'ensemble.copyHistoryId': async (shell, element) => (await actions()).copyId(shell, element),
  'ensemble.deleteRun': async (shell, element, selected) => (await actions()).deleteRuns(shell, element, selected),
  'ensemble.deleteHistory': async (shell) => (await actions()).deleteOld(shell),
  'ensemble.showAllHistory': async (shell) => shell.history.showAll(true),
  'ensemble.showWorkspaceHistory': async (shell) => shell.history.showAll(false),
  'ensemble.moreHistory': async (shell, element) => shell.history.more(element),
  'ensemble.refreshHistory': async (shell) => shell.history.refresh(),
};
