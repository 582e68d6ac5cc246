import type { AuditLog } from './audit/audit-log.ts';
import type { DocumentStore } from './documents/document.ts';
import type { ErrorInfo } from './errors.ts';
import type { TaskSpec } from './graph/types.ts';
import type { Json } from './json.ts';
import type { Maintenance } from './maintenance.ts';
import type { TaggedMessage } from './messages/message-tags.ts';
import type { RunMessage } from './messages/run-message.ts';
import type { AttemptRecord, ProviderCall, StreamPart, TokenUsage } from './model.ts';
import type { Page } from './page.ts';
import type { ApprovalAction, OpenApproval } from './policy/approval.ts';
import type { PromptStore } from './prompts/prompt.ts';
import type { FileEdit, FindingDecision } from './results.ts';
import type { SpanStore } from './tracing/span-store.ts';

/** Source of time. Tests inject a fake one; nothing in core calls `Date.now` or `setTimeout` itself. */
export interface Clock {
  /** Wall clock, epoch ms; may step back. */
  now(): number;
  /** Monotonic ms, for durations. */
  monotonic(): number;
  /**
   * Resolves after `ms`, for 0 with the next turn of the event loop; rejects with the signal's reason when aborted first.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `then` once after `ms`; returns how to stop that. For what is mostly stopped, as it costs far less than a sleep. */
  timer(ms: number, then: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** Structured log. Fields never hold keys, prompts or file content. */
export interface Logger {
  debug(message: string, fields?: Record<string, Json>): void;
  info(message: string, fields?: Record<string, Json>): void;
  warn(message: string, fields?: Record<string, Json>): void;
  error(message: string, fields?: Record<string, Json>): void;
}

/** What a provider can do; the pool and the agent loop adapt to it. */
export interface ProviderCapabilities {
  /** False: a stream that ends without a finish part counts as complete. */
  readonly reportsFinish: boolean;
  /** False: usage is estimated by us. */
  readonly reportsUsage: boolean;
  readonly systemRole: boolean;
  /** Takes a JSON schema natively. */
  readonly structuredOutput: boolean;
  /** Takes tools; false: a call is sent without them. */
  readonly tools: boolean;
  /** Longest time until the first sign of an answer, ms; default 120,000. A local server may have to load the model. */
  readonly firstSignMs?: number;
  readonly needsUserGesture: boolean;
  /** True: runs inside this process, nothing leaves the machine. */
  readonly inProcess: boolean;
  /** False for the offline reviewer. */
  readonly isLanguageModel: boolean;
}

/** One vendor, bound to one account (endpoint and key). */
export interface ModelProvider {
  readonly capabilities: ProviderCapabilities;
  /**
   * Sends one request, once: no retries, no failover. Never throws for what the vendor did (that is a `failure` part);
   * rejects only with the signal's reason. `onAlive` hears of every sign of life, also of those that are no part, such as
   * keep-alive comments and hidden reasoning.
   */
  stream(call: ProviderCall, signal: AbortSignal, onAlive?: () => void): AsyncIterable<StreamPart>;
  /** Model ids the account may use. Rejects with an EnsembleError `provider-failed`. */
  listModels(signal: AbortSignal): Promise<readonly string[]>;
}

/** A dependency as its dependents see it. */
export interface TaskInput {
  readonly taskId: string;
  readonly agent: string;
  readonly description: string;
  readonly status: 'completed' | 'failed' | 'skipped';
  readonly output: Json;
  /** Names of the accounts that answered. Default none. */
  readonly accounts?: readonly string[];
  /** The output in short, where somebody has made one. */
  readonly digest?: string;
}

/** One attempt of one task. */
export interface TaskExecution {
  readonly runId: string;
  readonly instanceId: string;
  readonly attempt: number;
  readonly task: TaskSpec;
  /** The declared dependencies, in the order declared. */
  readonly inputs: readonly TaskInput[];
  /** Other tasks of the run that have ended, for a one-line index (S3 shared context). */
  readonly others: readonly TaskInput[];
  /** What a task and all below it have cost; null: it has not ended. `usd` null: not known. Default: unknown. */
  spentBelow?(taskId: string): { readonly usd: number | null; readonly tokens: number } | null;
  /**
   * What this attempt, the dependencies that have completed and those below them propose, in their order. Default: nothing.
   */
  proposed?(): readonly { readonly taskId: string; readonly agent: string; readonly edit: FileEdit }[];
  /** The tasks that added this one to the graph, nearest first, each before its own dependencies (S3 hierarchical context). Default: none. */
  readonly inherited?: readonly TaskInput[];
}

/** What an executor may do while it works. All of it is fenced: after a time-out or a takeover these calls reject. */
export interface ExecutionContext {
  readonly signal: AbortSignal;
  /**
   * Performs an effect exactly once per attempt as far as the journal knows: intent durable first, then `perform`, then
   * the outcome. After a resume a known outcome is returned and `perform` is not called.
   */
  effect<T extends Json>(key: string, detail: Json, perform: () => Promise<T>): Promise<T>;
  /**
   * Asks a person to allow exactly this action; false: refused. The question and its answer are journaled, so that a resumed
   * attempt asks nothing twice. The slot is back meanwhile and the time-outs pause; where nobody is there to answer and nothing
   * else is left to do, the run is suspended and the call rejects. Ask before an effect, not inside of it: a run with an effect
   * under way is not suspended.
   */
  approve(action: ApprovalAction): Promise<boolean>;
  /**
   * How often the effect was begun by an earlier run of this attempt without that anybody knows what came of it. Asked before
   * `effect`; the same in every later run and in a replay. Default: never.
   */
  interruptions?(key: string): number;
  /** Awaits something that needs no slot (quota, an answer, children): gives the slot back, pauses the time-outs. */
  waiting<T>(work: () => Promise<T>): Promise<T>;
  /** Shows streamed text; `reset` true replaces what was shown before. Not journaled. */
  delta(text: string, reset: boolean): void;
  /** Tells which account and model serve the task now, for `agent:invoke` and `task:retry`. Not journaled. */
  notify(note: ExecutionNote): void;
  /** Messages from and to other tasks of the run; absent: there is nobody to write to. */
  readonly mail?: TaskMail;
  /**
   * Adds tasks below this one and waits until all of them have ended; resolves with them. `make` is called for the first
   * attempt that comes here and not for later ones, which find the tasks that are there. Gives the slot back meanwhile and
   * pauses the time-outs. Absent: tasks cannot be added.
   */
  spawn?(make: () => Promise<readonly TaskSpec[]>): Promise<readonly SpawnedTask[]>;
}

/** A task that another one has added and waited for. */
export interface SpawnedTask {
  readonly spec: TaskSpec;
  readonly input: TaskInput;
  readonly costUSD: number | null;
  readonly tokens: TokenUsage;
}

/** What one task may do with the messages of its run. All of it is journaled and comes out the same after a crash. */
export interface TaskMail {
  /**
   * Sends what one place of the attempt wrote. `key` names the place: the second time, in a resumed attempt, nothing is sent
   * again and the report is the same.
   */
  send(key: string, messages: readonly TaggedMessage[]): SendReport;
  /** Takes what waits for the task, as a part of what its turn `key` is told; each attempt is told each message once. */
  take(key: string): readonly RunMessage[];
  /**
   * Waits until there is a message for the task, or none of these requests can be answered any more, or the time has passed.
   * Gives the slot back meanwhile and pauses the time-outs.
   */
  wait(key: string, requests: readonly number[], timeoutMs: number): Promise<MailWait>;
}

/** What was sent, and why the rest was not: sentences for the sender. */
export interface SendReport {
  readonly sent: readonly RunMessage[];
  readonly problems: readonly string[];
}

/** Why a wait for messages ended. `unanswered`: the requests that have no response. */
export interface MailWait {
  readonly because: 'message' | 'nobody-left' | 'timed-out';
  readonly unanswered: readonly { readonly id: number; readonly to: string }[];
}

/** Live facts about an attempt. */
export type ExecutionNote =
  | { readonly type: 'invoke'; readonly account: string; readonly model: string; readonly maxTokens: number }
  | { readonly type: 'retry'; readonly account: string; readonly reason: string }
  | { readonly type: 'cooldown'; readonly account: string; readonly cause: string; readonly until: string }
  | { readonly type: 'budget-refused'; readonly scope: string; readonly reason: string }
  | { readonly type: 'notice'; readonly message: string };

/** How an attempt ended. Only bugs and cancellation reject. */
export type TaskOutcome =
  | {
      readonly status: 'completed';
      readonly output: Json;
      /** The output in short, for tasks that build on it. Default: none. */
      readonly digest?: string;
      readonly attempts: readonly AttemptRecord[];
      /** Tasks to add to the graph in the same commit as the completion. */
      readonly extend?: readonly TaskSpec[];
    }
  | {
      readonly status: 'failed';
      readonly error: ErrorInfo;
      readonly attempts: readonly AttemptRecord[];
      /** True: the engine may repeat the attempt under the task's RetryPolicy. */
      readonly retryable: boolean;
      /** True: no other task can succeed either (no account, budget gone, key refused): the run stops, resumable. */
      readonly stopsRun?: boolean;
    };

/** Does the work of tasks: in this process, or (later) in a worker on a queue. */
export interface TaskExecutor {
  execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome>;
}

export type { BudgetLine, QuotaStore, ReservationOutcome, SlotBlock } from './accounts/quota-store.ts';
export type { DocumentRecord, DocumentStore } from './documents/document.ts';
export type { RunJournal, RunOwner, RunRecord } from './engine/run-journal.ts';
export type { Page };

/** A model call as it is kept (S1's columns and ours). `tokens` and `cost` are null until it has ended or where unknown. */
export interface ConversationRecord {
  readonly id: number;
  readonly taskId: string;
  readonly runId: string;
  readonly type: string;
  readonly messages: Json;
  readonly response: string | null;
  readonly model: string;
  readonly account: string;
  readonly status: string;
  readonly tokens: number | null;
  readonly costUSD: number | null;
  readonly createdAt: string;
  /** Name of the agent that it was made for; '' where it is not known. */
  readonly agent: string;
  /** Id of the conversation that was asked once more with it; null: none. */
  readonly rerunOf: number | null;
}

/** One attempt at a provider as it is kept for ever (ledger). */
export interface UsageRecord extends AttemptRecord {
  readonly runId: string;
  readonly instanceId: string;
  readonly agent: string;
  readonly possiblyBilled: boolean;
  readonly at: string;
}

/** Sums of the ledger, per account. */
export interface UsageSummary {
  readonly account: string;
  readonly calls: number;
  readonly failures: number;
  readonly tokens: TokenUsage;
  /** Sum of the known costs, USD. */
  readonly costUSD: number;
  /** Calls whose price is unknown, so that the sum is never read as complete. */
  readonly unknownCosts: number;
}

/** Sums of the ledger of one day or month (UTC), account and model. */
export interface UsagePeriod extends UsageSummary {
  /** `yyyy-mm-dd` or `yyyy-mm`. */
  readonly period: string;
  readonly model: string;
}

/** Totals for `stats` (S1). */
export interface StoreStats {
  readonly conversations: number;
  readonly documents: number;
  readonly prompts: number;
  readonly agents: number;
  readonly runs: number;
  /** Absolute path of the database file; null: in memory. */
  readonly location: string | null;
  readonly sizeBytes: number;
}

/** Everything that is kept beside the journal. Writes are durable when their promise resolves. */
export interface Stores {
  readonly conversations: {
    /** Inserts before the call is sent; resolves with the row's id. */
    begin(
      row: Pick<ConversationRecord, 'taskId' | 'runId' | 'type' | 'messages' | 'model' | 'account'> &
        Partial<Pick<ConversationRecord, 'agent' | 'rerunOf'>>,
    ): Promise<number>;
    finish(
      id: number,
      end: Pick<ConversationRecord, 'response' | 'status' | 'tokens' | 'costUSD'> & {
        readonly model: string;
        readonly account: string;
      },
    ): Promise<void>;
    /** Newest first; `search` matches text of request and response. */
    list(query: {
      readonly limit: number;
      readonly offset?: number;
      readonly search?: string;
      readonly runId?: string;
    }): Promise<Page<ConversationRecord>>;
    get(id: number): Promise<ConversationRecord | null>;
  };
  readonly documents: DocumentStore;
  readonly prompts: PromptStore;
  readonly usage: {
    record(row: UsageRecord): Promise<void>;
    /** Summed per account from `since` (ISO) on; all accounts that ever had a call. */
    summary(since: string): Promise<readonly UsageSummary[]>;
    /** Summed per day or month, account and model from `since` (ISO) on, oldest first. */
    periods(since: string, by: 'day' | 'month'): Promise<readonly UsagePeriod[]>;
    /** The attempts from `since` (ISO) on, oldest first. */
    list(query: {
      readonly since: string;
      readonly limit: number;
      readonly offset?: number;
    }): Promise<Page<UsageRecord>>;
    /** The attempts of one run, oldest first. */
    ofRun(runId: string): Promise<readonly UsageRecord[]>;
  };
  readonly spans: SpanStore;
  readonly findings: {
    /** Stores the findings of a run's review, whole. */
    save(runId: string, findings: readonly Json[]): Promise<void>;
    list(runId: string): Promise<readonly Json[]>;
    /** Remembers what a person decided, instead of an earlier decision about the same fingerprint in the workspace. */
    decide(workspace: string, decision: Omit<FindingDecision, 'at'>): Promise<void>;
    /** Forgets decisions, so that the findings show again. What was never decided is no error. */
    forget(workspace: string, fingerprints: readonly string[]): Promise<void>;
    /** Decisions of a workspace and of what is attached to it, the latest first; of several about one fingerprint the latest. */
    decisions(workspace: string): Promise<readonly FindingDecision[]>;
  };
  readonly audit: AuditLog;
  readonly maintenance: Maintenance;
  stats(): Promise<StoreStats>;
  /** Writes a consistent copy of the database to a new file. Rejects `invalid-input` where the file exists. */
  copyTo(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Where keys live. Names are account names. Failures reject with `secret-store-failed`; there is no plaintext fallback. */
export interface SecretStore {
  get(account: string): Promise<string | null>;
  set(account: string, key: string): Promise<void>;
  delete(account: string): Promise<void>;
}

/** Kind of a directory entry, links not followed. */
export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

/** Read-only view of the code to work on. Paths are POSIX, relative to `root`; `''` is the root itself. */
export interface Workspace {
  /** Absolute path or URI, for display and history. */
  readonly root: string;
  /** False: Restricted Mode, or an unknown repository without `--trust` (only matters for what executes). */
  readonly trusted: boolean;
  /** Entries of a directory, sorted by name. */
  readDirectory(path: string): Promise<readonly { readonly name: string; readonly kind: FileKind }[]>;
  /** Kind and size; null when it does not exist. Follows no link. */
  stat(path: string): Promise<{ readonly kind: FileKind; readonly size: number } | null>;
  /** The target of a link as a path inside the root; null when it leads outside or nowhere. */
  resolveLink(path: string): Promise<string | null>;
  /** At most `maxBytes` bytes; the caller decodes. Only regular files inside the root: anything else rejects `invalid-input`. */
  readFile(path: string, maxBytes: number): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }>;
  /** Paths changed against `base` (default: HEAD, with untracked files); null: no git here. */
  changedFiles(base: string | null, signal: AbortSignal): Promise<readonly string[] | null>;
  /**
   * Texts of files as they were at the base that `changedFiles` compares with. A file that did not exist there, or whose
   * text is not known, is missing: all of it counts as changed.
   */
  baseTexts(base: string | null, paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

/** Something a person must agree to, with all that is needed to decide. */
export interface ApprovalQuestion {
  readonly kind: 'send' | 'budget' | 'second-run';
  readonly title: string;
  /** Plain lines, one fact each. */
  readonly details: readonly string[];
  /** Hash of the exact action; the answer binds this and nothing else. */
  readonly actionHash: string;
}

/** Asks the person. Rejects with the signal's reason when aborted. */
export interface Approver {
  ask(question: ApprovalQuestion, signal: AbortSignal): Promise<boolean>;
  /**
   * Asks about an action of a run that goes on. Null: nobody answers here and now; the question stays open for another window,
   * `runs approve` or a later resume. Default: nobody does.
   */
  askDuring?(question: OpenApproval, signal: AbortSignal): Promise<boolean | null>;
}
