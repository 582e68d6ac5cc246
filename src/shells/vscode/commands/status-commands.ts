import * as vscode from 'vscode';
import { showActions } from '../status/show-actions.ts';
import type { CommandTable } from './command-table.ts';

/** The walkthrough of package.json, with the extension's id in front. */
const WALKTHROUGH = 'ensemble.ensemble-agents#start';

/** What the status bar opens, and the first steps. */
export const STATUS_COMMANDS: CommandTable = {
  'ensemble.showActions': async (shell) => showActions(shell),
  'ensemble.openWalkthrough': async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
  },
};
