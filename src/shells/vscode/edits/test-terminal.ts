import { type ChildProcess, spawn } from 'node:child_process';
import * as vscode from 'vscode';
import { testEnvironment } from './test-command.ts';

/** Characters of the output that are kept for whoever repairs the tests: its end says what went wrong. */
const KEPT_OUTPUT = 8000;

/** How a program ended. */
export interface ProgramEnd {
  /** Null: it was stopped, or could not be started. */
  readonly exitCode: number | null;
  /** The end of what it wrote, without colours. */
  readonly output: string;
}

/** What is run: a program with arguments, never a line for a shell, so that no file name can become a command. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  /** Absolute path of the folder. */
  readonly cwd: string;
}

/** The terminal of a task that runs one program and keeps the end of what it writes. */
export class TestTerminal implements vscode.Pseudoterminal {
  readonly #program: Program;
  readonly #write = new vscode.EventEmitter<string>();
  readonly #close = new vscode.EventEmitter<number>();
  #settle: (end: ProgramEnd) => void = () => {};
  #child: ChildProcess | null = null;
  #output = '';

  readonly onDidWrite = this.#write.event;
  readonly onDidClose = this.#close.event;
  /** Resolves when the program has ended, was stopped, or could not be started. */
  readonly ended: Promise<ProgramEnd>;

  constructor(program: Program) {
    this.#program = program;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  open(): void {
    const [program, ...args] = this.#program.command;
    this.#show(`> ${this.#program.command.join(' ')}\n\n`);
    const child = spawn(program, args, {
      cwd: this.#program.cwd,
      env: testEnvironment(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that stopping reaches the programs that it starts.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
        this.#show(text);
      });
    }
    child.on('error', (error) => {
      this.#output += error.message;
      this.#show(`${error.message}\n`);
      this.#end(null);
    });
    child.on('close', (code) => this.#end(code));
  }

  /** The person has closed the terminal or ended the task. */
  close(): void {
    const pid = this.#child?.pid;
    if (pid !== undefined && this.#child?.exitCode === null) kill(pid);
    this.#end(null);
  }

  /** Control+C, as in every terminal. */
  handleInput(data: string): void {
    if (data.includes('\u0003')) this.close();
  }

  #show(text: string): void {
    this.#write.fire(text.replace(/\r?\n/g, '\r\n'));
  }

  #end(exitCode: number | null): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
    const output = this.#output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
    this.#settle({ exitCode, output });
    this.#close.fire(exitCode ?? 1);
  }
}

function kill(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
  } catch {
    // It has ended by itself in the meantime.
  }
}
