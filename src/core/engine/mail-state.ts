import type { RunMessage } from '../messages/run-message.ts';

/** What became of one message that an answer asked to be sent. */
export type SentMessage =
  | { readonly sent: true; readonly message: RunMessage }
  | { readonly sent: false; readonly to: string; readonly reason: string };

/** A message whose deliveries are still being counted. */
type OpenMessage = RunMessage & { readonly deliveries: { instanceId: string; at: string }[] };

/** The messages of one task. */
export interface MailBox {
  /** Sent to it and not read by its present attempt, in the order of sending. */
  waiting: RunMessage[];
  /** Broadcasts of the run that have been put into `waiting` so far. */
  broadcasts: number;
  /** Read by its present attempt. */
  read: RunMessage[];
  /** What the turns of the present attempt were told, by the turn's key. */
  readonly told: Map<string, readonly RunMessage[]>;
  /** What became of what the present attempt sent, by key. */
  readonly sent: Map<string, SentMessage>;
  /** Messages it has sent, over all attempts. */
  count: number;
}

/** The messages of a run: a part of the fold of its journal. */
export interface MailState<Task> {
  /** By id, which counts from 1. */
  readonly messages: OpenMessage[];
  readonly broadcasts: OpenMessage[];
  readonly boxes: Map<Task, MailBox>;
  /** Requests that have their response. */
  readonly answered: Set<number>;
}
