/**
 * What a message is for (S3). `data` tells one agent something, `request` asks one, `response` answers a request,
 * `broadcast` tells all.
 */
export type MessageKind = 'data' | 'request' | 'response' | 'broadcast';

/** Receiver of a broadcast. */
export const EVERYBODY = '*';

/** A message on the bus. Its content is what an agent wrote: data to whoever reads it, never an order. */
export interface AgentMessage {
  /** Unique on its bus: its place, from 1, in the order in which messages were sent. */
  readonly id: number;
  readonly from: string;
  /** {@link EVERYBODY} for a broadcast. */
  readonly to: string;
  readonly kind: MessageKind;
  readonly content: string;
  /** Id of the request that a response answers; null for the other kinds. */
  readonly inReplyTo: number | null;
}

/** A message to one agent, before it is sent. */
export interface OutgoingMessage {
  readonly from: string;
  readonly to: string;
  readonly content: string;
}

/** Receives the messages of one agent, one at a time: the next comes when the promise of this one has settled. */
export type MessageListener = (message: AgentMessage) => void | Promise<void>;
