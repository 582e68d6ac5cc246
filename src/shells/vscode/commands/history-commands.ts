import { attachFolder } from '../history/attach-folder.ts';
import { deleteHistory } from '../history/delete-history.ts';
import { clearFilter, filterHistory } from '../history/filter-history.ts';
import * as actions from '../history/history-actions.ts';
import * as replays from '../history/replay-actions.ts';
import { rerun } from '../history/rerun.ts';
import { searchHistory } from '../history/search-history.ts';
import type { Shell } from '../shell.ts';
import { rowsOf } from '../views/selected-rows.ts';
import type { CommandTable } from './command-table.ts';

/** The history of runs. */
export const HISTORY_COMMANDS: CommandTable = {
  'ensemble.searchHistory': async (shell) => searchHistory(shell),
  'ensemble.openHistoryEntry': async (shell, element) => actions.openEntry(shell, element),
  'ensemble.copyHistoryId': async (shell, element) => actions.copyId(shell, element),
  'ensemble.deleteRun': async (shell, element, selected) =>
    actions.deleteRuns(shell, ...rowsOf(element, selected, shell.history.selection)),
  'ensemble.deleteHistory': async (shell) => deleteHistory(shell),
  'ensemble.filterHistory': async (shell) => filterHistory(shell),
  'ensemble.clearHistoryFilter': async (shell) => clearFilter(shell),
  'ensemble.attachHistory': async (shell) => attachFolder(shell),
  'ensemble.replayConversation': async (shell, element) => replays.replay(shell, element),
  'ensemble.nextReplayStep': async (shell) => replays.goToStep(shell, 1),
  'ensemble.previousReplayStep': async (shell) => replays.goToStep(shell, -1),
  'ensemble.rerunConversation': async (shell, element) => rerun(shell, element),
  'ensemble.compareAnswers': async (shell, element) => replays.compare(shell, element),
  'ensemble.showAllHistory': async (shell) => showAll(shell, true),
  'ensemble.showWorkspaceHistory': async (shell) => showAll(shell, false),
  'ensemble.moreHistory': async (shell, element) => shell.history.more(element),
  'ensemble.showAuditLog': async (shell) => shell.historyFiles.openAudit(),
  'ensemble.filterAuditLog': async (shell) => (await import('../history/filter-audit.ts')).filterAudit(shell),
  'ensemble.refreshHistory': async (shell) => shell.history.refresh(),
};

async function showAll(shell: Shell, all: boolean): Promise<void> {
  await shell.history.scope.showAll(all);
  shell.history.refresh();
}
