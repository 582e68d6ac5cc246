import type { ErrorInfo } from './errors.ts';
import type { MessageKind } from './messages/types.ts';
import type { TokenUsage } from './model.ts';
import type { HandoffResult, RunResult } from './results.ts';

/** Sums shown when a run has ended (S3's `summary`). Durations in ms. */
export interface RunSummary {
  readonly totalTasks: number;
  readonly successfulTasks: number;
  readonly failedTasks: number;
  readonly skippedTasks: number;
  readonly totalTokens: number;
  readonly totalDuration: number;
  readonly totalCostUSD: number | null;
}

/** What happened, without the envelope. Names are S3's and ours (contracts.md, Events). */
export type EventBody =
  | {
      readonly type: 'workflow:start';
      readonly workflowId: string | null;
      readonly workflowName: string;
      readonly taskCount: number;
    }
  | {
      readonly type: 'task:added';
      readonly taskId: string;
      readonly agentName: string;
      readonly description: string;
      readonly priority: number;
      readonly dependencies: readonly string[];
      /** Task of the super-agent that added it and waits for it; null: none does. */
      readonly parentId: string | null;
    }
  | {
      readonly type: 'task:start';
      readonly taskId: string;
      readonly agentName: string;
      readonly description: string;
      readonly priority: number;
      readonly attempt: number;
    }
  | {
      readonly type: 'agent:invoke';
      readonly taskId: string;
      readonly agentName: string;
      readonly model: string;
      readonly maxTokens: number;
      readonly account: string;
    }
  | { readonly type: 'task:delta'; readonly taskId: string; readonly attempt: number; readonly text: string }
  | {
      readonly type: 'task:retry';
      readonly taskId: string;
      readonly attempt: number;
      readonly reason: string;
      readonly account: string | null;
    }
  | {
      readonly type: 'task:complete';
      readonly taskId: string;
      readonly agentName: string;
      readonly success: true;
      readonly duration: number;
      readonly tokensUsed: number;
      readonly tokens: TokenUsage;
      readonly costUSD: number | null;
    }
  | {
      readonly type: 'task:error';
      readonly taskId: string;
      readonly agentName: string;
      readonly error: ErrorInfo;
      readonly willRetry: boolean;
    }
  | { readonly type: 'task:skipped'; readonly taskId: string; readonly agentName: string; readonly reason: string }
  | {
      readonly type: 'tool:call';
      readonly taskId: string;
      readonly agentName: string;
      /** Names the call within the attempt. */
      readonly callId: string;
      readonly tool: string;
      /** JSON as the model wrote it, without secrets, at most 2,000 characters. */
      readonly arguments: string;
    }
  | {
      readonly type: 'tool:result';
      readonly taskId: string;
      readonly agentName: string;
      readonly callId: string;
      readonly tool: string;
      readonly ok: boolean;
      /** Length of what the model got. */
      readonly characters: number;
      /** What went wrong; null where `ok`. */
      readonly error: string | null;
    }
  | ({
      /** An agent wants to hand its task over; where it is `accepted`, the task goes on with `to`. */
      readonly type: 'agent:handoff';
      readonly taskId: string;
      readonly agentName: string;
    } & HandoffResult)
  | { readonly type: 'wave:start' | 'wave:complete'; readonly wave: number; readonly taskIds: readonly string[] }
  | {
      readonly type: 'agent:message';
      /** `delivered`: told to `taskId`; else `taskId` is the sender. A refused message has id 0 and no content. */
      readonly phase: 'sent' | 'delivered' | 'refused';
      readonly taskId: string;
      readonly agentName: string;
      readonly id: number;
      /** Task id of the sender. */
      readonly from: string;
      /** As the sender wrote it: a task id, an agent's name, or `*`. */
      readonly to: string;
      readonly kind: MessageKind;
      readonly content: string;
      readonly inReplyTo: number | null;
      /** Why it was refused. */
      readonly reason: string | null;
    }
  | { readonly type: 'account:cooldown'; readonly account: string; readonly cause: string; readonly until: string }
  | { readonly type: 'budget:reserved'; readonly scope: string; readonly amountUSD: number }
  | { readonly type: 'budget:refused'; readonly scope: string; readonly reason: string }
  | {
      readonly type: 'approval:asked';
      readonly taskId: string;
      readonly agentName: string;
      readonly actionHash: string;
      /** What is about to happen, one line. */
      readonly target: string;
    }
  | {
      readonly type: 'approval:answered';
      readonly taskId: string;
      readonly agentName: string;
      readonly actionHash: string;
      readonly target: string;
      readonly approved: boolean;
    }
  | { readonly type: 'run:suspended'; readonly reason: string }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'workflow:complete'; readonly summary: RunSummary }
  | { readonly type: 'workflow:results'; readonly results: RunResult }
  | { readonly type: 'workflow:error'; readonly error: ErrorInfo };

/**
 * One event. `seq` is the journal's order: a journaled event has its entry's seq, one that is not journaled (a delta, an
 * invocation) repeats the last entry's. `at` is ISO-8601 UTC.
 */
export type EnsembleEvent = EventBody & {
  readonly schema: 1;
  readonly runId: string;
  readonly seq: number;
  readonly at: string;
};

/** Receives events in order; must not throw. */
export type EventListener = (event: EnsembleEvent) => void;
