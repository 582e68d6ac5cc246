import * as vscode from 'vscode';
import { isBrowser } from './environment.ts';

/** Sets the context key `ensemble.inBrowser`, by which menus leave out what needs programs and files of a computer. */
export function tellWhetherBrowser(): vscode.Disposable {
  if (isBrowser) void vscode.commands.executeCommand('setContext', 'ensemble.inBrowser', true);
  return new vscode.Disposable(() => {});
}
