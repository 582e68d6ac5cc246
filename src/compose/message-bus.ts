import { SystemClock } from '../adapters/system-clock.ts';
import { EnsembleError } from '../core/errors.ts';
import { MessageBus, type MessageBusSettings } from '../core/messages/message-bus.ts';

/** Broadcasts that an agent that joins late gets, unless told otherwise. */
const KEPT_BROADCASTS = 1_000;

/** Options of {@link createMessageBus}. */
export interface CreateMessageBusOptions {
  /** Agents that can be written to from the start. Default: none; each joins when it subscribes, takes or sends. */
  readonly agents?: readonly string[];
  /** Latest broadcasts that are kept for agents that join later. Default 1,000. */
  readonly keepBroadcasts?: number;
  readonly clock?: MessageBusSettings['clock'];
  /** Hears of what a listener threw; must not throw itself. Default: an unhandled rejection, so that it is not overlooked. */
  readonly onListenerError?: MessageBusSettings['onListenerError'];
}

/** A message bus for agents in this process, without engine and database. Throws `invalid-input` for options that make no sense. */
export function createMessageBus(options: CreateMessageBusOptions = {}): MessageBus {
  const { agents = [], keepBroadcasts = KEPT_BROADCASTS, clock = new SystemClock() } = options;
  if (!Number.isSafeInteger(keepBroadcasts) || keepBroadcasts < 0) {
    throw new EnsembleError('invalid-input', 'keepBroadcasts is a whole number from 0 on.');
  }
  const onListenerError = options.onListenerError ?? ((error) => void Promise.reject(error));
  return new MessageBus({ agents, keepBroadcasts, clock, onListenerError });
}
