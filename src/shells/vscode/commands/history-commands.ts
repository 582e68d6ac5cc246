import * as actions from '../history/history-actions.ts';
import { searchHistory } from '../history/search-history.ts';
import type { CommandTable } from './command-table.ts';

/** The history of runs. */
export const HISTORY_COMMANDS: CommandTable = {
  'ensemble.searchHistory': async (shell) => searchHistory(shell),
  'ensemble.openHistoryEntry': async (shell, element) => actions.openEntry(shell, element),
  'ensemble.copyHistoryId': async (shell, element) => actions.copyId(shell, element),
  'ensemble.deleteRun': async (shell, element, selected) => actions.deleteRuns(shell, element, selected),
  'ensemble.deleteHistory': async (shell) => actions.deleteOld(shell),
  'ensemble.showAllHistory': async (shell) => shell.history.showAll(true),
  'ensemble.showWorkspaceHistory': async (shell) => shell.history.showAll(false),
  'ensemble.moreHistory': async (shell, element) => shell.history.more(element),
  'ensemble.showAuditLog': async (shell) => shell.historyFiles.openAudit(),
  'ensemble.filterAuditLog': async (shell) => (await import('../history/filter-audit.ts')).filterAudit(shell),
  'ensemble.refreshHistory': async (shell) => shell.history.refresh(),
};
