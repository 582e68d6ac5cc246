import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';

/** Every command of the extension; package.json contributes exactly these (a host test compares). */
type CommandId =
  | 'ensemble.reviewSelection'
  | 'ensemble.reviewFile'
  | 'ensemble.reviewWorkspace'
  | 'ensemble.runTask'
  | 'ensemble.tryWithoutKey'
  | 'ensemble.addAccount'
  | 'ensemble.updateAccountKey'
  | 'ensemble.testAccount'
  | 'ensemble.removeAccount'
  | 'ensemble.cancelRun'
  | 'ensemble.resumeRun'
  | 'ensemble.openResult'
  | 'ensemble.openLocation'
  | 'ensemble.refreshRuns'
  | 'ensemble.showLog';

/** What a command does. `argument` is what the menu entry stands for, such as an element of the Agents view. */
type CommandHandler = (shell: Shell, argument: unknown) => Promise<void>;

/** All commands; one that is missing here does not compile. Each imports its code on first use. */
const COMMANDS: Record<CommandId, CommandHandler> = {
  'ensemble.reviewSelection': async (shell) => (await import('./review.ts')).reviewSelection(shell),
  'ensemble.reviewFile': async (shell) => (await import('./review.ts')).reviewFile(shell),
  'ensemble.reviewWorkspace': async (shell) => (await import('./review.ts')).reviewWorkspace(shell),
  'ensemble.runTask': async (shell) => (await import('./run-task.ts')).runTask(shell),
  'ensemble.tryWithoutKey': async (shell) => (await import('./review.ts')).tryWithoutKey(shell),
  'ensemble.addAccount': async (shell) => (await import('./add-account.ts')).addAccount(shell),
  'ensemble.updateAccountKey': async (shell, name) => (await import('./accounts.ts')).updateAccountKey(shell, name),
  'ensemble.testAccount': async (shell, name) => {
    await (await import('./accounts.ts')).testAccount(shell, name);
  },
  'ensemble.removeAccount': async (shell, name) => (await import('./accounts.ts')).removeAccount(shell, name),
  'ensemble.cancelRun': async (shell, element) => (await import('./runs.ts')).cancelRun(shell, element),
  'ensemble.resumeRun': async (shell, element) => (await import('./runs.ts')).resumeRun(shell, element),
  'ensemble.openResult': async (shell, element) => (await import('./runs.ts')).openResult(shell, element),
  'ensemble.openLocation': async (_, location) => (await import('./open-location.ts')).openLocation(location),
  'ensemble.refreshRuns': (shell) => shell.agents.refresh(),
  'ensemble.showLog': async (shell) => shell.log.show(),
};

/** Registers the commands. Nothing that one of them throws reaches the person as a stack trace. */
export function registerCommands(shell: Lazy<Shell>): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      const parts = await shell();
      await handler(parts, argument).catch((error: unknown) => parts.report(error));
    }),
  );
  return vscode.Disposable.from(...registered);
}
