import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { TaggedMessage } from '../messages/message-tags.ts';
import type { RunMessage } from '../messages/run-message.ts';
import type { Clock, ExecutionContext, MailWait, SendReport, TaskMail } from '../ports.ts';
import { addressOf, canBeAnswered, refusalOf } from './address.ts';
import { taskEntry } from './entries.ts';
import type { EntryDraft } from './journal-entry.ts';
import { boxOf, nextMail } from './mail.ts';
import type { MailRoom } from './mail-room.ts';
import type { SentMessage } from './mail-state.ts';
import type { RunState, TaskState } from './state.ts';
import { waitInRoom } from './wait-in-room.ts';

/** What the messages of an attempt need of it and of its run. */
export interface MailHost {
  readonly state: RunState;
  readonly clock: Clock;
  readonly room: MailRoom;
  /** Journals entries; the state has advanced when it returns. */
  append(drafts: readonly EntryDraft[]): void;
}

/** The part of an attempt that waiting for messages goes through. */
export interface MailScope extends Pick<ExecutionContext, 'effect' | 'waiting' | 'signal'> {
  /** Throws when the attempt is over. */
  fence(): void;
}

/**
 * The messages of one attempt. Sending and taking are entries of the journal; nothing waits for them, because whatever
 * depends on them (the next turn's intent) comes behind them in the journal.
 */
export class LiveMail implements TaskMail {
  readonly #host: MailHost;
  readonly #task: TaskState;
  readonly #scope: MailScope;

  constructor(host: MailHost, task: TaskState, scope: MailScope) {
    this.#host = host;
    this.#task = task;
    this.#scope = scope;
  }

  send(key: string, messages: readonly TaggedMessage[]): SendReport {
    this.#scope.fence();
    return reportOf(messages, (message, index) => this.#send(placeOf(key, index), message));
  }

  take(key: string): readonly RunMessage[] {
    this.#scope.fence();
    const { state } = this.#host;
    const known = state.mail?.boxes.get(this.#task)?.told.get(key);
    if (known !== undefined) return known;
    // The turn was asked for before the crash, without messages: what came since is for the next one.
    if (this.#task.intents?.has(key)) return [];
    const next = nextMail(state, this.#task);
    if (next.length === 0) return next;
    const ids = next.map(({ id }) => id);
    this.#host.append([taskEntry(this.#task, { kind: 'message-delivered', payload: { key, ids } })]);
    return next;
  }

  async wait(key: string, requests: readonly number[], timeoutMs: number): Promise<MailWait> {
    const { room, state, clock } = this.#host;
    const { effect, waiting, signal } = this.#scope;
    const found = (): MailWait['because'] | null => {
      if (nextMail(state, this.#task).length > 0) return 'message';
      return requests.some((id) => canBeAnswered(state, this.#task, id)) ? null : 'nobody-left';
    };
    const result = await effect(key, { requests: [...requests] }, async () => {
      const because = found() ?? (await waiting(() => waitInRoom(room, found, { timeoutMs, clock, signal })));
      return { because, unanswered: this.#unanswered(requests) } as unknown as Json;
    });
    return result as unknown as MailWait;
  }

  #send(key: string, message: TaggedMessage): SentMessage {
    const { state, room } = this.#host;
    const box = boxOf(state, this.#task);
    const known = box.sent.get(key);
    if (known !== undefined) return known;
    const reason = refusalOf(state, box, this.#task, message);
    const address = reason === null ? addressOf(state, this.#task, message) : { ok: false as const, reason };
    if (address.ok) {
      const { to, receivers } = address;
      const { kind: type, content, inReplyTo } = message;
      const id = (state.mail?.messages.length ?? 0) + 1;
      const payload = { key, id, to, receivers, type, content, inReplyTo };
      this.#host.append([taskEntry(this.#task, { kind: 'message-sent', payload })]);
    } else {
      const payload = { key, to: message.to.slice(0, 200), reason: address.reason };
      this.#host.append([taskEntry(this.#task, { kind: 'message-refused', payload })]);
    }
    room.changed();
    const sent = box.sent.get(key);
    if (sent === undefined) throw new EnsembleError('internal', 'A message was lost on its way to the journal.');
    return sent;
  }

  #unanswered(requests: readonly number[]): MailWait['unanswered'] {
    const { mail } = this.#host.state;
    return requests.flatMap((id) => {
      const request = mail?.messages[id - 1];
      return request && !mail?.answered.has(id) ? [{ id, to: request.to }] : [];
    });
  }
}

/** Messages of one place beyond which nothing more is tried; a model that writes without end is told once. */
const MAX_REFUSED = 5;

/** Sends one after the other; several refusals end it. */
export function reportOf(
  messages: readonly TaggedMessage[],
  send: (message: TaggedMessage, index: number) => SentMessage,
): SendReport {
  const sent: RunMessage[] = [];
  const problems: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (problems.length === MAX_REFUSED) {
      problems.push(`${messages.length - index} more messages were not looked at.`);
      break;
    }
    const result = send(message, index);
    if (result.sent) sent.push(result.message);
    else problems.push(result.reason);
  }
  return { sent, problems };
}

/** Names one message of a place in the attempt. */
export function placeOf(key: string, index: number): string {
  return `${key}#${index + 1}`;
}
