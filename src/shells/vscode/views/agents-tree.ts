import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import { type Lazy, lazy } from '../host/lazy.ts';
import type { Session } from '../host/session.ts';
import type { AskedBy, Questions } from '../runs/open-questions.ts';
import { runItem, taskItem } from './agent-items.ts';
import { elementId, parseElement, type RunView } from './agent-views.ts';
import type { AgentsModel } from './agents-model.ts';
import { ChangeThrottle } from './throttle.ts';

/** Ended runs that are listed; older ones are in the history. */
const LISTED_RUNS = 20;
/** Stored runs that are looked through for those of this workspace. */
const SEARCHED_RUNS = 200;
/** At most ten refreshes a second, however fast the agents are. */
const REFRESH_INTERVAL_MS = 100;

/**
 * Content of the Agents view: runs and below them their sub-agents, live while they work and from the database before
 * and after. Elements are the ids of {@link elementId}.
 */
export class AgentsTree implements vscode.Disposable {
  readonly #session: Session;
  readonly #root: () => string;
  readonly #model: AgentsModel;
  readonly #questions: Questions;
  readonly #changes: ChangeThrottle;
  readonly #whole: () => void;
  /** Reads the list; whoever asks while it is being read waits for it, too. */
  #list: Lazy<void> = lazy(() => this.#readList());

  /** `root` tells whose runs are listed; `changed` is told which elements to draw again, undefined: all. */
  constructor(
    session: Session,
    { model, questions }: { readonly model: AgentsModel; readonly questions: Questions },
    root: () => string,
    changed: Pick<vscode.EventEmitter<string[] | undefined>, 'fire'>,
  ) {
    this.#session = session;
    this.#model = model;
    this.#questions = questions;
    this.#root = root;
    this.#changes = new ChangeThrottle((ids) => changed.fire(ids ? [...ids] : undefined), REFRESH_INTERVAL_MS);
    this.#whole = () => changed.fire(undefined);
  }

  /** Takes an event of a run of this window in. */
  onEvent(event: EnsembleEvent): void {
    this.#changes.add(this.#model.apply(event));
  }

  /** Reads a run again: its title once it is stored, the whole truth when it has stopped. */
  async reload(runId: string): Promise<void> {
    await this.#read(await this.#session.open(), runId);
    this.#changes.add(null);
  }

  /** Children of an element; of the view itself for null. Opens no database that does not exist yet. */
  async children(element: string | null): Promise<string[]> {
    if (element === null) {
      await this.#list();
      return this.#model.runs().map((run) => elementId(run.runId, null));
    }
    const { runId, taskId } = parseElement(element);
    await this.load(runId);
    return this.#model.parts(runId, taskId).map((part) => elementId(runId, part));
  }

  /** Makes sure that the tasks of a run are in the model. Rejects `not-found` for an unknown run. */
  async load(runId: string): Promise<void> {
    if (!this.#model.run(runId)?.tasks) await this.#read(await this.#session.open(), runId);
  }

  /** Who asks a question. Rejects `not-found` for an unknown run. */
  async askedBy({ runId, taskId }: OpenApproval): Promise<AskedBy> {
    await this.load(runId);
    const task = this.#model.task(runId, taskId);
    return {
      agent: task?.agent ?? taskId,
      task: task?.description || taskId,
      run: this.#model.run(runId)?.title ?? runId,
    };
  }

  item(element: string): vscode.TreeItem {
    const { runId, taskId } = parseElement(element);
    const run = this.#model.run(runId);
    const task = taskId === null ? null : this.#model.task(runId, taskId);
    if (task) {
      const question = this.#questions.of(runId, task.taskId);
      return taskItem(element, task, { parts: this.#model.parts(runId, taskId).length, question });
    }
    if (run) {
      const active = this.#session.opened?.runs.active().includes(runId) ?? false;
      const questions = this.#questions.ofRun(runId).length;
      return runItem(element, run, { active, questions, expanded: active || this.#model.runs()[0] === run });
    }
    return new vscode.TreeItem(element);
  }

  parent(element: string): string | undefined {
    const { runId, taskId } = parseElement(element);
    return taskId === null ? undefined : elementId(runId, this.#model.task(runId, taskId)?.parentId ?? null);
  }

  /** The element of a run. */
  elementOf(runId: string): string {
    return elementId(runId, null);
  }

  /** Reads the list again, for runs of other windows and of the command line. */
  async refresh(): Promise<void> {
    this.#list = lazy(() => this.#readList());
    this.#whole();
  }

  /** Runs that commands can offer, newest first. */
  async runs(): Promise<readonly RunView[]> {
    await this.#list();
    return this.#model.runs();
  }

  /** Questions of agents that are open, in any window. */
  questions(): number {
    return this.#questions.list().length;
  }

  /** Listed runs that stopped before their end. */
  stopped(): number {
    return this.#model.runs().filter((run) => run.status === 'interrupted' || run.status === 'suspended').length;
  }

  dispose(): void {
    this.#changes.dispose();
  }

  async #readList(): Promise<void> {
    const ensemble = await this.#session.openExisting();
    if (!ensemble) return;
    const active = new Set(ensemble.runs.active());
    const { items } = await ensemble.runs.list({ limit: SEARCHED_RUNS });
    const listed = items
      .filter((run) => active.has(run.runId) || (run.workspace ?? '') === this.#root())
      .slice(0, LISTED_RUNS);
    this.#model.keep(new Set([...active, ...listed.map((run) => run.runId)]));
    for (const run of listed) if (!active.has(run.runId)) this.#model.loadRun(run);
    await this.#questions.refresh();
  }

  async #read(ensemble: Ensemble, runId: string): Promise<void> {
    const { record, ...stored } = await ensemble.runs.get(runId);
    this.#model.loadRun(record);
    this.#model.loadTasks(runId, stored, ensemble.runs.active().includes(runId));
  }
}
