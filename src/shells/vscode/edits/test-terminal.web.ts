import * as vscode from 'vscode';
import type { Program, ProgramEnd } from './test-terminal.ts';

export type { Program, ProgramEnd };

/** A terminal in which nothing can run: a browser starts no programs. It says so and ends. */
export class TestTerminal implements vscode.Pseudoterminal {
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number>();

  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;
  readonly ended: Promise<ProgramEnd>;

  constructor(_program: Program) {
    const output = vscode.l10n.t('Programs cannot be run in VS Code for the Web.');
    this.ended = Promise.resolve({ exitCode: null, output });
  }

  async open(): Promise<void> {
    this.#write.fire(`${(await this.ended).output}\r\n`);
    this.#close.fire(1);
  }

  close(): void {}
}
