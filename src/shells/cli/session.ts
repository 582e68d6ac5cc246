import type { CliEnvironment } from '../../compose.ts';
import type { ErrorInfo } from '../../core/errors.ts';
import type { EnsembleEvent } from '../../core/events.ts';
import type { Logger } from '../../core/ports.ts';
import { type EventSink, openEventSink } from './event-sink.ts';
import { type CliHost, columnsOf } from './host.ts';
import { Interrupts } from './interrupts.ts';
import type { GlobalOptions } from './options.ts';
import { createProgress, type Progress } from './progress/progress.ts';
import { writeError } from './report-error.ts';
import { oneLine, safeJson } from './sanitize.ts';
import { createStyle, mayStyle, type Style } from './style.ts';
import { type Question, TerminalApprover } from './terminal-approver.ts';

/** What a command prints: made only in the form that is asked for. */
export interface Output {
  json(): unknown;
  text(): string | readonly string[];
}

/**
 * One invocation of the command line: its options, its outlets, and the Ensemble behind it, which is opened (and its code
 * loaded) only by commands that need it.
 */
export class Session {
  readonly options: GlobalOptions;
  readonly host: CliHost;
  /** Looks of standard output. */
  readonly style: Style;
  readonly progress: Progress;
  readonly interrupts: Interrupts;
  readonly #approver: TerminalApprover;
  readonly #errorStyle: Style;
  readonly #events: EventSink;
  readonly #noticed = new Set<string>();
  #environment: CliEnvironment | null = null;

  /** Throws `invalid-input` when the target of `--events` cannot be opened. */
  constructor(host: CliHost, options: GlobalOptions) {
    const styled = (screen: { readonly isTTY?: boolean }) =>
      mayStyle({ isTTY: screen.isTTY === true, color: options.color, env: host.env });
    const live = styled(host.stderr);
    this.host = host;
    this.options = options;
    this.style = createStyle(styled(host.stdout));
    this.#errorStyle = createStyle(live);
    this.#events = openEventSink(options.events, host);
    this.progress = createProgress(host, options.quiet ? 'quiet' : live ? 'live' : 'lines');
    this.interrupts = new Interrupts(host);
    this.#approver = new TerminalApprover({ host, progress: this.progress, yes: options.yes, quiet: options.quiet });
  }

  /** Columns that text on standard output may fill. */
  get columns(): number {
    return columnsOf(this.host.stdout, 100);
  }

  /** Columns that a table may fill: where another program reads it, nothing is cut. */
  get tableColumns(): number {
    return this.host.stdout.isTTY ? this.columns : Number.POSITIVE_INFINITY;
  }

  /** Opens configuration, workspace and database; prints what there is to notice about the database. */
  async open(): Promise<CliEnvironment> {
    if (this.#environment) return this.#environment;
    const { openCliEnvironment, followFolder } = await import('../../compose.ts');
    const { host, options } = this;
    this.#environment = await openCliEnvironment({
      configFile: options.config,
      databaseFile: options.db,
      cwd: host.cwd,
      env: host.env,
      home: host.home,
      trust: options.trust,
      logger: this.#logger(),
      approver: this.#approver,
    });
    for (const notice of this.#environment.notices) this.notice(notice);
    await this.#environment.ensemble.reconcile();
    for (const place of await followFolder(this.#environment.ensemble, this.#environment.workspace.root))
      this.notice(
        `This folder was ${place}: its history is shown here. To undo that: ensemble history detach ${place}`,
      );
    return this.#environment;
  }

  /** The result of a command: one JSON document with `--json`, else text; nothing where standard output has the events. */
  emit(output: Output): void {
    if (this.options.json) this.print(safeJson(output.json(), 2));
    else if (this.options.events !== '-') this.print([output.text()].flat().join('\n'));
  }

  /** Writes to standard output as it stands, on lines of its own. */
  print(text: string): void {
    if (text !== '') this.host.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** Something the person should know, on standard error; once. */
  notice(message: string): void {
    // The storage both logs and returns what it has mended.
    if (this.#noticed.has(message)) return;
    this.#noticed.add(message);
    if (!this.options.quiet) this.progress.say(`${this.#errorStyle.yellow('notice:')} ${oneLine(message)}`);
  }

  /** Asks before something that cannot be undone; without a terminal only `--yes` agrees. */
  confirm(question: Question): Promise<boolean> {
    return this.#approver.confirm(question, this.interrupts.signal);
  }

  /** How a run went and what to do with it, on standard error. */
  aside(line: string): void {
    if (!this.options.quiet) this.progress.say(this.#errorStyle.dim(line));
  }

  /** What is wrong with a result that is printed all the same. */
  warn(error: ErrorInfo): void {
    writeError(this.host, this.options.color, error);
  }

  /** Hands an event to `--events`, and to the display. */
  onEvent(event: EnsembleEvent): void {
    this.#events.write(event);
    this.progress.onEvent(event);
  }

  /** Hands an event to `--events` alone. */
  record(event: EnsembleEvent): void {
    this.#events.write(event);
  }

  /** Closes the database and `--events`, and gives the terminal back. */
  async close(): Promise<void> {
    this.progress.stop();
    try {
      await this.#environment?.ensemble.close();
    } finally {
      this.interrupts.dispose();
      this.#events.close();
    }
  }

  /** Warnings and errors of the product are notices here; the details are in the run and its events. */
  #logger(): Logger {
    const show = (message: string) => this.notice(message);
    return { debug: () => {}, info: () => {}, warn: show, error: show };
  }
}
