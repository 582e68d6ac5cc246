import { linkedAbort } from '../accounts/linked-abort.ts';
import { cancelledError, EnsembleError, isEnsembleError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { Clock } from '../ports.ts';
import { Mailbox } from './mailbox.ts';
import { parseMessageTags, type TaggedMessage } from './message-tags.ts';
import { type AgentMessage, EVERYBODY, type MessageKind, type MessageListener, type OutgoingMessage } from './types.ts';

/** How long `request` waits for its response unless told otherwise, ms. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 60_000;
/** Longest content of a message, in UTF-16 units. Longer things are handed over as files or task outputs. */
export const MAX_CONTENT_LENGTH = 100_000;

const MAX_NAME_LENGTH = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNFIT_FOR_NAMES = /[\u0000-\u001f\u007f"<>]/;
/** Names that an error lists at most. */
const MAX_LISTED = 20;

/** Settings of a {@link MessageBus}. */
export interface MessageBusSettings {
  readonly clock: Clock;
  /** Agents that can be written to from the start; others join later. */
  readonly agents: readonly string[];
  /** Latest broadcasts that are kept for agents that join later. */
  readonly keepBroadcasts: number;
  /** Hears of what a listener threw; the message counts as delivered. Must not throw. */
  readonly onListenerError: (error: unknown, message: AgentMessage) => void;
}

/** How {@link MessageBus.request} waits. */
export interface RequestOptions {
  /** Default {@link DEFAULT_REQUEST_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What became of the tags in an answer. */
export interface TaggedDelivery {
  /** The answer without the messages that were sent. */
  readonly text: string;
  readonly sent: readonly AgentMessage[];
  /** Sentences about what was not sent, for the agent that wrote it. */
  readonly problems: readonly string[];
}

interface Waiter {
  resolve(response: AgentMessage): void;
  reject(error: unknown): void;
}

interface OpenRequest {
  readonly request: AgentMessage;
  /** Null: the response goes to the mailbox. */
  waiter: Waiter | null;
}

/**
 * Messages between agents (S3). Every agent that has joined has a mailbox: what is sent waits there until the agent takes it
 * or its listener gets it, each message once and in the order in which it was sent. Sending never waits for a receiver.
 * Names and contents that cannot be sent throw `invalid-input`, an agent that nobody knows throws `not-found`.
 */
export class MessageBus {
  readonly #settings: MessageBusSettings;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #requests = new Map<number, OpenRequest>();
  #broadcasts: AgentMessage[] = [];
  #sent = 0;
  #isClosed = false;

  constructor(settings: MessageBusSettings) {
    this.#settings = settings;
    for (const agent of settings.agents) this.join(agent);
  }

  /** Everybody who can be written to, in the order in which they joined. */
  get agents(): readonly string[] {
    return [...this.#mailboxes.keys()];
  }

  /** Gives an agent its mailbox, with the broadcasts that it has missed. Does nothing where it has one. */
  join(agent: string): void {
    this.#mailboxOf(agent);
  }

  /** Sends to one agent. The response to a `request` that is sent this way comes to the sender's mailbox. */
  send(message: OutgoingMessage & { readonly kind?: 'data' | 'request' }): AgentMessage {
    const kind = message.kind ?? 'data';
    const { from, to } = message;
    if (from === to) throw new EnsembleError('invalid-input', `"${from}" cannot send a message to itself.`);
    this.#mailboxOf(from);
    const receiver = this.#receiver(to);
    const sent = this.#stamp(message, kind, null);
    if (kind === 'request') this.#requests.set(sent.id, { request: sent, waiter: null });
    receiver.put(sent);
    return sent;
  }

  /** Sends to everybody but the sender, also to agents that join later (the latest broadcasts only). */
  broadcast({ from, content }: Omit<OutgoingMessage, 'to'>): AgentMessage {
    this.#mailboxOf(from);
    const sent = this.#stamp({ from, to: EVERYBODY, content }, 'broadcast', null);
    const { keepBroadcasts } = this.#settings;
    this.#broadcasts.push(sent);
    if (this.#broadcasts.length > 2 * keepBroadcasts) this.#broadcasts = this.#latestBroadcasts();
    for (const [agent, mailbox] of this.#mailboxes) if (agent !== from) mailbox.put(sent);
    return sent;
  }

  /**
   * Asks one agent and waits for its response. Rejects with `request-timeout` when there is none in time (a later one comes
   * to the mailbox), `task-failed` when the other's listener failed on it, `cancelled` when the bus is closed, and
   * the signal's reason.
   */
  async request(
    message: OutgoingMessage,
    { timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, signal }: RequestOptions = {},
  ): Promise<AgentMessage> {
    if (!(timeoutMs > 0)) throw new EnsembleError('invalid-input', 'The time-out of a request is above 0 ms.');
    signal?.throwIfAborted();
    const sent = this.send({ ...message, kind: 'request' });
    return await this.#responseTo(sent, timeoutMs, signal);
  }

  /**
   * Answers a request, once: to who waits for it, else to the mailbox of who asked. Throws `not-found` for a request
   * that does not exist, was not sent to `from`, or is answered already.
   */
  respond(requestId: number, { from, content }: Omit<OutgoingMessage, 'to'>): AgentMessage {
    const open = this.#requests.get(requestId);
    if (open?.request.to !== from) {
      throw new EnsembleError('not-found', `"${from}" has no open request ${requestId}.`, {
        hint: 'A request can be answered once, by the agent that was asked.',
      });
    }
    const asker = open.request.from;
    const response = this.#stamp({ from, to: asker, content }, 'response', requestId);
    this.#requests.delete(requestId);
    if (open.waiter) open.waiter.resolve(response);
    else this.#mailboxOf(asker).put(response);
    return response;
  }

  /** Sends the messages that an answer holds as `<AGENT_MESSAGE to="...">` tags. What cannot be sent is told, not thrown. */
  sendTagged(from: string, answer: string): TaggedDelivery {
    const { messages, text, problems } = parseMessageTags(answer);
    const sent: AgentMessage[] = [];
    const refused: string[] = [];
    for (const message of messages) {
      try {
        sent.push(this.#sendTag(from, message));
      } catch (error) {
        if (!isEnsembleError(error) || this.#isClosed) throw error;
        refused.push([error.message, error.hint].filter((part) => part !== null).join(' '));
      }
    }
    return { text, sent, problems: [...problems, ...refused] };
  }

  /** Takes what waits for an agent, in order; joins it. Throws `invalid-input` where a listener gets the messages. */
  take(agent: string): readonly AgentMessage[] {
    const mailbox = this.#mailboxOf(agent);
    if (mailbox.hasListener) throw taken(agent);
    return mailbox.takeAll();
  }

  /**
   * Gives all messages of an agent to a listener from now on, those that wait first; joins the agent. An agent has one
   * listener at most, else `invalid-input`: two would each see half. The result ends it; later messages wait again.
   */
  subscribe(agent: string, listener: MessageListener): () => void {
    const mailbox = this.#mailboxOf(agent);
    if (mailbox.hasListener) throw taken(agent);
    mailbox.listen(listener);
    let isEnded = false;
    return () => {
      if (!isEnded) mailbox.listen(null);
      isEnded = true;
    };
  }

  /** Ends it: who waits for a response is rejected with `cancelled`, what waits in mailboxes is dropped. */
  close(): void {
    this.#isClosed = true;
    for (const { waiter } of this.#requests.values()) waiter?.reject(cancelledError('The message bus was closed.'));
    for (const mailbox of this.#mailboxes.values()) mailbox.listen(null);
    this.#requests.clear();
    this.#mailboxes.clear();
    this.#broadcasts = [];
  }

  #sendTag(from: string, { to, kind, content, inReplyTo }: TaggedMessage): AgentMessage {
    if (kind === 'broadcast') return this.broadcast({ from, content });
    if (kind === 'response') return this.respond(inReplyTo ?? 0, { from, content });
    return this.send({ from, to, content, kind });
  }

  #responseTo(request: AgentMessage, timeoutMs: number, signal: AbortSignal | undefined): Promise<AgentMessage> {
    const { controller: timer, unlink } = linkedAbort(signal ?? new AbortController().signal);
    return new Promise((resolve, reject) => {
      const open = this.#requests.get(request.id);
      // All ends go through the waiter, so that a response that comes with the time-out is either given or kept.
      const end = (settle: () => void): void => {
        if (open?.waiter !== waiter) return;
        open.waiter = null;
        unlink();
        timer.abort();
        settle();
      };
      const waiter: Waiter = {
        resolve: (response) => end(() => resolve(response)),
        reject: (error) => end(() => reject(error)),
      };
      if (open) open.waiter = waiter;
      this.#settings.clock.sleep(timeoutMs, timer.signal).then(
        () => waiter.reject(noResponse(request, timeoutMs)),
        (reason) => waiter.reject(reason),
      );
    });
  }

  #mailboxOf(agent: string): Mailbox {
    if (this.#isClosed) throw new EnsembleError('invalid-input', 'The message bus is closed.');
    const known = this.#mailboxes.get(agent);
    if (known) return known;
    checkName(agent);
    const mailbox = new Mailbox(this.#listenerFailed);
    this.#mailboxes.set(agent, mailbox);
    if (this.#broadcasts.length > 0) for (const broadcast of this.#latestBroadcasts()) mailbox.put(broadcast);
    return mailbox;
  }

  #receiver(agent: string): Mailbox {
    const mailbox = this.#mailboxes.get(agent);
    if (mailbox) return mailbox;
    const nearest = nearestName(agent, this.#mailboxes.keys());
    const known = [...this.#mailboxes.keys()].slice(0, MAX_LISTED).join(', ');
    throw new EnsembleError('not-found', `There is no agent "${agent}" to send a message to.`, {
      hint: nearest === null ? `There are: ${known}.` : `Did you mean "${nearest}"? There are: ${known}.`,
    });
  }

  #stamp({ from, to, content }: OutgoingMessage, kind: MessageKind, inReplyTo: number | null): AgentMessage {
    if (typeof content !== 'string') throw new EnsembleError('invalid-input', 'The content of a message is a text.');
    if (content.length > MAX_CONTENT_LENGTH) {
      throw new EnsembleError('invalid-input', `A message has at most ${MAX_CONTENT_LENGTH} characters.`, {
        hint: 'Send the part that matters, or name the file.',
      });
    }
    this.#sent += 1;
    return { id: this.#sent, from, to, kind, content, inReplyTo };
  }

  #latestBroadcasts(): AgentMessage[] {
    const { keepBroadcasts } = this.#settings;
    return keepBroadcasts === 0 ? [] : this.#broadcasts.slice(-keepBroadcasts);
  }

  /** Who waits for an answer learns at once that there will be none. */
  readonly #listenerFailed = (error: unknown, message: AgentMessage): void => {
    const open = this.#requests.get(message.id);
    if (open?.waiter) {
      this.#requests.delete(message.id);
      open.waiter.reject(
        new EnsembleError('task-failed', `"${message.to}" failed on the request of "${message.from}".`, {
          cause: error,
        }),
      );
    } else this.#settings.onListenerError(error, message);
  };
}

function checkName(agent: string): void {
  const fits = agent !== '' && agent !== EVERYBODY && agent.length <= MAX_NAME_LENGTH && !UNFIT_FOR_NAMES.test(agent);
  if (fits) return;
  throw new EnsembleError('invalid-input', 'This name cannot be that of an agent.', {
    hint: `Use 1 to ${MAX_NAME_LENGTH} characters without quotes, "<", ">" and control characters; "${EVERYBODY}" means everybody.`,
  });
}

function taken(agent: string): EnsembleError {
  return new EnsembleError('invalid-input', `The messages of "${agent}" go to a listener already.`, {
    hint: 'End that subscription first.',
  });
}

function noResponse({ from, to }: AgentMessage, timeoutMs: number): EnsembleError {
  return new EnsembleError(
    'request-timeout',
    `"${to}" did not answer the request of "${from}" within ${timeoutMs} ms.`,
    {
      hint: 'Go on without the answer, or give it more time.',
    },
  );
}
