import {
  type EntryDraft,
  JOURNAL_VERSION,
  type JournalEntry,
  type JournalWrite,
  type RunProjection,
  type TaskProjection,
} from '../../../core/engine/journal-entry.ts';
import type { Json } from '../../../core/json.ts';
import type { RunMessage } from '../../../core/messages/run-message.ts';
import type { ApprovalRecord, OpenApproval } from '../../../core/policy/approval.ts';
import type { Page, RunJournal, RunOwner, RunRecord } from '../../../core/ports.ts';
import {
  approvalChange,
  isOver,
  isTaskOver,
  noOpenQuestion,
  notFound,
  ownedElsewhere,
  runExists,
  runLost,
  runNeedsProjection,
} from '../journal-rules.ts';
import { isAlive } from '../process-identity.ts';
import { copyOf } from './copy-of.ts';

interface MemoryRun {
  epoch: number;
  owner: RunOwner | null;
  projection: RunProjection;
  readonly createdAt: string;
  updatedAt: string;
  readonly entries: KeptEntry[];
  readonly tasks: Map<string, TaskProjection>;
  readonly messages: Map<number, RunMessage>;
  /** Questions that no journaled answer has ended. */
  approvals: ApprovalRecord[];
}

interface KeptEntry {
  /** As JSON where it holds anything that somebody else may change afterwards. */
  readonly draft: string | EntryDraft;
  readonly epoch: number;
  readonly at: string;
}

/** A RunJournal that lives as long as its object. What comes back is what a database would give back, and never what was given. */
export class MemoryJournal implements RunJournal {
  readonly #runs = new Map<string, MemoryRun>();

  async create(runId: string, owner: RunOwner, write: JournalWrite): Promise<void> {
    if (write.run === null) throw runNeedsProjection();
    if (this.#runs.has(runId)) throw runExists(runId);
    const at = write.at ?? new Date().toISOString();
    const run: MemoryRun = {
      epoch: 1,
      owner: copyOf(owner),
      projection: copyOf(write.run),
      createdAt: at,
      updatedAt: at,
      entries: [],
      tasks: new Map(),
      messages: new Map(),
      approvals: [],
    };
    this.#runs.set(runId, run);
    this.#write(runId, run, write, at);
  }

  async append(runId: string, epoch: number, write: JournalWrite): Promise<void> {
    const run = this.#runs.get(runId);
    if (run?.epoch !== epoch) throw runLost(runId);
    this.#write(runId, run, write, write.at ?? new Date().toISOString());
  }

  async claim(runId: string, owner: RunOwner) {
    const run = this.#runs.get(runId);
    if (run === undefined) throw notFound(`run ${runId}`);
    const refusal = ownedElsewhere(runId, run.owner, owner, isAlive);
    if (refusal !== null) throw refusal;
    run.epoch += 1;
    run.owner = copyOf(owner);
    return { epoch: run.epoch, entries: entriesOf(runId, run, 0) };
  }

  async release(runId: string, epoch: number): Promise<void> {
    const run = this.#runs.get(runId);
    if (run?.epoch === epoch) run.owner = null;
  }

  async read(runId: string, afterSeq = 0): Promise<readonly JournalEntry[]> {
    const run = this.#runs.get(runId);
    return run === undefined ? [] : entriesOf(runId, run, afterSeq);
  }

  async get(runId: string): Promise<RunRecord | null> {
    const run = this.#runs.get(runId);
    return run === undefined ? null : recordOf(runId, run);
  }

  async list(query: { readonly limit: number; readonly offset?: number }): Promise<Page<RunRecord>> {
    const offset = query.offset ?? 0;
    const newestFirst = [...this.#runs].reverse().slice(offset, offset + query.limit);
    return { items: newestFirst.map(([runId, run]) => recordOf(runId, run)), total: this.#runs.size };
  }

  async tasks(runId: string): Promise<readonly TaskProjection[]> {
    return copyOf([...(this.#runs.get(runId)?.tasks.values() ?? [])]);
  }

  async messages(runId: string): Promise<readonly RunMessage[]> {
    return copyOf([...(this.#runs.get(runId)?.messages.values() ?? [])]);
  }

  async approvals(runId: string | null): Promise<readonly ApprovalRecord[]> {
    const runs = runId === null ? [...this.#runs.values()] : [this.#runs.get(runId)];
    return copyOf(runs.flatMap((run) => (run === undefined ? [] : openApprovals(run))));
  }

  async answer(
    runId: string,
    { instanceId, actionHash }: Pick<OpenApproval, 'instanceId' | 'actionHash'>,
    approved: boolean,
  ): Promise<boolean> {
    const run = this.#runs.get(runId);
    const asked =
      run && openApprovals(run).find((one) => one.instanceId === instanceId && one.actionHash === actionHash);
    if (run === undefined || asked === undefined) throw noOpenQuestion(runId);
    if (asked.answer !== null) return asked.answer;
    run.approvals = run.approvals.map((one) => (one === asked ? { ...one, answer: approved } : one));
    return approved;
  }

  /** All runs, newest first. */
  records(): readonly RunRecord[] {
    return [...this.#runs].reverse().map(([runId, run]) => recordOf(runId, run));
  }

  delete(runId: string): void {
    this.#runs.delete(runId);
  }

  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  /** Runs, and agents as S1 counts them: one for each run and each task. */
  count(): { readonly runs: number; readonly agents: number } {
    const tasks = [...this.#runs.values()].reduce((sum, run) => sum + run.tasks.size, 0);
    return { runs: this.#runs.size, agents: this.#runs.size + tasks };
  }

  #write(runId: string, run: MemoryRun, write: JournalWrite, at: string): void {
    const { epoch } = run;
    for (const draft of write.entries) {
      run.entries.push({ draft: isOwn(draft) ? draft : JSON.stringify(draft), epoch, at });
      if (!draft.kind.startsWith('approval-')) continue;
      const change = approvalChange(draft, runId, at);
      if (change === null) continue;
      run.approvals = run.approvals.filter((one) => !isSameQuestion(one, change.question));
      if (change.asked !== null) run.approvals.push({ ...change.asked, answer: null });
    }
    run.updatedAt = at;
    if (write.run !== null) run.projection = write.run;
    for (const task of write.tasks) run.tasks.set(task.instanceId, keptTask(task));
    for (const message of write.messages ?? []) run.messages.set(message.id, copyOf(message));
  }
}

function entriesOf(runId: string, { entries }: MemoryRun, afterSeq: number): JournalEntry[] {
  return entries.slice(afterSeq).map(({ draft, epoch, at }, index) => {
    const seq = afterSeq + index + 1;
    const own = typeof draft === 'string' ? (JSON.parse(draft) as EntryDraft) : copyOf(draft);
    return { ...own, runId, seq, epoch, v: JOURNAL_VERSION, at };
  });
}

/** True of the two entries that every task has, where the engine has made all that is in them. */
function isOwn({ kind, payload }: EntryDraft): boolean {
  if (kind === 'task-started') return true;
  return kind === 'task-completed' && payload.attempts.length === 0 && !isObject(payload.output);
}

function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

/** Of a projection only the output belongs to somebody else, who may change it. */
function keptTask(task: TaskProjection): TaskProjection {
  return isObject(task.output) ? { ...task, output: copyOf(task.output) } : task;
}

function openApprovals({ projection, tasks, approvals }: MemoryRun): ApprovalRecord[] {
  if (isOver(projection.status)) return [];
  return approvals.filter(({ instanceId, attempt }) => {
    const task = tasks.get(instanceId);
    return task !== undefined && task.attempt === attempt && !isTaskOver(task.status);
  });
}

function isSameQuestion(a: QuestionName, b: QuestionName): boolean {
  return a.instanceId === b.instanceId && a.attempt === b.attempt && a.key === b.key;
}

type QuestionName = Pick<ApprovalRecord, 'instanceId' | 'attempt' | 'key'>;

function recordOf(runId: string, { epoch, owner, projection, createdAt, updatedAt }: MemoryRun): RunRecord {
  return copyOf({ ...projection, runId, epoch, owner, createdAt, updatedAt });
}
