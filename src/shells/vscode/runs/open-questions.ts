import type { OpenApproval } from '../../../core/policy/approval.ts';
import type { Session } from '../host/session.ts';
import { elementId } from '../views/agent-views.ts';

/** What waits for a person as this window knows it: of its own runs, of other windows and of the command line. */
export interface Questions {
  /** Oldest first. */
  list(): readonly OpenApproval[];
  /** The oldest question of a task; null: it asks nothing. */
  of(runId: string, taskId: string): OpenApproval | null;
  ofRun(runId: string): readonly OpenApproval[];
  /** True while exactly this question is open. */
  has(question: OpenApproval): boolean;
  /** Reads them again. Opens no database that does not exist yet. */
  refresh(): Promise<void>;
}

/** Who asks a question. */
export interface AskedBy {
  readonly agent: string;
  /** What its task is. */
  readonly task: string;
  /** Title of the run. */
  readonly run: string;
}

/** The open questions of the database, kept so that rows, badge and status bar can tell of them at once. */
export class OpenQuestions implements Questions {
  readonly #session: Pick<Session, 'openExisting'>;
  readonly #changed: (elements: string[]) => void;
  #open: readonly OpenApproval[] = [];
  #reads = 0;

  /** `changed` is told which elements of the Agents view ask something now, or no longer do. */
  constructor(session: Pick<Session, 'openExisting'>, changed: (elements: string[]) => void) {
    this.#session = session;
    this.#changed = changed;
  }

  list(): readonly OpenApproval[] {
    return this.#open;
  }

  of(runId: string, taskId: string): OpenApproval | null {
    return this.#open.find((one) => one.runId === runId && one.taskId === taskId) ?? null;
  }

  ofRun(runId: string): readonly OpenApproval[] {
    return this.#open.filter((one) => one.runId === runId);
  }

  has(question: OpenApproval): boolean {
    return missingIn([question], this.#open).length === 0;
  }

  async refresh(): Promise<void> {
    const read = ++this.#reads;
    const ensemble = await this.#session.openExisting();
    const open = (await ensemble?.approvals.open()) ?? [];
    // A read that began later knows more.
    if (read !== this.#reads) return;
    const before = this.#open;
    this.#open = open;
    const differ = [...missingIn(before, open), ...missingIn(open, before)];
    if (differ.length > 0) this.#changed([...new Set(differ.flatMap(elementsOf))]);
  }
}

function missingIn(some: readonly OpenApproval[], others: readonly OpenApproval[]): readonly OpenApproval[] {
  const known = new Set(others.map(nameOf));
  return some.filter((one) => !known.has(nameOf(one)));
}

function nameOf({ runId, instanceId, attempt, key, actionHash }: OpenApproval): string {
  return JSON.stringify([runId, instanceId, attempt, key, actionHash]);
}

/** Its task, and its run, which says that something waits. */
function elementsOf({ runId, taskId }: OpenApproval): string[] {
  return [elementId(runId, null), elementId(runId, taskId)];
}
