import type { RunMessage } from '../messages/run-message.ts';
import type { Page } from '../page.ts';
import type { ApprovalRecord, OpenApproval } from '../policy/approval.ts';
import type { JournalEntry, JournalWrite, RunProjection, TaskProjection } from './journal-entry.ts';

/** Who owns a run: enough to tell whether the owner still lives. */
export interface RunOwner {
  /** Machine and boot, so that a pid is never compared across them. */
  readonly host: string;
  readonly pid: number;
  /** Start time of the process in the system's own unit, `''` where unknown. */
  readonly startTime: string;
  /** Distinguishes two engines of one process. */
  readonly nonce: string;
}

/** A run as it is stored. */
export interface RunRecord extends RunProjection {
  readonly runId: string;
  readonly epoch: number;
  readonly owner: RunOwner | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * The durable log of runs (design, decisions 3 and 5). Every method is atomic. Appends of one event-loop turn may share
 * a commit; a resolved promise means durable. The same transaction keeps the projections `runs`, `tasks` and S1's `agents`
 * (one `super` row per run, one `sub` row per task).
 */
export interface RunJournal {
  /** Creates the run with epoch 1 and its first entries. Rejects `invalid-input` when the id exists. */
  create(runId: string, owner: RunOwner, write: JournalWrite): Promise<void>;
  /**
   * Appends. Rejects with `run-lost` and writes nothing unless `epoch` is the run's current one.
   */
  append(runId: string, epoch: number, write: JournalWrite): Promise<void>;
  /**
   * Takes the run over: epoch + 1, new owner, one transaction. Rejects with `run-owned-elsewhere` while the present
   * owner is alive, `not-found` for an unknown run.
   */
  claim(runId: string, owner: RunOwner): Promise<{ readonly epoch: number; readonly entries: readonly JournalEntry[] }>;
  /** Gives ownership up at the end of a run, or on an orderly stop; ignored when `epoch` is not current. */
  release(runId: string, epoch: number): Promise<void>;
  /** Entries with seq > `afterSeq`, in order. */
  read(runId: string, afterSeq?: number): Promise<readonly JournalEntry[]>;
  get(runId: string): Promise<RunRecord | null>;
  /** Newest first. */
  list(query: { readonly limit: number; readonly offset?: number }): Promise<Page<RunRecord>>;
  tasks(runId: string): Promise<readonly TaskProjection[]>;
  /** The messages between its tasks, in the order of sending. */
  messages(runId: string): Promise<readonly RunMessage[]>;
  /**
   * Questions to a person that tasks of unfinished runs wait for, and answers that their run has not taken yet; oldest first.
   * Null: of all runs.
   */
  approvals(runId: string | null): Promise<readonly ApprovalRecord[]>;
  /**
   * Leaves the answer to an open question for the run's owner, whoever that is or will be. The first answer counts; resolves with
   * it. Rejects `not-found` where no such question is open.
   */
  answer(runId: string, question: Pick<OpenApproval, 'instanceId' | 'actionHash'>, approved: boolean): Promise<boolean>;
}
