import { toErrorInfo } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import {
  type DashboardAccount,
  type DashboardPatch,
  type DashboardRun,
  type DashboardText,
  type HostMessage,
  ROWS_SHOWN,
  TASKS_SHOWN,
  TEXT_SHOWN,
} from '../../../protocol/dashboard.ts';
import type { RunView, TaskView } from '../views/agent-views.ts';
import { shownText } from '../views/task-changes.ts';
import { ChangeThrottle, realSchedule, type Schedule } from '../views/throttle.ts';
import { problemOf, runDetail, runRow, taskRow } from './dashboard-rows.ts';

/** Eight messages a second at most, however many agents write. */
const SEND_INTERVAL_MS = 125;
/** The accounts are read from the database, so less often. */
const ACCOUNTS_INTERVAL_MS = 1000;

/** Where the feed reads from. */
export interface DashboardSource {
  /** Runs that are listed, newest first; reads the list when that was not done yet. */
  runs(): Promise<readonly RunView[]>;
  /** Those that are known at this moment. */
  knownRuns(): readonly RunView[];
  /** The run as it is now, with its tasks once {@link load} has resolved; null: unknown. */
  run(runId: string): RunView | null;
  /** Makes the tasks of a run known. */
  load(runId: string): Promise<void>;
  /** Runs that go on in this window. */
  active(): ReadonlySet<string>;
  /** What agents of the run ask the person, oldest first. */
  questions(runId: string): readonly OpenApproval[];
  accounts(): Promise<readonly DashboardAccount[]>;
  trusted(): boolean;
  hasAccounts(): boolean;
}

/**
 * Keeps one page up to date: a snapshot whenever it appears, then what changed, a few times a second. While the page is
 * hidden nothing is read and nothing sent. Follows the newest run until the person picks another one.
 */
export class DashboardFeed {
  readonly #source: DashboardSource;
  readonly #send: (message: HostMessage) => void;
  readonly #schedule: Schedule;
  readonly #changes: ChangeThrottle;
  readonly #accountReads: ChangeThrottle;
  readonly #texts = new Map<string, DashboardText>();
  /** The run that the person picked; null: the newest one. */
  #picked: string | null = null;
  /** The run of the last snapshot, and the ids of the tasks that were sent of it. */
  #shown: string | null = null;
  #window = new Set<string>();
  #offset = 0;
  #begun = false;
  #visible = false;
  #reads = 0;
  #accounts: readonly DashboardAccount[] | null = null;
  #dropCooldown: () => void = () => undefined;

  constructor(source: DashboardSource, send: (message: HostMessage) => void, schedule: Schedule = realSchedule) {
    this.#source = source;
    this.#send = send;
    this.#schedule = schedule;
    this.#changes = new ChangeThrottle((ids) => this.#flush(ids), SEND_INTERVAL_MS, schedule);
    this.#accountReads = new ChangeThrottle(() => void this.#readAccounts(), ACCOUNTS_INTERVAL_MS, schedule);
  }

  /** The run that is shown; null: none yet. */
  get shown(): string | null {
    return this.#shown;
  }

  /** The page is there and empty. `runId`: the run that it showed before, null: none. */
  show(runId: string | null): void {
    // Only what an earlier window left: in this one the feed itself knows.
    if (!this.#begun) this.#picked ??= runId;
    this.#begun = true;
    this.#visible = true;
    this.#changes.add(null);
    this.#accountReads.add(null);
  }

  /** The page is gone for now. */
  hide(): void {
    this.#visible = false;
    this.#reads++;
    this.#changes.dispose();
    this.#accountReads.dispose();
    this.#dropCooldown();
  }

  select(runId: string): void {
    this.#picked = runId;
    this.#offset = 0;
    if (this.#visible) this.#changes.add(null);
  }

  /** Sends other tasks of the run: a whole page from the one with this number on. */
  showTasks(offset: number): void {
    this.#offset = Math.floor(offset / TASKS_SHOWN) * TASKS_SHOWN;
    if (this.#visible) this.#changes.add(null);
  }

  /** The list of runs or a whole run was read again. */
  reload(): void {
    if (this.#visible) this.#changes.add(null);
  }

  /** Agents ask something else than before. */
  questionsChanged(): void {
    if (this.#visible) this.#changes.add(['run']);
  }

  /** The settings of the accounts changed. */
  accountsChanged(): void {
    if (this.#visible) this.#accountReads.add(null);
  }

  /** Takes note of what an event changed; the source knows of it already. */
  onEvent(event: EnsembleEvent): void {
    if (!this.#visible) return;
    if (event.type !== 'task:delta') this.#accountReads.add(null);
    if (event.runId !== this.#shown) {
      if (!('taskId' in event)) this.#changes.add(['runs']);
      return;
    }
    if (!('taskId' in event)) {
      this.#changes.add(['runs', 'run']);
      return;
    }
    const { taskId } = event;
    if (!this.#window.has(taskId) && !this.#takesIn(taskId)) {
      this.#changes.add(['run']);
      return;
    }
    const added = shownText(event);
    if (added !== null) {
      this.#addText(taskId, added, false);
      this.#changes.add([`text:${taskId}`]);
      return;
    }
    if (event.type === 'task:start' || event.type === 'task:retry') this.#addText(taskId, '', true);
    this.#changes.add(['run', `task:${taskId}`]);
  }

  /** Stops everything. */
  dispose(): void {
    this.hide();
  }

  /** A new task belongs to the page while that has room. */
  #takesIn(taskId: string): boolean {
    if (this.#window.size >= TASKS_SHOWN) return false;
    this.#window.add(taskId);
    return true;
  }

  #addText(id: string, text: string, reset: boolean): void {
    const waiting = this.#texts.get(id) ?? { id, text: '', reset: false };
    const joined = reset ? text : waiting.text + text;
    this.#texts.set(id, {
      id,
      text: joined.slice(-TEXT_SHOWN),
      reset: waiting.reset || reset || joined.length > TEXT_SHOWN,
    });
  }

  #flush(ids: readonly string[] | null): void {
    if (ids === null) void this.#sendSnapshot();
    else this.#sendPatch(new Set(ids));
  }

  async #sendSnapshot(): Promise<void> {
    const read = ++this.#reads;
    // Nothing is shown until the snapshot is: what happens meanwhile is in it.
    this.#shown = null;
    try {
      const runs = await this.#source.runs();
      const chosen = runs.find((run) => run.runId === this.#picked) ?? runs[0] ?? null;
      if (chosen) await this.#source.load(chosen.runId);
      if (read !== this.#reads) return;
      // Whoever picks the newest run wants to see the next one too.
      this.#picked = chosen && chosen !== runs[0] ? chosen.runId : null;
      this.#sendRun(this.#source.knownRuns(), chosen && this.#source.run(chosen.runId));
    } catch (error) {
      if (read === this.#reads) this.#send({ type: 'problem', ...problemOf(toErrorInfo(error)) });
    }
  }

  #sendRun(runs: readonly RunView[], run: RunView | null): void {
    const all = [...(run?.tasks?.values() ?? [])];
    if (this.#offset >= all.length) this.#offset = 0;
    const tasks = all.slice(this.#offset, this.#offset + TASKS_SHOWN);
    this.#shown = run?.runId ?? null;
    this.#window = new Set(tasks.map((task) => task.taskId));
    this.#texts.clear();
    const active = this.#source.active();
    this.#send({
      type: 'snapshot',
      runs: runs.slice(0, ROWS_SHOWN).map((each) => runRow(each, active)),
      run: run && this.#detail(run, active),
      tasks: tasks.map(taskRow),
      texts: tasks.filter((task) => task.text !== '').map(wholeText),
      accounts: this.#accounts && [...this.#accounts],
      trusted: this.#source.trusted(),
      hasAccounts: this.#source.hasAccounts(),
    });
  }

  #sendPatch(ids: ReadonlySet<string>): void {
    const run = this.#shown === null ? null : this.#source.run(this.#shown);
    const active = this.#source.active();
    const tasks = [...this.#window].flatMap((id) => (ids.has(`task:${id}`) ? (run?.tasks?.get(id) ?? []) : []));
    const texts = [...this.#texts.values()];
    this.#texts.clear();
    const runs = this.#source.knownRuns().slice(0, ROWS_SHOWN);
    const patch: DashboardPatch = {
      type: 'patch',
      runId: this.#shown,
      ...(ids.has('runs') && { runs: runs.map((each) => runRow(each, active)) }),
      ...(run && ids.has('run') && { run: this.#detail(run, active) }),
      ...(tasks.length > 0 && { tasks: tasks.map(taskRow) }),
      ...(texts.length > 0 && { texts }),
      ...(this.#accounts && ids.has('accounts') && { accounts: [...this.#accounts] }),
    };
    if (Object.keys(patch).length > 2) this.#send(patch);
  }

  #detail(run: RunView, active: ReadonlySet<string>): DashboardRun {
    return runDetail(run, active, this.#offset, this.#source.questions(run.runId));
  }

  async #readAccounts(): Promise<void> {
    const accounts = await this.#source.accounts().catch(() => null);
    if (!accounts || !this.#visible) return;
    this.#accounts = accounts;
    this.#changes.add(['accounts']);
    this.#readAgainAfterCooldown(accounts);
  }

  #readAgainAfterCooldown(accounts: readonly DashboardAccount[]): void {
    this.#dropCooldown();
    const ends = accounts.flatMap(({ cooldown }) => (cooldown ? [Date.parse(cooldown.until)] : []));
    if (ends.length === 0) return;
    const wait = Math.max(ACCOUNTS_INTERVAL_MS, Math.min(...ends) - Date.now());
    this.#dropCooldown = this.#schedule(() => this.#accountReads.add(null), wait);
  }
}

function wholeText(task: TaskView): DashboardText {
  return { id: task.taskId, text: task.text.slice(-TEXT_SHOWN), reset: true };
}
