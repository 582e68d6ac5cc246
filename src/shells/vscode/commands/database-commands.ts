import * as actions from '../database/database-actions.ts';
import { importSuperGrok } from '../database/import-supergrok.ts';
import type { CommandTable } from './command-table.ts';

/** The database itself. */
export const DATABASE_COMMANDS: CommandTable = {
  'ensemble.revealDatabase': async (shell) => actions.reveal(shell),
  'ensemble.exportDatabase': async (shell) => actions.exportCopy(shell),
  'ensemble.exportEverything': async (shell) => actions.exportEverything(shell),
  'ensemble.showDatabaseStatus': async (shell) => shell.historyFiles.openDatabaseStatus(),
  'ensemble.backUpDatabase': async (shell) => actions.backUp(shell),
  'ensemble.restoreBackup': async (shell) => actions.restore(shell),
  'ensemble.checkDatabase': async (shell) => actions.check(shell),
  'ensemble.importSuperGrok': async (shell) => importSuperGrok(shell),
  'ensemble.compactDatabase': async (shell) => actions.compact(shell),
};
