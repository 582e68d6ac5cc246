import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';
import type { CommandTable } from './command-table.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: keyof CommandTable }[] };
}

/**
 * Registers the commands that package.json contributes; what they do is loaded with the first of them. Nothing that one of them
 * throws reaches the person as a stack trace.
 */
export function registerCommands(shell: Lazy<Shell>, { extension }: vscode.ExtensionContext): vscode.Disposable {
  const { contributes } = extension.packageJSON as Manifest;
  const registered = contributes.commands.map(({ command }) =>
    vscode.commands.registerCommand(command, async (argument: unknown, ...more: unknown[]) => {
      const [parts, { COMMANDS }] = await Promise.all([shell(), import('./commands.ts')]);
      await COMMANDS[command]?.(parts, argument, ...more).catch((error: unknown) => parts.report(error));
    }),
  );
  return vscode.Disposable.from(...registered);
}
