import type { AgentMessage } from './types.ts';

/** When a message came into the hands of a task. */
export interface Delivery {
  readonly instanceId: string;
  /** ISO-8601 UTC. */
  readonly at: string;
}

/**
 * A message between two tasks of a run: `from` is the sender's task id, `to` what the sender wrote (a task id, an agent's
 * name, or everybody). Row of the `messages` table.
 */
export interface RunMessage extends AgentMessage {
  readonly fromInstance: string;
  /** Instances that it was sent to; null: all, also those that come later. */
  readonly receivers: readonly string[] | null;
  /** ISO-8601 UTC. */
  readonly sentAt: string;
  /** First delivery to each instance. Empty: nobody has read it. */
  readonly deliveries: readonly Delivery[];
}

/** Longest content of a message within a run, in UTF-16 units: it becomes part of a prompt. */
export const MAX_RUN_CONTENT = 20_000;
/** Messages that one task may send, over all of its attempts. */
export const MAX_MESSAGES_OF_TASK = 50;
/** Messages that a run holds. */
export const MAX_MESSAGES_OF_RUN = 1_000;
/** Messages that one turn is told at most; the others wait for the next turn. */
export const MAX_MESSAGES_OF_TURN = 20;
