import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';
import { ACCOUNT_COMMANDS } from './account-commands.ts';
import { CHANGE_COMMANDS } from './change-commands.ts';
import type { CommandTable } from './command-table.ts';
import { DASHBOARD_COMMANDS } from './dashboard-commands.ts';
import { FINDING_COMMANDS } from './finding-commands.ts';
import { HISTORY_COMMANDS } from './history-commands.ts';
import { PROMPT_COMMANDS } from './prompt-commands.ts';
import { RESULT_COMMANDS } from './result-commands.ts';
import { REVIEW_COMMANDS } from './review-commands.ts';
import { RUN_COMMANDS } from './run-commands.ts';
import { STATUS_COMMANDS } from './status-commands.ts';

/** Every command of the extension; package.json contributes exactly these (a host test compares). */
const COMMANDS: CommandTable = {
  ...ACCOUNT_COMMANDS,
  ...CHANGE_COMMANDS,
  ...DASHBOARD_COMMANDS,
  ...HISTORY_COMMANDS,
  ...PROMPT_COMMANDS,
  ...REVIEW_COMMANDS,
  ...FINDING_COMMANDS,
  ...RESULT_COMMANDS,
  ...RUN_COMMANDS,
  ...STATUS_COMMANDS,
};

/** Registers the commands. Nothing that one of them throws reaches the person as a stack trace. */
export function registerCommands(shell: Lazy<Shell>): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (argument: unknown, ...more: unknown[]) => {
      const parts = await shell();
      await handler(parts, argument, ...more).catch((error: unknown) => parts.report(error));
    }),
  );
  return vscode.Disposable.from(...registered);
}
